//! The turn of the queue: what others left to be acted on before COMMIT.

use std::collections::BTreeSet;

use super::change::{happen, news};
use super::read::find;
use super::refresh::refresh;
use super::serve::serve;
use crate::booking::{self, Decision};
use crate::calendar;
use crate::db::{Tx, WriteTx};
use crate::identity;
use crate::kernel::{Aftermath, EntryId, Result, UnitId, UserId, bug};
use crate::notification::{self, NotificationKind};
use crate::waitlist::rules::Event;
use crate::waitlist::store;

/// What was left, sorted.
#[derive(Default)]
struct Left {
    people: BTreeSet<UserId>,
    units: BTreeSet<UnitId>,
    policy: bool,
}

/// Acts on everything that the work of this transaction left in its organization: scores are
/// refreshed, who is gone leaves, offers of what is lent no more are withdrawn, bookings in danger
/// move to what is free, and what is left is held for whom it is due.
///
/// # Errors
/// When the database refuses; the caller undoes the turn and not the work before it.
pub fn take_turn(tx: &WriteTx<'_>) -> Result<()> {
    let mut free = BTreeSet::new();
    let mut everything = false;
    loop {
        let left = sort(tx, tx.take_aftermath())?;
        if left.people.is_empty() && left.units.is_empty() && !left.policy {
            break;
        }
        for user in left.people {
            stand_anew(tx, user)?;
        }
        if left.policy {
            everything = true;
            if !bug::seeded("longer_horizon_spares_offers") {
                withdraw_late(tx)?;
            }
            booking::rescue_all(tx)?;
            let alive: Vec<_> = store::alive(tx)?.iter().map(|entry| entry.id).collect();
            refresh(tx, &alive)?;
        }
        withdraw(tx, &left.units)?;
        booking::rescue(tx, &left.units)?;
        free.extend(left.units);
    }
    if (free.is_empty() && !everything) || !identity::policy(tx)?.auto_offer {
        return Ok(());
    }
    if everything {
        free = all_units(tx)?;
    }
    serve(tx, &free)
}

/// Looks at everybody who waits or is offered something, and at every queue, as if everything had
/// just changed: after a turn that failed, and with it what had been left to it.
///
/// # Errors
/// As [`take_turn`].
pub fn take_full_turn(tx: &WriteTx<'_>) -> Result<()> {
    tx.leave(Aftermath::Policy);
    for user in store::everybody_alive(tx)? {
        tx.leave(Aftermath::Person(user));
    }
    for unit in store::offered_units(tx)? {
        tx.leave(Aftermath::Unit(unit));
    }
    take_turn(tx)
}

fn sort(tx: &Tx<'_>, left: Vec<Aftermath>) -> Result<Left> {
    let mut sorted = Left::default();
    for one in left {
        match one {
            Aftermath::Person(user) => {
                sorted.people.insert(user);
            }
            Aftermath::Unit(unit) => {
                sorted.units.insert(unit);
            }
            Aftermath::Resource(resource) => sorted.units.extend(store::every_unit(tx, resource)?),
            Aftermath::Policy => sorted.policy = true,
        }
    }
    Ok(sorted)
}

/// Who is no member any more leaves; who is has the score that is true now.
fn stand_anew(tx: &WriteTx<'_>, user: UserId) -> Result<()> {
    let entries = store::alive_of(tx, user)?;
    if entries.is_empty() {
        return Ok(());
    }
    if identity::role_of(tx, user)?.is_some() || bug::seeded("former_member_waits") {
        return if bug::seeded("score_not_refreshed") { Ok(()) } else { refresh(tx, &entries) };
    }
    for id in entries {
        happen(tx, &find(tx, id)?, Event::Leave, &Decision::default())?;
    }
    Ok(())
}

/// Takes back offers of units that are lent no more; who had one waits again at the old place.
fn withdraw(tx: &WriteTx<'_>, units: &BTreeSet<UnitId>) -> Result<()> {
    let units = serde_json::to_string(units).unwrap_or_default();
    withdraw_offers(tx, &store::offers_without_service(tx, &units)?)
}

/// Takes back offers of units that are late; who had one waits again at the old place.
pub(super) fn withdraw_late(tx: &WriteTx<'_>) -> Result<()> {
    let withdrawn = store::offers_of_late_units(tx, calendar::late_until(tx)?)?;
    if bug::seeded("late_unit_offered") { Ok(()) } else { withdraw_offers(tx, &withdrawn) }
}

fn withdraw_offers(tx: &WriteTx<'_>, entries: &[EntryId]) -> Result<()> {
    for id in entries.iter().copied().filter(|_| !bug::seeded("withdrawn_offer_stays")) {
        let entry = find(tx, id)?;
        happen(tx, &entry, Event::Withdraw, &Decision::default())?;
        let told = news(NotificationKind::OfferEnded, &entry);
        notification::tell(tx, entry.requester_user_id, &told)?;
    }
    Ok(())
}

fn all_units(tx: &Tx<'_>) -> Result<BTreeSet<UnitId>> {
    let mut units = BTreeSet::new();
    for resource in store::queued_resources(tx)? {
        units.extend(store::every_unit(tx, resource)?);
    }
    Ok(units)
}
