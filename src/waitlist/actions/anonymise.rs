//! Taking a person out of an entry that has ended.

use super::read::find;
use crate::audit::{self, Change, EntityType};
use crate::db::WriteTx;
use crate::kernel::{BookingId, Result, UserId};
use crate::waitlist::store;

/// Passes the entry of a booking to the stand-in, behind the booking; what was offered is forgotten.
///
/// # Errors
/// `internal` while it is alive.
pub fn pass_on(tx: &WriteTx<'_>, booking: BookingId, stand_in: UserId) -> Result<()> {
    let Some(id) = store::entry_of(tx, booking)? else { return Ok(()) };
    audit::erase_object(tx, EntityType::WaitlistEntry, &id)?;
    store::pass_on(tx, id, stand_in)?;
    let after = find(tx, id)?.recorded()?;
    audit::record(tx, &Change::erased(EntityType::WaitlistEntry, id, &after)?)
}
