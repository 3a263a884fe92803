//! Approving, rejecting and cancelling.

use super::change::save;
use super::hold::{let_go, lines_of};
use super::judge::{Step, require};
use super::read::get;
use crate::audit::Action as Event;
use crate::booking::model::{Booking, Decision, Status};
use crate::booking::rules::{Action, due_at, require_allowed};
use crate::calendar;
use crate::db::WriteTx;
use crate::kernel::{BookingId, Code, DemandLine, Error, Precondition, Result, bug};
use crate::notification::{self, News, NotificationKind};

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
    let lines = calendar::resolve(tx, &held(&before))?;
    require_in_time(tx, &before)?;
    require(tx, &before, &lines, Step::Confirm)?;
    let mut after = decided(tx, &before, decision);
    after.status = Status::Approved;
    let after = save(tx, &before, after, Event::StatusChange)?;
    tell(tx, &after, decision)?;
    Ok(after)
}

/// What a request holds, unit by unit: one that has left service since is not granted.
fn held(booking: &Booking) -> Vec<DemandLine> {
    if bug::seeded("granted_out_of_service") {
        return lines_of(&booking.items);
    }
    let units = booking.items.iter().filter_map(|item| item.resource_unit_id);
    units.map(DemandLine::Unit).collect()
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
    leave(tx, &before, decided(tx, &before, decision), Status::Rejected, decision)
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
    after.cancelled_at = Some(tx.now());
    leave(tx, &before, after, Status::Cancelled, decision)
}

/// What was not decided by its start expires: also what this write could not end yet.
fn require_in_time(tx: &WriteTx<'_>, booking: &Booking) -> Result<()> {
    let due = due_at(booking, None);
    if due.is_none_or(|due| tx.now() < due) || bug::seeded("approved_after_start") {
        return Ok(());
    }
    let detail = "Its start has passed without a decision: it is expiring.";
    Err(Error::new(Code::InvalidTransition, detail)
        .with("current_status", booking.status.name())
        .with("allowed", ["reject", "cancel"]))
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

/// The booking as the actor has decided about it.
pub(super) fn decided(tx: &WriteTx<'_>, before: &Booking, decision: &Decision) -> Booking {
    Booking {
        decided_by: tx.actor().user_id,
        decision_note: decision.note.clone().flatten(),
        ..before.clone()
    }
}

/// Ends a booking by a decision, and tells the requester.
fn leave(
    tx: &WriteTx<'_>,
    before: &Booking,
    mut after: Booking,
    becomes: Status,
    decision: &Decision,
) -> Result<Booking> {
    let_go(tx, &mut after, becomes)?;
    let after = save(tx, before, after, Event::StatusChange)?;
    tell(tx, &after, decision)?;
    Ok(after)
}

/// Tells the requester what became of the booking, with what was said now and not before.
fn tell(tx: &WriteTx<'_>, booking: &Booking, decision: &Decision) -> Result<()> {
    if bug::seeded("told_outside") {
        return Ok(());
    }
    let news = News {
        booking_id: Some(booking.id),
        status: Some(booking.status.name()),
        note: decision.note.clone().flatten(),
        ..News::of(NotificationKind::Decided)
    };
    notification::tell(tx, booking.requester_user_id, &news)
}
