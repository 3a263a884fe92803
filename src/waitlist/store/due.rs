//! What happens by the clock alone, and when.

use crate::db::Tx;
use crate::kernel::{EntryId, Result, Timestamp};

pub(super) const DUE: &str = "SELECT id FROM waitlist_entries
    WHERE org_id = :org AND due_at IS NOT NULL AND due_at <= :now ORDER BY due_at LIMIT :most";

pub(super) const EARLIEST: &str =
    "SELECT min(due_at) FROM waitlist_entries WHERE org_id = :org AND due_at IS NOT NULL";

/// The entries to which something is due by now, the longest due first.
pub(in crate::waitlist) fn list_due(tx: &Tx<'_>, most: usize) -> Result<Vec<EntryId>> {
    tx.all(DUE, &[(":most", &i64::try_from(most).unwrap_or(i64::MAX))], |row| row.get("id"))
}

/// When something is due next in the organization.
pub(in crate::waitlist) fn earliest_due(tx: &Tx<'_>) -> Result<Option<Timestamp>> {
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
            let found = plan.iter().filter(|step| step.contains("waitlist_by_due")).count();
            assert!(found == 1 && !plan.concat().contains("TEMP B-TREE"), "{plan:#?}");
        }
    }
}
