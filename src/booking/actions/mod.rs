//! Use cases of bookings.

mod change;
mod create;
mod decide;
mod hold;
mod read;

pub use change::{submit, update};
pub use create::create;
pub(super) use create::may_ask;
pub use decide::{approve, cancel, reject};
pub use read::{get, list, verify};
