//! Use cases of bookings.

mod anonymise;
mod change;
mod check;
mod check_out;
mod create;
mod decide;
mod due;
mod extend;
mod hold;
mod judge;
mod named;
mod read;
mod request;
mod rescue;
mod schedule;
mod take_back;

pub use anonymise::{blank_all_of, list_forgettable, pass_on};
pub use change::{submit, update};
pub use check::check;
pub use check_out::check_out;
pub use create::{create, may_ask};
pub use decide::{approve, cancel, reject};
pub use due::do_due;
pub use read::{get, get_many, list, verify};
pub use request::{end_request, grant_asked, grant_offered, request};
pub use rescue::{rescue, rescue_all};
pub use schedule::next_due;
pub use take_back::take_back;
