//! Holding units for an entry until its offer ends.

use super::change::{changed, news};
use super::read::find;
use crate::audit::Action as Audited;
use crate::calendar::{self, ClaimKind};
use crate::db::WriteTx;
use crate::identity;
use crate::kernel::{Demand, DemandLine, EntryId, Result, Timestamp, UserId, Window, bug};
use crate::notification::{self, News, NotificationKind};
use crate::waitlist::model::{Entry, EntryStatus, Offer};
use crate::waitlist::store;

/// What is to be held, and how it came to that.
pub(super) struct Hold {
    pub(super) lines: Vec<DemandLine>,
    pub(super) window: Window,
    pub(super) proposal: bool,
    /// Who of the staff offers it; none: the queue does.
    pub(super) offered_by: Option<UserId>,
    pub(super) note: Option<String>,
}

impl Hold {
    /// What the entry asked for, offered by the queue.
    pub(super) fn asked(entry: &Entry) -> Self {
        let (lines, window) = (entry.lines(), entry.window());
        Self { lines, window, proposal: false, offered_by: None, note: None }
    }
}

/// Takes the units through the one function that does, and opens the offer over them. It ends
/// when its time is over or its period begins, whichever comes first.
///
/// # Errors
/// `not_bookable`, `unit_unavailable`.
pub(super) fn hold(tx: &WriteTx<'_>, entry: &Entry, hold: Hold) -> Result<Entry> {
    let resolved = calendar::resolve(tx, &hold.lines)?;
    calendar::require_bookable(&resolved)?;
    let demand = demand(entry.id, &hold);
    if !bug::seeded("offer_without_hold") {
        calendar::claim(tx, ClaimKind::Offer, &demand, &resolved)?;
    }
    let expires_at = expires_at(tx, &hold)?;
    let offer = Offer {
        items: Vec::new(),
        start_at: hold.window.start,
        end_at: hold.window.end,
        expires_at,
        proposal: hold.proposal,
        note: hold.note,
        offered_by: hold.offered_by,
    };
    store::insert_offer(tx, entry.id, &offer)?;
    store::leave_queue(tx, entry.id)?;
    store::settle(tx, entry.id, EntryStatus::Offered, false)?;
    let after = find(tx, entry.id)?;
    changed(tx, entry, &after, Audited::StatusChange)?;
    let told = News {
        expires_at: Some(expires_at),
        note: offer.note,
        ..news(NotificationKind::OfferMade, entry)
    };
    notification::tell(tx, entry.requester_user_id, &told)?;
    Ok(after)
}

fn expires_at(tx: &WriteTx<'_>, hold: &Hold) -> Result<Timestamp> {
    let seconds = i64::from(identity::policy(tx)?.offer_ttl_seconds);
    let over = tx.now().plus(seconds * 1_000);
    let begins = hold.window.start;
    Ok(if bug::seeded("offer_past_its_period") { over } else { over.min(begins) })
}

/// What is to be held, as the calendar takes it: the entry is the holder.
pub(super) fn demand(entry: EntryId, hold: &Hold) -> Demand {
    Demand {
        window: hold.window,
        lines: hold.lines.clone(),
        holder: entry.0,
        preferred: Vec::new(),
        excluded: Vec::new(),
    }
}
