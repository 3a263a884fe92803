//! Bookings, their states, and what is asked of them.

mod booking;
mod check;
mod counter;
mod request;

pub use booking::{Booking, BookingItem, Offered, ReturnCondition, Status};
pub use check::{BookingCheck, CheckedUnit, RuleCheck, RuleName};
pub use counter::{HandOut, HandOutItem, TakeBack, TakeBackItem};
pub(crate) use request::SORTS;
pub use request::{BookingFilters, BookingPatch, Decision, ItemRequest, NewBooking, each_once_if};
