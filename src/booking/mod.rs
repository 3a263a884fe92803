//! Bookings: who has asked for which units, from when to when, and what became of it.
//!
//! Endpoints: `/bookings`, `/bookings/check`, `/bookings/{id}` and its actions. Owns `bookings` and
//! `booking_items`. Invariants: every item of an active booking has its claim until it is back; a
//! booking leaves its state only along the table in `rules`; a refused change changes nothing; what
//! `/bookings/check` says is what a booking meets; a booking whose unit may not be there in time has
//! moved to another one or is marked, in the transaction that finds out.

mod actions;
pub(crate) mod api;
mod model;
mod rules;
mod store;

pub use actions::{
    approve, blank_all_of, cancel, check, check_out, create, do_due, end_request, get, get_many,
    grant_asked, grant_offered, list, list_forgettable, may_ask, next_due, pass_on, reject,
    request, rescue, rescue_all, submit, take_back, update, verify,
};
pub use model::{
    Booking, BookingCheck, BookingFilters, BookingItem, BookingPatch, CheckedUnit, Decision,
    HandOut, HandOutItem, ItemRequest, NewBooking, Offered, ReturnCondition, RuleCheck, RuleName,
    Status, TakeBack, TakeBackItem, each_once_if,
};
