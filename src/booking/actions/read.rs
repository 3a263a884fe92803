//! Reading bookings, and checking that they and the claims agree.

use crate::booking::model::{Booking, BookingFilters, Status};
use crate::booking::store;
use crate::calendar;
use crate::db::Tx;
use crate::identity;
use crate::kernel::clock::DAY;
use crate::kernel::{BookingId, Code, Error, Listed, PageRequest, Result, Window};

/// The longest range a list may be asked for.
const LONGEST_DAYS: i64 = 366;

/// A booking that the actor may see.
///
/// # Errors
/// `not_found`, also when it is somebody else's and the actor is a student.
pub fn get(tx: &Tx<'_>, id: BookingId) -> Result<Booking> {
    let booking = store::find(tx, id)?.ok_or_else(Error::not_found)?;
    if may_see(tx, &booking) { Ok(booking) } else { Err(Error::not_found()) }
}

/// Those of the bookings that are there and that the actor may see, in the order of the ids.
///
/// # Errors
/// When the database can't be read.
pub fn get_many(tx: &Tx<'_>, ids: &[BookingId]) -> Result<Vec<Booking>> {
    let mut bookings = store::find_many(tx, ids)?;
    bookings.retain(|booking| may_see(tx, booking));
    Ok(bookings)
}

fn may_see(tx: &Tx<'_>, booking: &Booking) -> bool {
    tx.actor().is_staff() || tx.actor().is(booking.requester_user_id)
}

/// A page of the bookings that the actor may see.
///
/// # Errors
/// `forbidden` when a student asks for somebody else's; `invalid_parameter`.
pub fn list(
    tx: &Tx<'_>,
    filters: &BookingFilters,
    statuses: &[Status],
    page: &PageRequest,
) -> Result<Listed<Booking>> {
    check_range(filters)?;
    let mut filters = filters.clone();
    if !tx.actor().is_staff() {
        let own = tx.actor().user_id;
        if filters.requester.is_some() && filters.requester != own {
            let detail = "Only staff see the bookings of other people.";
            return Err(Error::new(Code::Forbidden, detail));
        }
        filters.requester = own;
    }
    store::list(tx, &filters, statuses, page)
}

fn check_range(filters: &BookingFilters) -> Result<()> {
    let (from, to) = match (filters.from, filters.to) {
        (None, None) => return Ok(()),
        (Some(from), Some(to)) => (from, to),
        (Some(_), None) => return Err(Error::invalid_parameter("to", "must be sent with from")),
        (None, Some(_)) => return Err(Error::invalid_parameter("from", "must be sent with to")),
    };
    let fits = Window::new(from, to).is_some_and(|range| range.millis() <= LONGEST_DAYS * DAY);
    let detail = format!("must lie after from, at most {LONGEST_DAYS} days");
    if fits { Ok(()) } else { Err(Error::invalid_parameter("to", detail)) }
}

/// Where bookings and claims of the organization disagree: nowhere, unless a guard failed.
///
/// # Errors
/// When the database can't be read.
pub fn verify(tx: &Tx<'_>) -> Result<Vec<String>> {
    let items = store::items_without_claim(tx)?;
    let claims = store::claims_without_item(tx)?;
    let items = items.iter().map(|id| format!("item {id} of an active booking has no claim"));
    let claims = claims.iter().map(|id| format!("claim {id} belongs to no active booking"));
    let perils = store::perils_at_odds(tx, calendar::late_until(tx)?)?;
    let perils = perils.iter().map(|id| format!("booking {id} is not marked as its units stand"));
    let left = super::rescue::left_in_danger(tx)?;
    let left = left.iter().map(|id| format!("booking {id} is at risk and could have another unit"));
    let schedules = store::schedules_at_odds(tx, identity::policy(tx)?.no_show_grace_minutes)?;
    let schedules = schedules.iter().map(|id| format!("booking {id} does not know when it is due"));
    Ok(items.chain(claims).chain(perils).chain(left).chain(schedules).collect())
}
