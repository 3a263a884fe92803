//! What happens by the clock: offers end, periods begin, units are late, late returns are forgotten.

use super::change::{happen, news};
use super::read::find;
use super::refresh::refresh;
use super::turn::{take_turn, withdraw_late};
use crate::booking::Decision;
use crate::calendar;
use crate::db::{Tx, WriteTx};
use crate::kernel::{EntryId, Result, Timestamp, bug};
use crate::notification::{self, NotificationKind};
use crate::waitlist::model::EntryStatus;
use crate::waitlist::rules::Event;
use crate::waitlist::store;

/// One write ends at most so many entries, so that no caller waits for a long backlog. What is
/// left is ended by the next one; until then its units stay held, and nobody else gets them.
const AT_ONCE: usize = 64;

/// Ends what is due by now and takes the turn over what it held, and over what was freed before in
/// this transaction; answers whether something is left. Every write begins with it, so that who
/// comes next in the queue comes before who writes.
///
/// # Errors
/// When the database refuses.
pub fn expire_due(tx: &WriteTx<'_>) -> Result<bool> {
    let mut ended = 0;
    while ended < AT_ONCE {
        let due = store::list_due(tx, AT_ONCE - ended)?;
        if due.is_empty() {
            break;
        }
        ended += due.len();
        for entry in due {
            fall_due(tx, entry)?;
        }
    }
    withdraw_late(tx)?;
    take_turn(tx)?;
    Ok(ended > 0 && store::earliest_due(tx)?.is_some_and(|due| due <= tx.now()))
}

/// When something is due next in the organization; none: nothing waits.
///
/// # Errors
/// When the database can't be read.
pub fn next_due(tx: &Tx<'_>) -> Result<Option<Timestamp>> {
    if !store::offers_of_late_units(tx, calendar::late_until(tx)?)?.is_empty() {
        return Ok(Some(tx.now()));
    }
    store::earliest_due(tx)
}

fn fall_due(tx: &WriteTx<'_>, id: EntryId) -> Result<()> {
    let entry = find(tx, id)?;
    let over = entry.offer.as_ref().is_some_and(|offer| offer.expires_at <= tx.now());
    let (event, kind) = if over {
        (Event::RunOut, NotificationKind::OfferEnded)
    } else if entry.status == EntryStatus::Waiting
        && entry.start_at <= tx.now()
        && !bug::seeded("waits_past_the_begin")
    {
        (Event::Begin, NotificationKind::Expired)
    } else {
        return refresh(tx, &[id]);
    };
    happen(tx, &entry, event, &Decision::default())?;
    notification::tell(tx, entry.requester_user_id, &news(kind, &entry))
}
