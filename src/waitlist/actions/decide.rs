//! What the desk decides: offer, propose, approve, reject, expire.

use super::answer::{open_offer, take};
use super::change::{happen, move_to, news};
use super::hold::{Hold, hold};
use super::read::{found, get};
use crate::booking::{self, Decision, ItemRequest, Status};
use crate::calendar;
use crate::db::WriteTx;
use crate::kernel::{
    Code, DemandLine, EntryId, Error, Fault, Precondition, ResourceId, Result, UnitId, Window, bug,
};
use crate::notification::{self, News, NotificationKind};
use crate::waitlist::model::{Entry, NewOffer, NewProposal};
use crate::waitlist::rules::{Event, chosen_lines, require_next};
use crate::waitlist::store;

/// Holds what was asked for, out of turn, with units of the desk's choice.
///
/// # Errors
/// `unknown_reference`, `invalid_transition`, `validation_failed` for a unit that serves nothing,
/// `not_bookable`, `unit_unavailable`.
pub fn offer(tx: &WriteTx<'_>, id: EntryId, new: &NewOffer, seen: &Precondition) -> Result<Entry> {
    let before = found(tx, id, seen)?;
    let chosen = chosen_units(tx, new.resource_unit_ids.as_deref().unwrap_or_default())?;
    require_next(Event::Offer, &before)?;
    require_ahead(tx, &before)?;
    let asked = Hold::asked(&before);
    let lines = chosen_lines(&asked.lines, &chosen)?;
    let (offered_by, note) = (tx.actor().user_id, new.note.clone());
    hold(tx, &before, Hold { lines, offered_by, note, ..asked })?;
    get(tx, id)
}

/// Holds something else than what was asked for. Whoever declines it keeps the place.
///
/// # Errors
/// `unknown_reference`, `invalid_transition`, `validation_failed` for a period that has begun or is
/// none, `not_bookable`, `unit_unavailable`.
pub fn propose(
    tx: &WriteTx<'_>,
    id: EntryId,
    new: &NewProposal,
    seen: &Precondition,
) -> Result<Entry> {
    let before = found(tx, id, seen)?;
    let lines: Option<Vec<DemandLine>> =
        new.items.as_ref().map(|items| items.iter().filter_map(ItemRequest::line).collect());
    let lines = lines.unwrap_or_else(|| before.lines());
    calendar::resolve(tx, &lines)?;
    let (start, end) =
        (new.start_at.unwrap_or(before.start_at), new.end_at.unwrap_or(before.end_at));
    let window = Window::new(start, end)
        .ok_or_else(|| Error::invalid_field("/end_at", "must lie after start_at"))?;
    if start <= tx.now() {
        let detail = format!("must lie in the future; it is {} now", tx.now());
        return Err(Error::invalid_field("/start_at", detail));
    }
    require_next(Event::Propose, &before)?;
    let (offered_by, note) = (tx.actor().user_id, new.note.clone());
    hold(tx, &before, Hold { lines, window, proposal: true, offered_by, note })?;
    get(tx, id)
}

/// Books at once: what is held for the entry, else what is free of what it asks for.
///
/// # Errors
/// `invalid_transition`, `not_bookable`, `policy_violation`, `unit_unavailable`.
pub fn approve(
    tx: &WriteTx<'_>,
    id: EntryId,
    decision: &Decision,
    seen: &Precondition,
) -> Result<Entry> {
    let before = found(tx, id, seen)?;
    let becomes = require_next(Event::Approve, &before)?;
    if before.offer.is_some() {
        let offer = open_offer(tx, &before)?;
        take(tx, &before, &offer, tx.actor().user_id, decision.note.clone().flatten())?;
    } else {
        require_ahead(tx, &before)?;
        booking::grant_asked(tx, before.booking_id, decision)?;
    }
    move_to(tx, &before, becomes, false)?;
    tell_decided(tx, &before, Status::Approved, decision)?;
    get(tx, id)
}

/// Refuses the request; what was held for it is passed on.
///
/// # Errors
/// `invalid_transition`.
pub fn reject(
    tx: &WriteTx<'_>,
    id: EntryId,
    decision: &Decision,
    seen: &Precondition,
) -> Result<Entry> {
    let before = found(tx, id, seen)?;
    happen(tx, &before, Event::Reject, decision)?;
    tell_decided(tx, &before, Status::Rejected, decision)?;
    get(tx, id)
}

/// Ends an entry by hand, as its offer or its period would.
///
/// # Errors
/// `invalid_transition`.
pub fn expire(tx: &WriteTx<'_>, id: EntryId, seen: &Precondition) -> Result<Entry> {
    let before = found(tx, id, seen)?;
    happen(tx, &before, Event::Expire, &Decision::default())?;
    let told = news(NotificationKind::Expired, &before);
    notification::tell(tx, before.requester_user_id, &told)?;
    get(tx, id)
}

/// An entry whose period has begun expires: also one that this write could not end yet.
fn require_ahead(tx: &WriteTx<'_>, entry: &Entry) -> Result<()> {
    if entry.start_at > tx.now() || bug::seeded("begun_period_granted") {
        return Ok(());
    }
    let detail = "Its period has begun: it is expiring.";
    Err(Error::new(Code::InvalidTransition, detail)
        .with("current_status", entry.status.name())
        .with("allowed", ["propose", "reject", "cancel", "expire"]))
}

/// Tells the one who waits what somebody else decided.
pub(super) fn tell_decided(
    tx: &WriteTx<'_>,
    entry: &Entry,
    status: Status,
    decision: &Decision,
) -> Result<()> {
    let news = News {
        status: Some(status.name()),
        note: decision.note.clone().flatten(),
        ..news(NotificationKind::Decided, entry)
    };
    notification::tell(tx, entry.requester_user_id, &news)
}

/// The units that the desk named, each with its resource.
fn chosen_units(tx: &WriteTx<'_>, units: &[UnitId]) -> Result<Vec<(UnitId, ResourceId)>> {
    let found = store::resources_of(tx, units)?;
    let missing = |unit: &&UnitId| !found.iter().any(|(known, _)| known == *unit);
    let faults: Vec<Fault> = units
        .iter()
        .enumerate()
        .filter(|(_, unit)| missing(unit))
        .map(|(index, _)| {
            let place = format!("/resource_unit_ids/{index}");
            Fault::at(place, "refers to nothing in this organization")
        })
        .collect();
    match faults.first() {
        None => Ok(found),
        Some(_) => Err(Error::unknown_reference("/resource_unit_ids").faults(faults)),
    }
}
