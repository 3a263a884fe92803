//! What happens to bookings by the clock alone, and when.

use crate::db::Tx;
use crate::kernel::{BookingId, Result, Timestamp};

pub(super) const DUE: &str = "SELECT id FROM bookings
    WHERE org_id = :org AND due_at IS NOT NULL AND due_at <= :now ORDER BY due_at LIMIT :most";

pub(super) const EARLIEST: &str =
    "SELECT min(due_at) FROM bookings WHERE org_id = :org AND due_at IS NOT NULL";

/// The bookings to which something is due by now, the longest due first.
pub(in crate::booking) fn list_due(tx: &Tx<'_>, most: usize) -> Result<Vec<BookingId>> {
    tx.all(DUE, &[(":most", &i64::try_from(most).unwrap_or(i64::MAX))], |row| row.get("id"))
}

/// When something is due next to a booking of the organization.
pub(in crate::booking) fn earliest_due(tx: &Tx<'_>) -> Result<Option<Timestamp>> {
    tx.value(EARLIEST, &[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::plan;

    #[test]
    fn what_is_due_is_one_step_into_its_index() {
        for statement in [DUE, EARLIEST] {
            let plan = plan(statement);
            let found = plan.iter().filter(|step| step.contains("bookings_by_due")).count();
            assert!(found == 1 && !plan.concat().contains("TEMP B-TREE"), "{plan:#?}");
        }
    }
}
