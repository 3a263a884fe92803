//! What `pret verify` asks.

use crate::db::Tx;
use crate::kernel::{EntryId, Result};
use crate::waitlist::rules::Parts;

/// An entry that is alive, with the score that is stored.
#[derive(Debug)]
pub(in crate::waitlist) struct Alive {
    pub(in crate::waitlist) id: EntryId,
    pub(in crate::waitlist) waits: bool,
    /// Whether something is due to it by now, so that it may lag behind.
    pub(in crate::waitlist) is_due: bool,
    pub(in crate::waitlist) priority_score: i64,
    pub(in crate::waitlist) parts: Parts,
}

/// All entries that are alive.
pub(in crate::waitlist) fn alive(tx: &Tx<'_>) -> Result<Vec<Alive>> {
    tx.all(
        "SELECT id, status = 'WAITING' AS waits, due_at <= :now AS is_due, priority_score,
             age_per_day, role_points, penalty_points, active_points
         FROM waitlist_entries WHERE org_id = :org AND status IN ('WAITING', 'OFFERED')",
        &[],
        |row| {
            Ok(Alive {
                id: row.get("id")?,
                waits: row.get("waits")?,
                is_due: row.get("is_due")?,
                priority_score: row.get("priority_score")?,
                parts: Parts {
                    age_per_day: row.get("age_per_day")?,
                    role: row.get("role_points")?,
                    penalties: row.get("penalty_points")?,
                    active_bookings: row.get("active_points")?,
                },
            })
        },
    )
}

/// Entries whose places in the queues are not those of what they ask for and of their score.
pub(in crate::waitlist) fn out_of_place(tx: &Tx<'_>) -> Result<Vec<EntryId>> {
    tx.all(
        "WITH wanted AS (
             SELECT DISTINCT i.resource_id, e.rank, e.id AS entry_id
             FROM waitlist_entries AS e
             JOIN waitlist_items AS i ON i.org_id = e.org_id AND i.entry_id = e.id
             WHERE e.org_id = :org AND e.status = 'WAITING'),
         found AS (SELECT resource_id, rank, entry_id FROM waitlist_queue WHERE org_id = :org)
         SELECT entry_id FROM (SELECT * FROM wanted EXCEPT SELECT * FROM found)
         UNION
         SELECT entry_id FROM (SELECT * FROM found EXCEPT SELECT * FROM wanted)",
        &[],
        |row| row.get("entry_id"),
    )
}

/// Claims of offers that are not open, and entries that are offered without an open offer.
pub(in crate::waitlist) fn claims_without_offer(tx: &Tx<'_>) -> Result<Vec<String>> {
    tx.all(
        "SELECT c.holder AS id FROM unit_claims AS c
         WHERE c.org_id = :org AND c.kind = 'offer' AND NOT EXISTS (
             SELECT 1 FROM waitlist_entries AS e
             JOIN waitlist_offers AS o ON o.org_id = e.org_id AND o.entry_id = e.id
             WHERE e.org_id = c.org_id AND e.id = c.holder AND e.status = 'OFFERED')
         UNION
         SELECT e.id FROM waitlist_entries AS e
         WHERE e.org_id = :org AND (e.status = 'OFFERED') <> EXISTS (
             SELECT 1 FROM waitlist_offers AS o
             JOIN unit_claims AS c ON c.org_id = o.org_id AND c.holder = o.entry_id
                 AND c.kind = 'offer'
             WHERE o.org_id = e.org_id AND o.entry_id = e.id)",
        &[],
        |row| row.get("id"),
    )
}

/// Requests that wait without an entry that is alive, and the other way round.
pub(in crate::waitlist) fn stray_requests(tx: &Tx<'_>) -> Result<Vec<String>> {
    tx.all(
        "SELECT b.id FROM bookings AS b
         WHERE b.org_id = :org AND b.status = 'WAITLISTED' AND NOT EXISTS (
             SELECT 1 FROM waitlist_entries AS e
             WHERE e.org_id = b.org_id AND e.booking_id = b.id
                 AND e.status IN ('WAITING', 'OFFERED'))
         UNION
         SELECT b.id FROM waitlist_entries AS e
         JOIN bookings AS b ON b.org_id = e.org_id AND b.id = e.booking_id
         WHERE e.org_id = :org AND e.status IN ('WAITING', 'OFFERED')
             AND b.status <> 'WAITLISTED'",
        &[],
        |row| row.get("id"),
    )
}
