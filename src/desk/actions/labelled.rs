//! Bookings together with the names of their people and things.

use crate::booking::{self, Booking};
use crate::db::Tx;
use crate::desk::model::DeskBooking;
use crate::desk::store;
use crate::kernel::{BookingId, Error, Result, UnitId, UserId};

/// Bookings as a page shows them, in the order of the ids.
pub(super) fn labelled(tx: &Tx<'_>, ids: &[BookingId]) -> Result<Vec<DeskBooking>> {
    let bookings = booking::get_many(tx, ids)?;
    let people: Vec<UserId> = bookings.iter().map(|booking| booking.requester_user_id).collect();
    let people = store::people(tx, &people)?;
    let units: Vec<UnitId> = bookings.iter().flat_map(units_of).collect();
    let labels = store::unit_labels(tx, &units)?;
    let mut labelled = Vec::with_capacity(bookings.len());
    for booking in bookings {
        let requester = people.get(&booking.requester_user_id).cloned();
        let requester = requester.ok_or_else(|| Error::internal("a booking of nobody"))?;
        let units = units_of(&booking).filter_map(|unit| labels.get(&unit).cloned()).collect();
        labelled.push(DeskBooking { booking, requester, units });
    }
    Ok(labelled)
}

fn units_of(booking: &Booking) -> impl Iterator<Item = UnitId> {
    booking.items.iter().filter_map(|item| item.resource_unit_id)
}
