//! What an organization keeps no longer: bookings that were over long ago pass to the stand-in, with
//! all that belongs to them; each in one transaction.

use crate::db::WriteTx;
use crate::kernel::{BookingId, Result, UserId};
use crate::{booking, fines, identity, notification, waitlist};

/// One write passes on at most so many bookings and as many fines: each takes a dozen rows along.
pub(super) const AT_ONCE: usize = 20;

/// Passes on what the policy of the organization keeps no longer, the oldest first; answers whether
/// something is left.
///
/// # Errors
/// When the database refuses.
pub(super) fn step(tx: &WriteTx<'_>) -> Result<bool> {
    let Some(until) = identity::policy(tx)?.kept_since(tx.now()) else { return Ok(false) };
    let bookings = booking::list_forgettable(tx, until, AT_ONCE)?;
    let fines = fines::list_forgettable(tx, until, AT_ONCE)?;
    let invitations = identity::forget_invitations(tx, until, AT_ONCE)?;
    if !bookings.is_empty() || !fines.is_empty() {
        let stand_in = identity::stand_in(tx)?;
        for id in &bookings {
            pass_on(tx, *id, stand_in)?;
        }
        for id in &fines {
            fines::pass_on(tx, *id, stand_in)?;
        }
    }
    Ok([bookings.len(), fines.len(), invitations].contains(&AT_ONCE))
}

/// The booking goes first: its fines and its entry follow it.
fn pass_on(tx: &WriteTx<'_>, id: BookingId, stand_in: UserId) -> Result<()> {
    booking::pass_on(tx, id, stand_in)?;
    fines::pass_on_those_of(tx, id, stand_in)?;
    waitlist::pass_on(tx, id, stand_in)?;
    notification::forget_booking(tx, id)
}
