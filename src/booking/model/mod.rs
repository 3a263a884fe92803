//! Bookings, their states, and what is asked of them.

mod booking;
mod check;
mod request;

pub use booking::{Booking, BookingItem, Offered, Status};
pub use check::{BookingCheck, CheckedUnit, RuleCheck, RuleName};
pub(crate) use request::SORTS;
pub use request::{BookingFilters, BookingPatch, Decision, ItemRequest, NewBooking, each_once_if};
