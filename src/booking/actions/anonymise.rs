//! Taking a person out of bookings: for one who asked to be forgotten, and by age.

use super::schedule::found;
use crate::audit::{self, Change, EntityType};
use crate::booking::model::{Booking, Status};
use crate::booking::store;
use crate::db::{Tx, WriteTx};
use crate::kernel::{BookingId, Error, Result, Timestamp, UserId, bug};

/// Bookings that have been over since before this instant, and their fines settled: the oldest first,
/// at most so many.
///
/// # Errors
/// When the database can't be read.
pub fn list_forgettable(tx: &Tx<'_>, until: Timestamp, most: usize) -> Result<Vec<BookingId>> {
    store::list_forgettable(tx, until, most)
}

/// Takes out what was said about any booking of somebody; drafts are given up. Periods, units and
/// states stay. What the trail kept is erased by the caller, before.
///
/// # Errors
/// `internal` while one of them is active.
pub fn blank_all_of(tx: &WriteTx<'_>, user: UserId) -> Result<()> {
    for id in store::bookings_of(tx, user)? {
        let before = found(tx, id)?;
        let after = blank(tx, &before)?;
        if after != before && !bug::seeded("erase_leaves_texts") {
            save(tx, after, None)?;
        }
    }
    Ok(())
}

/// Passes a booking that is over to the stand-in of its organization, with nothing left of who asked
/// for it.
///
/// # Errors
/// `internal` while it is active, or something of it is owed.
pub fn pass_on(tx: &WriteTx<'_>, id: BookingId, stand_in: UserId) -> Result<()> {
    let after = blank(tx, &found(tx, id)?)?;
    audit::erase_object(tx, EntityType::Booking, &id)?;
    save(tx, Booking { requester_user_id: stand_in, ..after }, Some(tx.now()))
}

fn blank(tx: &WriteTx<'_>, before: &Booking) -> Result<Booking> {
    if before.status.is_active() || before.status == Status::Waitlisted {
        return Err(Error::internal(format!("booking {} is not over", before.id)));
    }
    let mut after = before.clone();
    after.purpose.clear();
    after.decision_note = None;
    after.items.iter_mut().for_each(|item| item.return_note = None);
    if before.status == Status::Draft {
        after.status = Status::Cancelled;
        after.cancelled_at = Some(tx.now());
    }
    Ok(after)
}

fn save(tx: &WriteTx<'_>, after: Booking, passed_at: Option<Timestamp>) -> Result<()> {
    let after = Booking { version: after.version + 1, updated_at: tx.now(), ..after };
    store::anonymise(tx, &after, passed_at)?;
    audit::record(tx, &Change::erased(EntityType::Booking, after.id, &after)?)
}
