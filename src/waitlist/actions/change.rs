//! What every change of an entry goes through: its offer closed, its request taken along, one
//! event.

use super::read::find;
use crate::audit::{self, Action as Audited, Change, EntityType};
use crate::booking::{self, Decision, Status};
use crate::calendar;
use crate::db::WriteTx;
use crate::kernel::{Aftermath, Error, Result, bug};
use crate::notification::{News, NotificationKind};
use crate::waitlist::model::{Entry, EntryStatus};
use crate::waitlist::rules::{self, Event};
use crate::waitlist::store;

/// Lets an event happen that grants nothing: the entry ends, or waits again at its old place.
/// What its offer held is free, and looked at before COMMIT.
///
/// # Errors
/// `invalid_transition`, `offer_expired`.
pub(super) fn happen(
    tx: &WriteTx<'_>,
    before: &Entry,
    event: Event,
    decision: &Decision,
) -> Result<Entry> {
    let becomes = rules::require_next(event, before)?;
    if before.offer.is_some() {
        store::delete_offer(tx, before.id)?;
        calendar::release(tx, before.id.0)?;
    }
    let request = rules::request_status(becomes)
        .ok_or_else(|| Error::internal("an event that ends an entry granted it"))?;
    if request != Status::Waitlisted {
        booking::end_request(tx, before.booking_id, request, decision)?;
    }
    let ran_out = matches!(event, Event::RunOut);
    move_to(tx, before, becomes, ran_out)
}

/// Puts an entry whose request and offer are settled into its new state.
pub(super) fn move_to(
    tx: &WriteTx<'_>,
    before: &Entry,
    becomes: EntryStatus,
    offer_ran_out: bool,
) -> Result<Entry> {
    store::leave_queue(tx, before.id)?;
    store::settle(tx, before.id, becomes, offer_ran_out)?;
    if becomes == EntryStatus::Waiting {
        store::enter_queue(tx, before.id)?;
        if !bug::seeded("not_looked_at_again") {
            look_again(tx, before);
        }
    }
    let after = find(tx, before.id)?;
    changed(tx, before, &after, Audited::StatusChange)?;
    Ok(after)
}

/// While it was offered something it stood in no queue: what it asked for may have become free.
fn look_again(tx: &WriteTx<'_>, entry: &Entry) {
    for item in &entry.items {
        let all = Aftermath::Resource(item.resource_id);
        tx.leave(item.resource_unit_id.map_or(all, Aftermath::Unit));
    }
}

/// Records what became of an entry.
pub(super) fn changed(
    tx: &WriteTx<'_>,
    before: &Entry,
    after: &Entry,
    action: Audited,
) -> Result<()> {
    let (old, new) = (before.recorded()?, after.recorded()?);
    audit::record(tx, &Change::of(action, EntityType::WaitlistEntry, after.id, &old, &new)?)
}

/// News about an entry for the one who waits.
pub(super) fn news(kind: NotificationKind, entry: &Entry) -> News {
    News { booking_id: Some(entry.booking_id), waitlist_entry_id: Some(entry.id), ..News::of(kind) }
}
