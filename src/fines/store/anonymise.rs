//! Taking a person out of fines that are settled.

use crate::db::{Tx, WriteTx};
use crate::fines::model::Fine;
use crate::kernel::{BookingId, FineId, Result, Timestamp, UserId};

/// Without a booking to go with, and nothing has happened to it since.
///
/// The index is named because SQLite takes those without a booking for as few as those of one.
const FORGETTABLE: &str = "SELECT f.id FROM fines AS f INDEXED BY fines_to_anonymise
    WHERE f.org_id = :org AND f.anonymised_at IS NULL AND f.booking_id IS NULL
        AND f.status <> 'OPEN' AND f.created_at < :until
        AND NOT EXISTS (
            SELECT 1 FROM audit_events AS e
            WHERE e.org_id = f.org_id AND e.entity_id = f.id AND e.at >= :until)
    ORDER BY f.created_at LIMIT :most";

/// Fines without a booking that have been settled since before this; the oldest first.
pub(in crate::fines) fn list_forgettable(
    tx: &Tx<'_>,
    until: Timestamp,
    most: usize,
) -> Result<Vec<FineId>> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    tx.all(FORGETTABLE, &[(":until", &until), (":most", &most)], |row| row.get("id"))
}

/// All fines of somebody.
pub(in crate::fines) fn fines_of(tx: &Tx<'_>, user: UserId) -> Result<Vec<FineId>> {
    tx.all(
        "SELECT id FROM fines WHERE org_id = :org AND user_id = :user",
        &[(":user", &user)],
        |row| row.get("id"),
    )
}

/// The fines of a booking that have not passed to the stand-in yet.
pub(in crate::fines) fn fines_of_booking(tx: &Tx<'_>, booking: BookingId) -> Result<Vec<FineId>> {
    tx.all(
        "SELECT id FROM fines
         WHERE org_id = :org AND booking_id = :booking AND anonymised_at IS NULL",
        &[(":booking", &booking)],
        |row| row.get("id"),
    )
}

/// Writes a fine of which only who it is of and what was said has changed. Given an instant, it has
/// passed to the stand-in then, for good.
pub(in crate::fines) fn anonymise(
    tx: &WriteTx<'_>,
    fine: &Fine,
    passed_at: Option<Timestamp>,
) -> Result<()> {
    tx.execute(
        "UPDATE fines SET user_id = :user, note = :note, version = :version,
             anonymised_at = coalesce(:passed_at, anonymised_at)
         WHERE org_id = :org AND id = :id",
        &[
            (":id", &fine.id),
            (":user", &fine.user_id),
            (":note", &fine.note),
            (":version", &fine.version),
            (":passed_at", &passed_at),
        ],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::plan;

    #[test]
    fn what_may_be_forgotten_is_read_in_the_order_of_its_index() {
        let plan = plan(FORGETTABLE);
        for index in ["fines_to_anonymise", "audit_events_by_entity"] {
            assert!(plan.iter().any(|step| step.contains(index)), "{index} in {plan:#?}");
        }
        assert!(!plan.concat().contains("TEMP B-TREE"), "{plan:#?}");
    }
}
