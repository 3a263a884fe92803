//! Reading entries.

use crate::db::Tx;
use crate::kernel::{Code, EntryId, Error, Listed, PageRequest, Precondition, Result, bug};
use crate::waitlist::model::{Entry, EntryFilters, EntryStatus};
use crate::waitlist::store;

/// An entry that the actor may see, with its score and its places.
///
/// # Errors
/// `not_found`, also when it is somebody else's and the actor is a student.
pub fn get(tx: &Tx<'_>, id: EntryId) -> Result<Entry> {
    let mut entry = seen(tx, id)?;
    store::with_places(tx, std::slice::from_mut(&mut entry))?;
    Ok(entry)
}

/// A page of all entries, by rank.
///
/// # Errors
/// When the database can't be read.
pub fn list(
    tx: &Tx<'_>,
    filters: &EntryFilters,
    statuses: &[EntryStatus],
    page: &PageRequest,
) -> Result<Listed<Entry>> {
    store::list(tx, filters, statuses, page)
}

/// A page of the actor's own entries.
///
/// # Errors
/// When the database can't be read.
pub fn list_own(
    tx: &Tx<'_>,
    statuses: &[EntryStatus],
    page: &PageRequest,
) -> Result<Listed<Entry>> {
    let own = tx.actor().user_id.ok_or_else(|| Error::new(Code::NotFound, "Nobody waits here."))?;
    let filters = EntryFilters { requester: Some(own), ..EntryFilters::default() };
    store::list(tx, &filters, statuses, page)
}

/// The entry to be changed, in the version that was seen; without score and places.
pub(super) fn found(tx: &Tx<'_>, id: EntryId, precondition: &Precondition) -> Result<Entry> {
    let entry = seen(tx, id)?;
    precondition.check(entry.version)?;
    Ok(entry)
}

fn seen(tx: &Tx<'_>, id: EntryId) -> Result<Entry> {
    let entry = find(tx, id)?;
    let may_see = tx.actor().is_staff()
        || tx.actor().is(entry.requester_user_id)
        || bug::seeded("entry_of_others_shown");
    if may_see { Ok(entry) } else { Err(Error::not_found()) }
}

/// The entry, whoever asks; without score and places.
pub(super) fn find(tx: &Tx<'_>, id: EntryId) -> Result<Entry> {
    store::find(tx, id)?.ok_or_else(Error::not_found)
}
