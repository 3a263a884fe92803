//! Noting when something happens to a booking by itself.

use crate::booking::model::Booking;
use crate::booking::rules::due_at;
use crate::booking::store;
use crate::calendar;
use crate::db::{Tx, WriteTx};
use crate::identity;
use crate::kernel::{BookingId, Error, Result, Timestamp};

/// Puts a booking into its state, and notes when it leaves it by itself.
pub(super) fn settle(tx: &WriteTx<'_>, booking: &Booking) -> Result<()> {
    let due = due_at(booking, identity::policy(tx)?.no_show_grace_minutes);
    if let Some(due) = due {
        tx.wake_at(due);
    }
    store::settle(tx, booking, due)
}

/// Notes anew when something happens to bookings: the policy has another grace.
pub(super) fn settle_all(tx: &WriteTx<'_>) -> Result<()> {
    let grace = identity::policy(tx)?.no_show_grace_minutes;
    for id in store::schedules_at_odds(tx, grace)? {
        settle(tx, &found(tx, id)?)?;
    }
    Ok(())
}

/// When something is due next to a booking of the organization: it expires, is late, or counts on
/// what is late.
///
/// # Errors
/// When the database can't be read.
pub fn next_due(tx: &Tx<'_>) -> Result<Option<Timestamp>> {
    let late_until = calendar::late_until(tx)?;
    if !store::newly_endangered(tx, late_until, 1)?.is_empty() {
        return Ok(Some(tx.now()));
    }
    let late = store::lateness_due(tx, late_until)?;
    Ok([store::earliest_due(tx)?, late].into_iter().flatten().min())
}

/// A booking that must be there.
pub(super) fn found(tx: &Tx<'_>, id: BookingId) -> Result<Booking> {
    store::find(tx, id)?.ok_or_else(Error::not_found)
}
