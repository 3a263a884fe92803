//! What `pret verify` asks.

use super::peril::ENDANGERED;
use crate::db::Tx;
use crate::kernel::{BookingId, ItemId, Result, Timestamp};

/// Items of active bookings that lack their claim: there must be none.
pub(in crate::booking) fn items_without_claim(tx: &Tx<'_>) -> Result<Vec<ItemId>> {
    tx.all(
        "SELECT i.id FROM bookings AS b
         JOIN booking_items AS i ON i.org_id = b.org_id AND i.booking_id = b.id
         WHERE b.org_id = :org AND b.status IN ('PENDING', 'APPROVED', 'CHECKED_OUT')
             AND i.returned_at IS NULL
             AND NOT EXISTS (
                 SELECT 1 FROM unit_claims AS c
                 WHERE c.org_id = b.org_id AND c.holder = b.id
                     AND c.resource_unit_id = i.resource_unit_id
                     AND c.start_at <= b.start_at AND c.end_at >= b.end_at)",
        &[],
        |row| row.get("id"),
    )
}

/// Claims of bookings that hold no such unit any more: there must be none.
pub(in crate::booking) fn claims_without_item(tx: &Tx<'_>) -> Result<Vec<String>> {
    tx.all(
        "SELECT c.id FROM unit_claims AS c
         WHERE c.org_id = :org AND c.kind = 'booking'
             AND NOT EXISTS (
                 SELECT 1 FROM bookings AS b
                 JOIN booking_items AS i ON i.org_id = b.org_id AND i.booking_id = b.id
                 WHERE b.org_id = c.org_id AND b.id = c.holder
                     AND b.status IN ('PENDING', 'APPROVED', 'CHECKED_OUT')
                     AND i.resource_unit_id = c.resource_unit_id AND i.returned_at IS NULL)",
        &[],
        |row| row.get("id"),
    )
}

/// Bookings whose danger is not what it should be. What became late since the last write is no
/// fault: the next one finds it.
pub(in crate::booking) fn perils_at_odds(
    tx: &Tx<'_>,
    late_until: Option<Timestamp>,
) -> Result<Vec<BookingId>> {
    let sql = format!(
        "SELECT DISTINCT b.id FROM bookings AS b
         LEFT JOIN booking_items AS i ON i.org_id = b.org_id AND i.booking_id = b.id
         WHERE b.org_id = :org AND (
             b.at_risk <> EXISTS (
                 SELECT 1 FROM booking_items AS e
                 WHERE e.org_id = b.org_id AND e.booking_id = b.id AND e.endangered = 1)
             OR i.endangered = 1 AND NOT ({ENDANGERED})
             OR i.endangered = 0 AND {ENDANGERED} AND NOT EXISTS (
                 SELECT 1 FROM unit_custody AS k
                 WHERE k.org_id = i.org_id AND k.resource_unit_id = i.resource_unit_id))"
    );
    tx.all(&sql, &[(":late_until", &late_until)], |row| row.get("id"))
}

/// Bookings that remember another instant than the one at which something happens to them.
pub(in crate::booking) fn schedules_at_odds(
    tx: &Tx<'_>,
    grace_minutes: Option<u32>,
) -> Result<Vec<BookingId>> {
    tx.all(
        "SELECT b.id FROM bookings AS b
         WHERE b.org_id = :org
             AND (b.status IN ('PENDING', 'APPROVED', 'CHECKED_OUT') OR b.due_at IS NOT NULL)
             AND b.due_at IS NOT CASE
             WHEN b.status = 'PENDING' THEN 
                 max(b.start_at, min(b.updated_at, b.start_at + 60000) + 60000)
             WHEN b.status IN ('APPROVED', 'CHECKED_OUT') AND EXISTS (
                 SELECT 1 FROM booking_items AS i
                 WHERE i.org_id = b.org_id AND i.booking_id = b.id
                     AND i.checked_out_at IS NULL AND i.returned_at IS NULL)
                 THEN max(coalesce(min(b.start_at + :grace * 60000, b.end_at), b.end_at),
                     60000 + iif(b.status = 'APPROVED', b.updated_at, (
                         SELECT coalesce(max(i.checked_out_at), b.updated_at)
                         FROM booking_items AS i
                         WHERE i.org_id = b.org_id AND i.booking_id = b.id)))
             END",
        &[(":grace", &grace_minutes)],
        |row| row.get("id"),
    )
}
