//! What happens by the clock alone, and when.

use crate::db::Tx;
use crate::kernel::{EntryId, Result, Timestamp};

/// The entries to which something is due by now, the longest due first.
pub(in crate::waitlist) fn list_due(tx: &Tx<'_>, most: usize) -> Result<Vec<EntryId>> {
    tx.all(
        "SELECT id FROM waitlist_entries
         WHERE org_id = :org AND due_at IS NOT NULL AND due_at <= :now ORDER BY due_at LIMIT :most",
        &[(":most", &i64::try_from(most).unwrap_or(i64::MAX))],
        |row| row.get("id"),
    )
}

/// When something is due next in the organization.
pub(in crate::waitlist) fn earliest_due(tx: &Tx<'_>) -> Result<Option<Timestamp>> {
    tx.value(
        "SELECT min(due_at) FROM waitlist_entries WHERE org_id = :org AND due_at IS NOT NULL",
        &[],
    )
}
