//! What the one who waits does: accept, decline, leave.

use super::change::{happen, move_to};
use super::decide::tell_decided;
use super::read::{found, get};
use super::turn::take_turn;
use crate::booking::{self, Decision, Offered, Status};
use crate::db::WriteTx;
use crate::kernel::{Actor, Code, EntryId, Error, Precondition, Result, UserId, bug};
use crate::waitlist::model::{Entry, Offer};
use crate::waitlist::rules::{Event, require_next};
use crate::waitlist::store;

/// Books exactly what is offered: approved if staff offered it or the role approves itself.
///
/// # Errors
/// `forbidden` for whom it was not offered, `offer_expired`, `invalid_transition`, `not_bookable`,
/// `policy_violation`.
pub fn accept(tx: &WriteTx<'_>, id: EntryId, seen: &Precondition) -> Result<Entry> {
    let before = own(tx, id, seen)?;
    let becomes = require_next(Event::Accept, &before)?;
    let offer = open_offer(tx, &before)?;
    take(tx, &before, &offer, offer.offered_by, offer.note.clone())?;
    move_to(tx, &before, becomes, false)?;
    get(tx, id)
}

/// Gives an offer up: the entry ends, or waits again when it was a proposal.
///
/// # Errors
/// `forbidden` for whom it was not offered, `offer_expired`, `invalid_transition`.
pub fn decline(tx: &WriteTx<'_>, id: EntryId, seen: &Precondition) -> Result<Entry> {
    let before = own(tx, id, seen)?;
    require_next(Event::Decline, &before)?;
    open_offer(tx, &before)?;
    happen(tx, &before, Event::Decline, &Decision::default())?;
    if !bug::seeded("answered_before_the_turn") {
        serve_at_once(tx)?;
    }
    get(tx, id)
}

/// Who waits again may be served in this very transaction, and the answer must say so. A fault here
/// is undone and left to the upkeep behind the work, which tries again.
fn serve_at_once(tx: &WriteTx<'_>) -> Result<()> {
    let request_id = tx.actor().request_id.clone();
    let system = tx.elsewhere(tx.org(), Actor { request_id, ..Actor::system() });
    drop(system.contain(|| take_turn(&system))?);
    Ok(())
}

/// Leaves the waitlist. Staff may take somebody off who asks for it.
///
/// # Errors
/// `invalid_transition`.
pub fn cancel(
    tx: &WriteTx<'_>,
    id: EntryId,
    decision: &Decision,
    seen: &Precondition,
) -> Result<Entry> {
    let before = found(tx, id, seen)?;
    happen(tx, &before, Event::Cancel, decision)?;
    tell_decided(tx, &before, Status::Cancelled, decision)?;
    get(tx, id)
}

/// Turns what an open offer holds into a booking.
pub(super) fn take(
    tx: &WriteTx<'_>,
    entry: &Entry,
    offer: &Offer,
    decided_by: Option<UserId>,
    note: Option<String>,
) -> Result<()> {
    store::delete_offer(tx, entry.id)?;
    let unit = |item: &crate::waitlist::OfferItem| (item.resource_id, item.resource_unit_id);
    let offered = Offered {
        holder: entry.id.0,
        window: offer.window(),
        units: offer.items.iter().map(unit).collect(),
        decided_by,
        note,
    };
    booking::grant_offered(tx, entry.booking_id, &offered)?;
    Ok(())
}

/// The offer, which holds while now lies before its end. What is due has been ended before, as
/// far as one write ends it; the clock decides all the same.
pub(super) fn open_offer(tx: &WriteTx<'_>, entry: &Entry) -> Result<Offer> {
    let open = |offer: &&Offer| tx.now() < offer.expires_at || bug::seeded("expired_offer_holds");
    entry.offer.as_ref().filter(open).cloned().ok_or_else(|| {
        Error::new(Code::OfferExpired, "This offer is over; its units are being passed on.")
    })
}

/// The entry, when it is the actor's own.
fn own(tx: &WriteTx<'_>, id: EntryId, seen: &Precondition) -> Result<Entry> {
    let entry = found(tx, id, seen)?;
    if tx.actor().is(entry.requester_user_id) || bug::seeded("anybody_answers_an_offer") {
        return Ok(entry);
    }
    let detail = "Only who waits may answer an offer; staff can approve or reject instead.";
    Err(Error::new(Code::Forbidden, detail))
}
