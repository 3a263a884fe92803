//! Handing out: what was reserved, or another free unit in its place; also before the start.

use super::change::save_step;
use super::named::resolve;
use super::read::get;
use crate::booking::model::{Booking, BookingItem, HandOut, Status};
use crate::booking::rules::{Action, Named, Pick, not_allowed, pick, require_allowed};
use crate::booking::store;
use crate::calendar::{self, ClaimKind, Custody};
use crate::db::WriteTx;
use crate::kernel::{
    BookingId, Demand, DemandLine, Error, Precondition, Result, UnitId, Window, bug,
};

/// Hands out items of a booking: all that have not been fetched, or those that are named. All of
/// them or none.
///
/// # Errors
/// `unknown_reference`, `validation_failed` for a unit that serves no item, `invalid_transition`
/// also for what is out already, `not_bookable` for what is out of service, `unit_unavailable` for
/// what somebody else holds or has reserved, and before the start for what is not free from now.
pub fn check_out(
    tx: &WriteTx<'_>,
    id: BookingId,
    wanted: &HandOut,
    seen: &Precondition,
) -> Result<Booking> {
    let before = get(tx, id)?;
    seen.check(before.version)?;
    let named = wanted.items.as_deref().unwrap_or_default();
    let named = named.iter().map(|item| (item.item_id, item.barcode.as_deref()));
    let named = resolve(tx, &before, named)?;
    require_allowed(Action::CheckOut, before.status, tx.actor().is_staff())?;
    if before.end_at <= tx.now() {
        return Err(refused(tx, &before, "Its period is over.", &[Action::CheckOut]));
    }
    let mut after = before.clone();
    for pick in picks(tx, &before, &named)? {
        let item = after.items.get_mut(pick.index).ok_or_else(Error::not_found)?;
        hand_out(tx, &before, item, pick.unit)?;
    }
    after.status = Status::CheckedOut;
    after.at_risk = after.items.iter().any(|item| item.endangered);
    save_step(tx, &before, after)
}

/// What goes out: what is named, and nothing that is out or was let go.
fn picks(tx: &WriteTx<'_>, booking: &Booking, named: &[Named]) -> Result<Vec<Pick>> {
    let waits = |item: &&BookingItem| item.is_reserved();
    let all: Vec<Named> =
        booking.items.iter().filter(waits).map(|item| Named::Item(item.id)).collect();
    let picks = pick(&booking.items, if named.is_empty() { &all } else { named })?;
    let reserved =
        |pick: &Pick| booking.items.get(pick.index).is_some_and(BookingItem::is_reserved);
    if picks.is_empty() || !picks.iter().all(reserved) {
        let is_all = !booking.items.iter().any(BookingItem::is_reserved);
        let detail = "What is out or was let go can't go out again.";
        return Err(refused(tx, booking, detail, if is_all { &[Action::CheckOut] } else { &[] }));
    }
    Ok(picks)
}

fn refused(tx: &WriteTx<'_>, booking: &Booking, detail: &str, but: &[Action]) -> Error {
    not_allowed(detail, booking.status, tx.actor().is_staff(), but)
}

/// One item goes out with this unit. Before the start its claim begins now; another unit is claimed
/// before the reserved one is let go.
fn hand_out(
    tx: &WriteTx<'_>,
    booking: &Booking,
    item: &mut BookingItem,
    unit: UnitId,
) -> Result<()> {
    let early = if bug::seeded("early_without_claim") { booking.start_at } else { tx.now() };
    let window = Window { start: booking.start_at.min(early), end: booking.end_at };
    let reserved = item.resource_unit_id.filter(|reserved| *reserved != unit);
    if reserved.is_some() {
        swap(tx, booking, unit, window)?;
    } else {
        calendar::widen(tx, booking.id.0, &[unit], window)?;
    }
    item.resource_unit_id = Some(unit);
    item.checked_out_at = Some(tx.now());
    item.endangered = false;
    store::update_item(tx, item)?;
    if let Some(reserved) = reserved {
        calendar::release_unit(tx, booking.id.0, reserved)?;
    }
    let custody = Custody {
        item_id: item.id,
        booking_id: booking.id,
        unit_id: unit,
        since: tx.now(),
        due_at: booking.end_at,
    };
    calendar::hand_out(tx, &custody, item.resource_id)
}

/// Takes the unit that was scanned, through the one function that does.
fn swap(tx: &WriteTx<'_>, booking: &Booking, unit: UnitId, window: Window) -> Result<()> {
    let demand = Demand {
        window,
        lines: vec![DemandLine::Unit(unit)],
        holder: booking.id.0,
        preferred: Vec::new(),
        excluded: Vec::new(),
    };
    let lines = calendar::resolve(tx, &demand.lines)?;
    calendar::require_bookable(&lines)?;
    if bug::seeded("swap_without_claim") {
        return Ok(());
    }
    calendar::claim(tx, ClaimKind::Booking, &demand, &lines).map(drop)
}
