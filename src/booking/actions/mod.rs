//! Use cases of bookings.

mod change;
mod check;
mod create;
mod decide;
mod hold;
mod judge;
mod read;
mod request;

pub use change::{submit, update};
pub use check::check;
pub use create::{create, may_ask};
pub use decide::{approve, cancel, reject};
pub use read::{get, list, verify};
pub use request::{end_request, grant_asked, grant_offered, request};
