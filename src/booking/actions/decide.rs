//! Approving, rejecting and cancelling.

use super::change::save;
use super::hold::{lines_of, require_policy};
use super::read::get;
use crate::audit::Action as Event;
use crate::booking::model::{Booking, Decision, Status};
use crate::booking::rules::{Action, require_allowed};
use crate::booking::store;
use crate::calendar;
use crate::db::WriteTx;
use crate::kernel::{BookingId, Precondition, Result};

/// Grants a request, after checking policy and units again.
///
/// # Errors
/// `invalid_transition`, `not_bookable`, `policy_violation`.
pub fn approve(
    tx: &WriteTx<'_>,
    id: BookingId,
    decision: &Decision,
    seen: &Precondition,
) -> Result<Booking> {
    let before = allowed(tx, id, Action::Approve, seen)?;
    calendar::require_bookable(&calendar::resolve(tx, &lines_of(&before.items))?)?;
    require_policy(tx, &before, false)?;
    let mut after = decided(tx, &before, decision);
    after.status = Status::Approved;
    save(tx, &before, after, Event::StatusChange)
}

/// Refuses a request and frees its units.
///
/// # Errors
/// `invalid_transition`.
pub fn reject(
    tx: &WriteTx<'_>,
    id: BookingId,
    decision: &Decision,
    seen: &Precondition,
) -> Result<Booking> {
    let before = allowed(tx, id, Action::Reject, seen)?;
    let mut after = decided(tx, &before, decision);
    after.status = Status::Rejected;
    leave(tx, &before, after)
}

/// Gives a booking up and frees its units.
///
/// # Errors
/// `invalid_transition`.
pub fn cancel(
    tx: &WriteTx<'_>,
    id: BookingId,
    decision: &Decision,
    seen: &Precondition,
) -> Result<Booking> {
    let before = allowed(tx, id, Action::Cancel, seen)?;
    let mut after = before.clone();
    if let Some(Some(note)) = &decision.note {
        after.decision_note = Some(note.clone());
    }
    after.status = Status::Cancelled;
    after.cancelled_at = Some(tx.now());
    leave(tx, &before, after)
}

fn allowed(
    tx: &WriteTx<'_>,
    id: BookingId,
    action: Action,
    seen: &Precondition,
) -> Result<Booking> {
    let booking = get(tx, id)?;
    seen.check(booking.version)?;
    require_allowed(action, booking.status, tx.actor().is_staff())?;
    Ok(booking)
}

fn decided(tx: &WriteTx<'_>, before: &Booking, decision: &Decision) -> Booking {
    Booking {
        decided_by: tx.actor().user_id,
        decision_note: decision.note.clone().flatten(),
        ..before.clone()
    }
}

/// Leaves the active states: the status first, then the claims.
fn leave(tx: &WriteTx<'_>, before: &Booking, after: Booking) -> Result<Booking> {
    store::set_status(tx, before.id, after.status)?;
    calendar::release(tx, before.id.0)?;
    save(tx, before, after, Event::StatusChange)
}
