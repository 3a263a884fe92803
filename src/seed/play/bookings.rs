//! What people do with bookings.

use super::super::plan::Act;
use super::{Made, counter, no_such};
use crate::booking::{self, BookingPatch, Decision, NewBooking};
use crate::db::WriteTx;
use crate::kernel::{BookingId, Precondition, Result};

/// Makes a booking.
pub(super) fn create(tx: &WriteTx<'_>, new: &NewBooking) -> Result<Made> {
    Ok(Made::Booking(booking::create(tx, new)?.id))
}

/// Does something to a booking.
pub(super) fn act(tx: &WriteTx<'_>, id: BookingId, act: &Act) -> Result<()> {
    let any = Precondition::none();
    match act {
        Act::Submit => booking::submit(tx, id, &any)?,
        Act::Extend(end) => {
            let patch = BookingPatch { end_at: Some(*end), ..BookingPatch::default() };
            booking::update(tx, id, &patch, &any)?
        }
        Act::Approve(note) => booking::approve(tx, id, &decision(note), &any)?,
        Act::Reject(note) => booking::reject(tx, id, &decision(note), &any)?,
        Act::Cancel(note) => booking::cancel(tx, id, &decision(note), &any)?,
        Act::Serve(service) => return counter::serve(tx, id, service),
        _ => return Err(no_such()),
    };
    Ok(())
}

/// A decision with something said.
pub(super) fn decision(note: &str) -> Decision {
    Decision { note: Some(Some(note.to_owned())) }
}
