//! Keeping stored scores current.

use crate::db::WriteTx;
use crate::identity;
use crate::kernel::{EntryId, Result};
use crate::waitlist::store;

/// Ranks entries anew. Those whose score changed and that wait take their new place.
pub(super) fn refresh(tx: &WriteTx<'_>, entries: &[EntryId]) -> Result<()> {
    for moved in rank(tx, entries)? {
        if store::leave_queue(tx, moved)? > 0 {
            store::enter_queue(tx, moved)?;
        }
    }
    Ok(())
}

/// Stores what the ranking says; answers whose score changed.
pub(super) fn rank(tx: &WriteTx<'_>, entries: &[EntryId]) -> Result<Vec<EntryId>> {
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let policy = identity::policy(tx)?;
    let mut changed = Vec::new();
    for ranked in store::ranking(tx, &policy, entries, false)? {
        if store::set_score(tx, &ranked)? {
            changed.push(ranked.entry_id);
        }
    }
    Ok(changed)
}
