//! Bookings whose unit may not be there in time: they move to another free unit, or are marked.

use std::collections::BTreeSet;

use super::change::save;
use super::schedule::{found, settle_all};
use crate::audit::Action as Event;
use crate::booking::model::{Booking, BookingItem};
use crate::booking::store;
use crate::calendar::{self, ClaimKind};
use crate::db::{Tx, WriteTx};
use crate::kernel::{BookingId, Demand, DemandLine, Result, UnitId, bug};
use crate::notification::{self, News, NotificationKind};

/// Looks after the bookings that hold one of these units though it is lent no more, and those at
/// risk that one of these units might save. They come before who waits: they have been promised
/// theirs.
///
/// # Errors
/// When the database refuses.
pub fn rescue(tx: &WriteTx<'_>, units: &BTreeSet<UnitId>) -> Result<()> {
    if units.is_empty() || bug::seeded("moved_outside") {
        return Ok(());
    }
    let units = serde_json::to_string(units).unwrap_or_default();
    let late_until = calendar::late_until(tx)?;
    for id in store::held_out_of_service(tx, &units, late_until)? {
        look_after(tx, id)?;
    }
    for id in store::at_risk_beside(tx, &units)? {
        if !bug::seeded("risk_for_ever") {
            look_after(tx, id)?;
        }
    }
    Ok(())
}

/// Looks after all that is or may be at risk, and notes all instants anew: the policy says
/// something else about late units and about the grace, or a rescue failed before.
///
/// # Errors
/// When the database refuses.
pub fn rescue_all(tx: &WriteTx<'_>) -> Result<()> {
    settle_all(tx)?;
    let mut all = store::at_risk(tx)?;
    all.extend(store::newly_endangered(tx, calendar::late_until(tx)?, usize::MAX)?);
    all.into_iter().try_for_each(|id| look_after(tx, id))
}

/// Moves what is endangered of a booking where another unit is free, and marks the rest. What is in
/// danger no more is marked no more.
pub(super) fn look_after(tx: &WriteTx<'_>, id: BookingId) -> Result<()> {
    let before = found(tx, id)?;
    let endangered = store::endangered_items(tx, id, calendar::late_until(tx)?)?;
    let mut after = before.clone();
    let mut moved = false;
    for index in 0..after.items.len() {
        let Some(item) = after.items.get(index).cloned() else { continue };
        let in_danger = endangered.contains(&item.id);
        let found = if in_danger { move_item(tx, &before, &after.items, &item)? } else { None };
        moved |= found.is_some();
        let kept = BookingItem { endangered: in_danger && found.is_none(), ..item.clone() };
        let changed = found.unwrap_or(kept);
        if changed != item {
            store::update_item(tx, &changed)?;
            let_go(tx, &before, &item, &changed)?;
        }
        if let Some(place) = after.items.get_mut(index) {
            *place = changed;
        }
    }
    after.at_risk = after.items.iter().any(|item| item.endangered);
    if !moved && after.at_risk == before.at_risk {
        return Ok(());
    }
    let after = save(tx, &before, after, Event::Update)?;
    tell(tx, &before, &after, moved)
}

/// The item with another unit of its resource, claimed before it lets go of the one it had.
fn move_item(
    tx: &WriteTx<'_>,
    booking: &Booking,
    items: &[BookingItem],
    item: &BookingItem,
) -> Result<Option<BookingItem>> {
    let demand = another(booking, items, item);
    let lines = calendar::resolve(tx, &demand.lines)?;
    if !calendar::lacks(tx, &demand, &lines)?.is_empty() {
        return Ok(None);
    }
    let held = calendar::claim(tx, ClaimKind::Booking, &demand, &lines)?;
    Ok(held.first().map(|held| BookingItem {
        resource_unit_id: Some(held.unit_id),
        named: false,
        endangered: false,
        ..item.clone()
    }))
}

/// What would do instead of the unit of an item: another one of its resource, which the booking has
/// not got.
fn another(booking: &Booking, items: &[BookingItem], item: &BookingItem) -> Demand {
    let alike = items.iter().filter(|other| other.resource_id == item.resource_id);
    Demand {
        window: booking.window(),
        lines: vec![DemandLine::Any(item.resource_id, 1)],
        holder: booking.id.0,
        preferred: Vec::new(),
        excluded: alike.filter_map(|other| other.resource_unit_id).collect(),
    }
}

/// Bookings that are marked though another unit is free for what is in danger: none, whatever
/// freed it.
pub(super) fn left_in_danger(tx: &Tx<'_>) -> Result<Vec<BookingId>> {
    let mut left = Vec::new();
    for id in store::at_risk(tx)? {
        let booking = found(tx, id)?;
        for item in booking.items.iter().filter(|item| item.endangered) {
            let demand = another(&booking, &booking.items, item);
            let lines = calendar::resolve(tx, &demand.lines)?;
            if calendar::lacks(tx, &demand, &lines)?.is_empty() {
                left.push(id);
                break;
            }
        }
    }
    Ok(left)
}

fn let_go(
    tx: &WriteTx<'_>,
    booking: &Booking,
    before: &BookingItem,
    after: &BookingItem,
) -> Result<()> {
    match before.resource_unit_id {
        Some(unit) if after.resource_unit_id != Some(unit) => {
            calendar::release_unit(tx, booking.id.0, unit)
        }
        _ => Ok(()),
    }
}

fn tell(tx: &WriteTx<'_>, before: &Booking, after: &Booking, moved: bool) -> Result<()> {
    let news = |kind| News {
        booking_id: Some(after.id),
        status: Some(after.status.name()),
        ..News::of(kind)
    };
    if moved {
        notification::tell(tx, after.requester_user_id, &news(NotificationKind::Moved))?;
    }
    if after.at_risk && !before.at_risk {
        notification::tell(tx, after.requester_user_id, &news(NotificationKind::AtRisk))?;
    }
    Ok(())
}
