//! Keeping what is out for longer.

use super::change::save;
use super::judge::{Step, require};
use crate::audit::Action as Event;
use crate::booking::model::Booking;
use crate::booking::rules::{Action, not_allowed};
use crate::booking::store;
use crate::calendar;
use crate::db::{Tx, WriteTx};
use crate::kernel::clock::MINUTE;
use crate::kernel::{Aftermath, Code, Error, Result, Timestamp, UnitId, Window, bug};

/// Extends a booking that is out: its end alone. It must not cross a claim and, by the requester,
/// not pass somebody who waits.
///
/// # Errors
/// `invalid_transition` for any other change, and for a requester who is late already;
/// `validation_failed` for an end that does not lie later; `policy_violation`, `not_bookable`,
/// `unit_unavailable`. Refusals of the period name the longest possible end.
pub(super) fn extend(tx: &WriteTx<'_>, before: &Booking, after: Booking) -> Result<Booking> {
    let is_staff = tx.actor().is_staff();
    let only_end = Booking { end_at: after.end_at, ..before.clone() };
    if after != only_end {
        let detail = "While it is out only end_at can change.";
        return Err(not_allowed(detail, before.status, is_staff, &[]));
    }
    require_later(tx, before, &after)?;
    let was_late = before.end_at < tx.now();
    if was_late && !is_staff && !bug::seeded("late_extends_itself") {
        let detail = "It is late: bring it back, or ask the desk to extend it.";
        return Err(not_allowed(detail, before.status, false, &[Action::Update]));
    }
    require(tx, &after, &[], Step::Confirm)?;
    let units = kept_units(before);
    require_nobody_waits(tx, before, &after)?;
    let window = Window { start: before.start_at, end: after.end_at };
    calendar::widen(tx, before.id.0, &units, window).map_err(|error| explain(tx, before, error))?;
    calendar::prolong(tx, before.id, after.end_at)?;
    if was_late {
        // Who was endangered by it is not any more.
        for unit in units {
            tx.leave(Aftermath::Unit(unit));
        }
    }
    save(tx, before, after, Event::Update)
}

fn require_later(tx: &Tx<'_>, before: &Booking, after: &Booking) -> Result<()> {
    if after.end_at > before.end_at && after.end_at > tx.now() {
        return Ok(());
    }
    let detail = format!(
        "must lie after the present end, {}, and after now: what is out can be kept longer, and \
         returned at any time",
        before.end_at
    );
    Err(Error::invalid_field("/end_at", detail))
}

/// The units that the booking has out or keeps.
fn kept_units(booking: &Booking) -> Vec<UnitId> {
    let kept = booking.items.iter().filter(|item| item.returned_at.is_none());
    kept.filter_map(|item| item.resource_unit_id).collect()
}

/// Who keeps something longer does not pass who has been waiting for it; the desk may decide so.
fn require_nobody_waits(tx: &Tx<'_>, before: &Booking, after: &Booking) -> Result<()> {
    if tx.actor().is_staff() || bug::seeded("extended_past_who_waits") {
        return Ok(());
    }
    let added = Window { start: before.end_at, end: after.end_at };
    let added = added.with_buffer(calendar::buffer_minutes(tx, before.id.0)?);
    if waiting(tx, before, &added)?.is_none() {
        return Ok(());
    }
    let detail = "Somebody waits for this in the time that would be added.";
    let refusal = Error::new(Code::UnitUnavailable, detail).with("conflicts", [""; 0]);
    Err(explain(tx, before, refusal))
}

/// When the first period begins that somebody waits for and that this range would pass.
fn waiting(tx: &Tx<'_>, booking: &Booking, range: &Window) -> Result<Option<Timestamp>> {
    let mut first: Option<Timestamp> = None;
    for item in booking.items.iter().filter(|item| item.returned_at.is_none()) {
        let Some(unit) = item.resource_unit_id else { continue };
        let waits =
            store::earliest_waiting(tx, item.resource_id, unit, booking.requester_user_id, range)?;
        first = [first, waits].into_iter().flatten().min();
    }
    Ok(first)
}

/// The refusal with the longest end that would be possible: never before the present one. Nothing
/// else would do instead of what is out.
fn explain(tx: &Tx<'_>, booking: &Booking, mut error: Error) -> Error {
    if error.code() != Code::UnitUnavailable {
        return error;
    }
    error.take_demand();
    match longest_end(tx, booking) {
        Ok(longest) => error.with("alternatives", [""; 0]).with("longest_end_at", longest),
        Err(failed) => failed,
    }
}

fn longest_end(tx: &Tx<'_>, booking: &Booking) -> Result<Option<Timestamp>> {
    let claimed = calendar::longest_end(tx, booking.id.0)?;
    let ahead = Window { start: booking.end_at, end: Timestamp::from_millis(i64::MAX) };
    let waited = if tx.actor().is_staff() { None } else { waiting(tx, booking, &ahead)? };
    let buffer = calendar::buffer_minutes(tx, booking.id.0)? * MINUTE;
    let waited = waited.map(|start| start.plus(-buffer));
    let longest = [claimed, waited].into_iter().flatten().min();
    Ok(longest.map(|end| end.max(booking.end_at)))
}
