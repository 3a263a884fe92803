//! `waitlist_entries` and `waitlist_items`: single rows.

use std::collections::HashMap;

use super::offers;
use crate::db::{Mapped, Row, Tx, WriteTx, word};
use crate::kernel::{BookingId, EntryId, Result, Timestamp, UserId};
use crate::waitlist::model::{Entry, EntryItem, EntryStatus, Score};

/// What [`from_row`] reads. The score comes from the ranking statement alone.
pub(super) const COLUMNS: &str = "e.id, e.booking_id, e.requester_user_id, e.status, e.start_at,
    e.end_at, e.last_skip, e.offer_ran_out, e.version, e.created_at";

/// The entry with its items and its offer; without score and places.
pub(in crate::waitlist) fn find(tx: &Tx<'_>, id: EntryId) -> Result<Option<Entry>> {
    let sql =
        format!("SELECT {COLUMNS} FROM waitlist_entries AS e WHERE e.org_id = :org AND e.id = :id");
    let Some(mut entry) = tx.find(&sql, &[(":id", &id)], from_row)? else { return Ok(None) };
    add_parts(tx, std::slice::from_mut(&mut entry))?;
    Ok(Some(entry))
}

/// Reads [`COLUMNS`].
pub(super) fn from_row(row: &Row<'_>) -> Mapped<Entry> {
    Ok(Entry {
        id: row.get("id")?,
        booking_id: row.get("booking_id")?,
        requester_user_id: row.get("requester_user_id")?,
        items: Vec::new(),
        start_at: row.get("start_at")?,
        end_at: row.get("end_at")?,
        status: word(row, "status")?,
        priority_score: 0.0,
        score: Score::default(),
        last_skip: row.get("last_skip")?,
        offer: None,
        version: row.get("version")?,
        created_at: row.get("created_at")?,
        offer_ran_out: row.get("offer_ran_out")?,
    })
}

pub(super) const ITEMS: &str = "
    SELECT i.entry_id, i.resource_id, i.resource_unit_id, i.quantity
    FROM json_each(:ids) AS j
    CROSS JOIN waitlist_items AS i ON i.org_id = :org AND i.entry_id = j.value
    ORDER BY i.entry_id, i.line";

/// Reads what belongs to many entries: their items, and their open offers.
pub(super) fn add_parts(tx: &Tx<'_>, entries: &mut [Entry]) -> Result<()> {
    let ids: Vec<EntryId> = entries.iter().map(|entry| entry.id).collect();
    let ids = serde_json::to_string(&ids).unwrap_or_default();
    let rows = tx.all(ITEMS, &[(":ids", &ids)], |row| {
        Ok((row.get::<_, EntryId>("entry_id")?, item_from_row(row)?))
    })?;
    let mut items: HashMap<EntryId, Vec<EntryItem>> = HashMap::new();
    for (entry, item) in rows {
        items.entry(entry).or_default().push(item);
    }
    let mut offers = offers::offers_of(tx, &ids)?;
    for entry in entries {
        entry.items = items.remove(&entry.id).unwrap_or_default();
        entry.offer = offers.remove(&entry.id);
    }
    Ok(())
}

fn item_from_row(row: &Row<'_>) -> Mapped<EntryItem> {
    Ok(EntryItem {
        resource_id: row.get("resource_id")?,
        resource_unit_id: row.get("resource_unit_id")?,
        quantity: row.get("quantity")?,
        position: None,
    })
}

/// Writes a new entry with its items. Its score is set by the ranking, and so is its place.
pub(in crate::waitlist) fn insert(tx: &WriteTx<'_>, entry: &Entry) -> Result<()> {
    tx.execute(
        "INSERT INTO waitlist_entries (id, org_id, booking_id, requester_user_id, status, start_at,
             end_at, priority_score, age_per_day, role_points, penalty_points, active_points,
             due_at, version, created_at)
         VALUES (:id, :org, :booking, :requester, 'WAITING', :start, :end, 0, 0, 0, 0, 0, :start, 1,
             :now)",
        &[
            (":id", &entry.id),
            (":booking", &entry.booking_id),
            (":requester", &entry.requester_user_id),
            (":start", &entry.start_at),
            (":end", &entry.end_at),
        ],
    )?;
    for (line, item) in entry.items.iter().enumerate() {
        tx.execute(
            "INSERT INTO waitlist_items
                 (org_id, entry_id, line, resource_id, resource_unit_id, quantity)
             VALUES (:org, :entry, :line, :resource, :unit, :quantity)",
            &[
                (":entry", &entry.id),
                (":line", &i64::try_from(line).unwrap_or(i64::MAX)),
                (":resource", &item.resource_id),
                (":unit", &item.resource_unit_id),
                (":quantity", &item.quantity),
            ],
        )?;
    }
    Ok(())
}

/// Puts the entry into a state, counts its version, and notes when something is due by itself.
pub(in crate::waitlist) fn settle(
    tx: &WriteTx<'_>,
    id: EntryId,
    status: EntryStatus,
    offer_ran_out: bool,
) -> Result<()> {
    let due: Option<Option<Timestamp>> = tx.find(
        "UPDATE waitlist_entries AS e SET status = :status, offer_ran_out = :ran_out,
             version = version + 1,
             last_skip = iif(:status = 'OFFERED', NULL, last_skip),
             due_at = CASE :status
                 WHEN 'WAITING' THEN min(start_at, coalesce(score_until, start_at))
                 WHEN 'OFFERED' THEN (
                     SELECT min(o.expires_at, coalesce(e.score_until, o.expires_at))
                     FROM waitlist_offers AS o WHERE o.org_id = e.org_id AND o.entry_id = e.id)
             END
         WHERE org_id = :org AND id = :id
         RETURNING due_at",
        &[(":id", &id), (":status", &status.name()), (":ran_out", &offer_ran_out)],
        |row| row.get("due_at"),
    )?;
    if let Some(due) = due.flatten() {
        tx.wake_at(due);
    }
    Ok(())
}

/// Notes why the entry was passed over.
pub(in crate::waitlist) fn skip(tx: &WriteTx<'_>, id: EntryId, reason: &str) -> Result<()> {
    tx.execute(
        "UPDATE waitlist_entries SET last_skip = :reason
         WHERE org_id = :org AND id = :id AND last_skip IS NOT :reason",
        &[(":id", &id), (":reason", &reason)],
    )?;
    Ok(())
}

pub(super) const ALIVE_OF: &str = "SELECT id FROM waitlist_entries
    WHERE org_id = :org AND requester_user_id = :user AND status IN ('WAITING', 'OFFERED')
    ORDER BY created_at, id";

/// The entries of somebody that are alive, in the order of their making.
pub(in crate::waitlist) fn alive_of(tx: &Tx<'_>, user: UserId) -> Result<Vec<EntryId>> {
    tx.all(ALIVE_OF, &[(":user", &user)], |row| row.get("id"))
}

/// The entry that a booking came from.
pub(in crate::waitlist) fn entry_of(tx: &Tx<'_>, booking: BookingId) -> Result<Option<EntryId>> {
    tx.find(
        "SELECT id FROM waitlist_entries WHERE org_id = :org AND booking_id = :booking",
        &[(":booking", &booking)],
        |row| row.get("id"),
    )
}

/// Passes an entry that has ended to the stand-in, to which its booking has passed.
pub(in crate::waitlist) fn pass_on(tx: &WriteTx<'_>, id: EntryId, stand_in: UserId) -> Result<()> {
    tx.execute(
        "UPDATE waitlist_entries SET requester_user_id = :user, version = version + 1
         WHERE org_id = :org AND id = :id",
        &[(":id", &id), (":user", &stand_in)],
    )?;
    Ok(())
}

/// Everybody who has an entry that is alive.
pub(in crate::waitlist) fn everybody_alive(tx: &Tx<'_>) -> Result<Vec<UserId>> {
    tx.all(
        "SELECT DISTINCT requester_user_id FROM waitlist_entries
         WHERE org_id = :org AND status IN ('WAITING', 'OFFERED')",
        &[],
        |row| row.get("requester_user_id"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::plan;

    #[test]
    fn the_entries_of_a_person_are_found_by_the_person() {
        let step = "SEARCH waitlist_entries USING INDEX waitlist_by_requester \
                    (org_id=? AND requester_user_id=?)";
        assert_eq!(plan(ALIVE_OF), [step]);
    }

    #[test]
    fn the_items_of_a_page_cost_what_the_page_holds() {
        let step = "SEARCH i USING PRIMARY KEY (org_id=? AND entry_id=?)";
        let plan = plan(ITEMS);
        assert!(plan.iter().any(|found| found == step), "{plan:#?}");
    }
}
