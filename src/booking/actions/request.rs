//! Requests that wait: a booking in WAITLISTED, which its entry in the waitlist grants or ends.

use super::change::save;
use super::create::{Asked, asked, asked_status};
use super::decide::decided;
use super::hold::{hold, item_of, lines_of};
use super::judge::{Step, require};
use crate::audit::{self, Action as Event, Change, EntityType};
use crate::booking::model::{Booking, BookingItem, Decision, NewBooking, Offered, Status};
use crate::booking::store;
use crate::calendar;
use crate::db::WriteTx;
use crate::identity;
use crate::kernel::{BookingId, DemandLine, Error, ResourceId, Result, UnitId};

/// Makes a request that waits. It holds nothing, and is checked as a booking would be.
///
/// # Errors
/// `forbidden`, `unknown_reference`, `validation_failed` for a start in the past, `not_bookable`,
/// `policy_violation`.
pub fn request(tx: &WriteTx<'_>, new: &NewBooking) -> Result<Booking> {
    let Asked { booking, lines, .. } = asked(tx, new)?;
    let waiting = Booking { status: Status::Waitlisted, ..booking };
    require(tx, &waiting, &lines, Step::Join)?;
    store::insert(tx, &waiting)?;
    store::replace_items(tx, waiting.id, &waiting.items)?;
    audit::record(tx, &Change::create(EntityType::Booking, waiting.id, &waiting)?)?;
    Ok(waiting)
}

/// Books for a request whatever is free of what it asks for, approved by the actor.
///
/// # Errors
/// `not_bookable`, `policy_violation`, `unit_unavailable`.
pub fn grant_asked(tx: &WriteTx<'_>, id: BookingId, decision: &Decision) -> Result<Booking> {
    let before = waiting(tx, id)?;
    let lines = calendar::resolve(tx, &lines_of(&before.items))?;
    require(tx, &before, &lines, Step::Take)?;
    let mut after = decided(tx, &before, decision);
    hold(tx, &mut after)?;
    store::replace_items(tx, id, &after.items)?;
    after.status = Status::Approved;
    save(tx, &before, after, Event::StatusChange)
}

/// Books for a request exactly what an open offer holds for it. The offer is closed before: its
/// claims become those of the booking, and nobody can come in between.
///
/// # Errors
/// `not_bookable`, `policy_violation`.
pub fn grant_offered(tx: &WriteTx<'_>, id: BookingId, offered: &Offered) -> Result<Booking> {
    let before = waiting(tx, id)?;
    let units: Vec<DemandLine> =
        offered.units.iter().map(|(_, unit)| DemandLine::Unit(*unit)).collect();
    let lines = calendar::resolve(tx, &units)?;
    let mut after = Booking {
        start_at: offered.window.start,
        end_at: offered.window.end,
        items: items_of(&before.items, &offered.units),
        decided_by: offered.decided_by,
        decision_note: offered.note.clone(),
        ..before.clone()
    };
    require(tx, &after, &lines, Step::Confirm)?;
    let role = identity::role_of(tx, before.requester_user_id)?.ok_or_else(Error::not_found)?;
    let approved = offered.decided_by.is_some();
    after.status = if approved { Status::Approved } else { asked_status(tx, role)? };
    calendar::hand_over(tx, offered.holder, id.0)?;
    store::replace_items(tx, id, &after.items)?;
    save(tx, &before, after, Event::StatusChange)
}

/// Ends a request that was not granted.
///
/// # Errors
/// When the database refuses.
pub fn end_request(
    tx: &WriteTx<'_>,
    id: BookingId,
    status: Status,
    decision: &Decision,
) -> Result<Booking> {
    let before = waiting(tx, id)?;
    let mut after = before.clone();
    if status == Status::Rejected {
        after = decided(tx, &before, decision);
    } else if let Some(Some(note)) = &decision.note {
        after.decision_note = Some(note.clone());
    }
    after.status = status;
    after.cancelled_at = (status == Status::Cancelled).then(|| tx.now());
    save(tx, &before, after, Event::StatusChange)
}

/// The request, which nobody but the waitlist can have taken out of its state.
fn waiting(tx: &WriteTx<'_>, id: BookingId) -> Result<Booking> {
    store::find(tx, id)?
        .filter(|booking| booking.status == Status::Waitlisted)
        .ok_or_else(|| Error::internal(format!("booking {id} is no request that waits")))
}

/// An item for each unit: one that asked for it or for its resource, else a new one.
fn items_of(asked: &[BookingItem], units: &[(ResourceId, UnitId)]) -> Vec<BookingItem> {
    let mut asked = asked.to_vec();
    let mut items = Vec::new();
    for &(resource, unit) in units {
        let named = |item: &BookingItem| item.named && item.resource_unit_id == Some(unit);
        let any = |item: &BookingItem| !item.named && item.resource_id == resource;
        let place = asked.iter().position(named).or_else(|| asked.iter().position(any));
        let item = place.map_or_else(|| item_of(resource), |place| asked.remove(place));
        items.push(BookingItem { resource_unit_id: Some(unit), ..item });
    }
    items
}
