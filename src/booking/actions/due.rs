//! What happens by the clock: requests expire undecided, reservations unfetched, and what is late
//! endangers those who come next.

use super::change::save_step;
use super::hold::let_go;
use super::rescue::look_after;
use super::schedule::found;
use crate::booking::model::{Booking, BookingItem, Status};
use crate::booking::store;
use crate::calendar;
use crate::db::WriteTx;
use crate::kernel::{BookingId, Result, bug};
use crate::notification::{self, News, NotificationKind};

/// One write ends at most so many bookings, so that no caller waits for a long backlog.
const AT_ONCE: usize = 64;

/// Does what is due to bookings by now; answers whether something is left. What it frees is left on
/// the transaction.
///
/// # Errors
/// When the database refuses.
pub fn do_due(tx: &WriteTx<'_>) -> Result<bool> {
    let due = store::list_due(tx, AT_ONCE)?;
    for id in &due {
        fall_due(tx, *id)?;
    }
    let late_until = calendar::late_until(tx)?;
    let endangered = store::newly_endangered(tx, late_until, AT_ONCE)?;
    for id in endangered.iter().filter(|_| !bug::seeded("danger_not_seen")) {
        look_after(tx, *id)?;
    }
    Ok(due.len() == AT_ONCE || endangered.len() == AT_ONCE)
}

fn fall_due(tx: &WriteTx<'_>, id: BookingId) -> Result<()> {
    let before = found(tx, id)?;
    let mut after = before.clone();
    if before.status == Status::CheckedOut {
        let_go_of_reserved(tx, &mut after)?;
    } else {
        let_go(tx, &mut after, Status::Expired)?;
    }
    let after = save_step(tx, &before, after)?;
    let news = News {
        booking_id: Some(id),
        status: Some(after.status.name()),
        ..News::of(NotificationKind::Expired)
    };
    notification::tell(tx, after.requester_user_id, &news)
}

/// Some of it has been fetched: the rest is free. A booking of which nothing is out any more is
/// over.
fn let_go_of_reserved(tx: &WriteTx<'_>, booking: &mut Booking) -> Result<()> {
    for item in booking.items.iter_mut().filter(|item| item.is_reserved()) {
        item.returned_at = Some(tx.now());
        item.endangered = false;
        store::update_item(tx, item)?;
        if let Some(unit) = item.resource_unit_id {
            calendar::release_unit(tx, booking.id.0, unit)?;
        }
    }
    booking.at_risk = false;
    if !booking.items.iter().any(BookingItem::is_out) {
        booking.status = Status::Returned;
    }
    Ok(())
}
