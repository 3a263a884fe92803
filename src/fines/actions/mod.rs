//! What can be done about fines.

mod impose;
mod read;
mod settle;

pub use impose::{create, impose_late, may_impose};
pub use read::{get, list, list_own, list_payments, verify};
pub use settle::{pay, waive};
