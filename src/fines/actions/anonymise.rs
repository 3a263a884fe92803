//! Taking a person out of fines: for one who asked to be forgotten, and by age. Amounts and payments
//! stay: they are the books.

use crate::audit::{self, Change, EntityType};
use crate::db::{Tx, WriteTx};
use crate::fines::model::Fine;
use crate::fines::store;
use crate::kernel::{BookingId, Error, FineId, Result, Timestamp, UserId};

/// Fines without a booking that have been settled since before this instant: the oldest first, at
/// most so many.
///
/// # Errors
/// When the database can't be read.
pub fn list_forgettable(tx: &Tx<'_>, until: Timestamp, most: usize) -> Result<Vec<FineId>> {
    store::list_forgettable(tx, until, most)
}

/// Takes out what was said about any fine of somebody. What the trail kept is erased by the caller,
/// before.
///
/// # Errors
/// When the database refuses.
pub fn blank_all_of(tx: &WriteTx<'_>, user: UserId) -> Result<()> {
    for id in store::fines_of(tx, user)? {
        let before = found(tx, id)?;
        if before.note.is_some() {
            save(tx, &Fine { note: None, ..before }, None)?;
        }
    }
    Ok(())
}

/// Passes the fines of a booking to the stand-in of their organization.
///
/// # Errors
/// `internal` while one of them is open.
pub fn pass_on_those_of(tx: &WriteTx<'_>, booking: BookingId, stand_in: UserId) -> Result<()> {
    for id in store::fines_of_booking(tx, booking)? {
        pass_on(tx, id, stand_in)?;
    }
    Ok(())
}

/// Passes a settled fine to the stand-in of its organization, with nothing left of who owed it.
///
/// # Errors
/// `internal` while it is open.
pub fn pass_on(tx: &WriteTx<'_>, id: FineId, stand_in: UserId) -> Result<()> {
    let before = found(tx, id)?;
    audit::erase_object(tx, EntityType::Fine, &id)?;
    save(tx, &Fine { user_id: stand_in, note: None, ..before }, Some(tx.now()))
}

fn found(tx: &Tx<'_>, id: FineId) -> Result<Fine> {
    store::find(tx, id)?.ok_or_else(Error::not_found)
}

fn save(tx: &WriteTx<'_>, after: &Fine, passed_at: Option<Timestamp>) -> Result<()> {
    let after = Fine { version: after.version + 1, ..after.clone() };
    store::anonymise(tx, &after, passed_at)?;
    audit::record(tx, &Change::erased(EntityType::Fine, after.id, &after)?)
}
