//! Submitting a draft, and changing what a booking asks for.

use super::create::asked_status;
use super::extend::extend;
use super::hold::{hold, lines_of, unheld_items};
use super::judge::{Step, require};
use super::read::get;
use super::schedule::settle;
use crate::audit::{self, Action as Event, Change, EntityType};
use crate::booking::model::{Booking, BookingPatch, ItemRequest, Status};
use crate::booking::rules::{Action, require_allowed, require_step};
use crate::booking::store;
use crate::calendar;
use crate::db::WriteTx;
use crate::identity;
use crate::kernel::{Aftermath, BookingId, DemandLine, Error, Precondition, Result, bug};

/// Asks for what a draft holds.
///
/// # Errors
/// As for a new booking, and `invalid_transition`.
pub fn submit(tx: &WriteTx<'_>, id: BookingId, seen: &Precondition) -> Result<Booking> {
    let before = get(tx, id)?;
    seen.check(before.version)?;
    let lines = calendar::resolve(tx, &lines_of(&before.items))?;
    require_allowed(Action::Submit, before.status, tx.actor().is_staff())?;
    calendar::require_future(tx, before.start_at)?;
    require(tx, &before, &lines, Step::Ask)?;
    let mut after = before.clone();
    hold(tx, &mut after)?;
    let role = identity::role_of(tx, after.requester_user_id)?.ok_or_else(Error::not_found)?;
    after.status = asked_status(tx, role)?;
    store::replace_items(tx, id, &after.items)?;
    save(tx, &before, after, Event::StatusChange)
}

/// Changes period, purpose or items. Who holds units keeps them where they are still free.
///
/// # Errors
/// As for a new booking, `invalid_transition`, and those of `If-Match`. Then nothing has changed.
pub fn update(
    tx: &WriteTx<'_>,
    id: BookingId,
    patch: &BookingPatch,
    seen: &Precondition,
) -> Result<Booking> {
    let before = get(tx, id)?;
    seen.check(before.version)?;
    let mut after = before.clone();
    if let Some(items) = &patch.items {
        let lines: Vec<DemandLine> = items.iter().filter_map(ItemRequest::line).collect();
        after.items = kept_items(&before, unheld_items(&calendar::resolve(tx, &lines)?));
    }
    after.start_at = patch.start_at.unwrap_or(before.start_at);
    after.end_at = patch.end_at.unwrap_or(before.end_at);
    after.purpose = patch.purpose.clone().unwrap_or(after.purpose);
    if after == before {
        return Ok(before);
    }
    if before.status == Status::CheckedOut {
        return extend(tx, &before, after);
    }
    if after.start_at >= after.end_at {
        return Err(Error::invalid_field("/end_at", "must lie after start_at"));
    }
    require_allowed(Action::Update, before.status, tx.actor().is_staff())?;
    if after.start_at != before.start_at {
        calendar::require_future(tx, after.start_at)?;
    }
    if after.end_at != before.end_at {
        calendar::require_ahead(tx, after.end_at)?;
    }
    let moved = after.window() != before.window() || after.items != before.items;
    if moved {
        rehold(tx, &before, &mut after)?;
    }
    save(tx, &before, after, Event::Update)
}

/// The same list of things keeps its items, so that asking again for what is there is no change.
fn kept_items(
    before: &Booking,
    asked: Vec<crate::booking::model::BookingItem>,
) -> Vec<crate::booking::model::BookingItem> {
    let mut kept = before.items.clone();
    asked
        .into_iter()
        .map(|item| {
            let same = kept.iter().position(|old| {
                old.resource_id == item.resource_id
                    && old.named == item.named
                    && (!item.named || old.resource_unit_id == item.resource_unit_id)
            });
            same.map_or(item, |index| kept.remove(index))
        })
        .collect()
}

/// Checks the rules anew and, for an active booking, exchanges its claims. It leaves the active
/// state meanwhile: the database would not let the claims go otherwise.
fn rehold(tx: &WriteTx<'_>, before: &Booking, after: &mut Booking) -> Result<()> {
    let active = before.status.is_active();
    if active {
        let lines = calendar::resolve(tx, &lines_of(&after.items))?;
        let moved = after.start_at != before.start_at;
        require(tx, after, &lines, if moved { Step::Ask } else { Step::Take })?;
        store::set_status(tx, before.id, Status::Draft)?;
        calendar::release(tx, before.id.0)?;
        hold(tx, after)?;
        // What is chosen now is in service and not late.
        after.at_risk = false;
        after.items.iter_mut().for_each(|item| item.endangered = false);
    }
    store::replace_items(tx, before.id, &after.items)
}

/// As [`save`], for a step that leads to another state or not.
pub(super) fn save_step(tx: &WriteTx<'_>, before: &Booking, after: Booking) -> Result<Booking> {
    let stays = before.status == after.status && !bug::seeded("every_step_a_new_state");
    save(tx, before, after, if stays { Event::Update } else { Event::StatusChange })
}

/// Writes the new state with its event.
pub(super) fn save(
    tx: &WriteTx<'_>,
    before: &Booking,
    mut after: Booking,
    event: Event,
) -> Result<Booking> {
    require_step(before.status, after.status)?;
    after.version = before.version + 1;
    after.updated_at = tx.now();
    store::update(tx, &after)?;
    settle(tx, &after)?;
    if before.status.is_active() != after.status.is_active() {
        tx.leave(Aftermath::Person(after.requester_user_id));
    }
    if !bug::seeded("event_outside") {
        audit::record(tx, &Change::of(event, EntityType::Booking, after.id, before, &after)?)?;
    }
    Ok(after)
}
