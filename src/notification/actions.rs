//! Telling a person what happened, showing what is unread, and marking it as read.

use super::model::{MarkRead, MarkedRead, News, Notification};
use super::store;
use crate::db::{Tx, WriteTx};
use crate::kernel::{
    BookingId, Code, Error, Fault, Listed, PageRequest, Result, Timestamp, UserId,
};

/// Tells a person what happened, in the transaction in which it happens. Whoever did it knows it
/// already and is told nothing.
///
/// # Errors
/// When the database refuses; then what it tells of must not be kept either.
pub fn tell(tx: &WriteTx<'_>, to: UserId, news: &News) -> Result<()> {
    if tx.actor().is(to) {
        return Ok(());
    }
    store::insert(tx, to, news)
}

/// A page of what the actor has not read.
///
/// # Errors
/// When the database can't be read.
pub fn list(tx: &Tx<'_>, page: &PageRequest) -> Result<Listed<Notification>> {
    store::list(tx, reader(tx)?, page)
}

/// Marks notifications of the actor as read: those that are named, or all. What is read already
/// stays as it is and does not count.
///
/// # Errors
/// `unknown_reference` for every id that is not one of the actor's here; then none is marked.
pub fn mark_read(tx: &WriteTx<'_>, wanted: &MarkRead) -> Result<MarkedRead> {
    let reader = reader(tx)?;
    if let Some(ids) = &wanted.ids {
        let strangers = store::places_of_strangers(tx, reader, ids)?;
        if !strangers.is_empty() {
            return Err(unknown(&strangers));
        }
    }
    Ok(MarkedRead { read: store::mark_read(tx, reader, wanted.ids.as_deref())? })
}

/// Removes what somebody was told, read or not.
///
/// # Errors
/// When the database refuses.
pub fn forget_reader(tx: &WriteTx<'_>, user: UserId) -> Result<()> {
    store::delete_of_reader(tx, user)
}

/// Removes what anybody was told about a booking.
///
/// # Errors
/// When the database refuses.
pub fn forget_booking(tx: &WriteTx<'_>, booking: BookingId) -> Result<()> {
    store::delete_of_booking(tx, booking)
}

/// Removes what was read before this instant, at most so many; answers how many.
///
/// # Errors
/// When the database refuses.
pub fn prune(tx: &WriteTx<'_>, until: Timestamp, most: usize) -> Result<usize> {
    store::prune(tx, until, most)
}

/// Only a person reads; the system has nothing to be told.
fn reader(tx: &Tx<'_>) -> Result<UserId> {
    tx.actor().user_id.ok_or_else(Error::not_found)
}

fn unknown(places: &[i64]) -> Error {
    let fault = |place| Fault::at(format!("/ids/{place}"), "is no notification of yours here");
    let detail = "A reference leads to no notification of yours in this organization.";
    Error::new(Code::UnknownReference, detail).faults(places.iter().map(fault).collect())
}
