//! Taking back, whole or in parts: condition and note are kept, the rest of the period is free, and
//! who is late is fined.

use super::change::save_step;
use super::named::resolve;
use super::read::get;
use crate::booking::model::{
    Booking, BookingItem, ReturnCondition, Status, TakeBack, TakeBackItem,
};
use crate::booking::rules::{Action, Named, not_allowed, pick, require_allowed};
use crate::booking::store;
use crate::calendar;
use crate::db::WriteTx;
use crate::fines::{self, LateReturn};
use crate::inventory::{self, UnitCondition, UnitStatus};
use crate::kernel::{Aftermath, BookingId, Error, Precondition, Result, bug};

/// Takes back items of a booking: all that are out, or those that are named. All of them or none.
///
/// # Errors
/// `unknown_reference`, `validation_failed` for a unit that is no item's, `invalid_transition` also
/// for what is not out.
pub fn take_back(
    tx: &WriteTx<'_>,
    id: BookingId,
    given: &TakeBack,
    seen: &Precondition,
) -> Result<Booking> {
    let before = get(tx, id)?;
    seen.check(before.version)?;
    let said = given.items.as_deref().unwrap_or_default();
    let named = said.iter().map(|item| (item.item_id, item.barcode.as_deref()));
    let named = resolve(tx, &before, named)?;
    require_allowed(Action::Return, before.status, tx.actor().is_staff())?;
    let mut after = before.clone();
    for (index, said) in returns(tx, &before, &named, said)? {
        let item = after.items.get_mut(index).ok_or_else(Error::not_found)?;
        take_back_item(tx, &before, item, said)?;
    }
    if after.items.iter().all(|item| item.returned_at.is_some()) {
        after.status = Status::Returned;
    }
    tx.leave(Aftermath::Person(before.requester_user_id));
    save_step(tx, &before, after)
}

/// What comes back, each with what was said about it.
fn returns<'a>(
    tx: &WriteTx<'_>,
    booking: &Booking,
    named: &[Named],
    said: &'a [TakeBackItem],
) -> Result<Vec<(usize, Option<&'a TakeBackItem>)>> {
    let is_out = |index: usize| booking.items.get(index).is_some_and(BookingItem::is_out);
    let returns: Vec<_> = if named.is_empty() {
        let all = 0..booking.items.len();
        all.filter(|index| is_out(*index)).map(|index| (index, None)).collect()
    } else {
        let picks = pick(&booking.items, named)?.into_iter();
        picks.zip(said).map(|(pick, said)| (pick.index, Some(said))).collect()
    };
    if returns.is_empty() || !returns.iter().all(|(index, _)| is_out(*index)) {
        let detail = "Only what is out with this booking comes back.";
        let nothing_is_out = !booking.items.iter().any(BookingItem::is_out);
        let but: &[Action] = if nothing_is_out { &[Action::Return] } else { &[] };
        return Err(not_allowed(detail, booking.status, tx.actor().is_staff(), but));
    }
    Ok(returns)
}

fn take_back_item(
    tx: &WriteTx<'_>,
    booking: &Booking,
    item: &mut BookingItem,
    said: Option<&TakeBackItem>,
) -> Result<()> {
    let unit = item.resource_unit_id.ok_or_else(Error::not_found)?;
    let condition = said.and_then(|said| said.condition);
    let note = said.and_then(|said| said.note.clone());
    let withdraw = said.and_then(|said| said.withdraw).unwrap_or(false);
    let leaves = match condition {
        Some(ReturnCondition::Lost) => Some(UnitStatus::Lost),
        _ => withdraw.then_some(UnitStatus::Maintenance),
    };
    let noted = unit_condition(condition);
    let kept = inventory::take_back(tx, unit, noted, leaves, leaves.and(note.clone()))?;
    item.returned_at = Some(tx.now());
    item.return_condition = condition.or_else(|| ReturnCondition::from_name(kept.condition.name()));
    item.return_note.clone_from(&note);
    store::update_item(tx, item)?;
    calendar::take_back(tx, item.id, unit)?;
    calendar::release_unit(tx, booking.id.0, unit)?;
    if bug::seeded("late_unfined") {
        return Ok(());
    }
    let late = LateReturn {
        user_id: booking.requester_user_id,
        booking_id: booking.id,
        due_at: booking.end_at,
        returned_at: tx.now(),
        note: Some(format!("{} came back late", kept.barcode)),
    };
    fines::impose_late(tx, &late).map(drop)
}

/// What the unit looks like from now on; what is lost looks like nothing.
fn unit_condition(condition: Option<ReturnCondition>) -> Option<UnitCondition> {
    condition.and_then(|condition| UnitCondition::from_name(condition.name()))
}
