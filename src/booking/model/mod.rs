//! Bookings, their states, and what is asked of them.

mod booking;
mod counter;
mod request;

pub use booking::{Booking, BookingItem, Offered, ReturnCondition, Status};
pub use counter::{HandOut, HandOutItem, TakeBack, TakeBackItem};
pub(crate) use request::SORTS;
pub use request::{BookingFilters, BookingPatch, Decision, ItemRequest, NewBooking, each_once_if};
