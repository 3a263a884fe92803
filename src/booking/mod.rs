//! Bookings: who has asked for which units, from when to when, and what became of it.
//!
//! Endpoints: `/bookings`, `/bookings/check`, `/bookings/{id}` and its actions. Owns `bookings` and `booking_items`.
//! Invariants: every item of an active booking has its claim; a booking leaves its state only
//! along the table in `rules`; a refused change changes nothing.

mod actions;
pub(crate) mod api;
mod model;
mod rules;
mod store;

pub use actions::{
    approve, cancel, check, create, end_request, get, grant_asked, grant_offered, list, may_ask,
    reject, request, submit, update, verify,
};
pub use model::{
    Booking, BookingCheck, BookingFilters, BookingItem, BookingPatch, CheckedUnit, Decision,
    ItemRequest, NewBooking, Offered, RuleCheck, RuleName, Status, each_once_if,
};
