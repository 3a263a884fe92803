//! What can be done about fines.

mod anonymise;
mod impose;
mod read;
mod settle;

pub use anonymise::{blank_all_of, list_forgettable, pass_on, pass_on_those_of};
pub use impose::{create, impose_late, may_impose};
pub use read::{get, list, list_own, list_payments, verify};
pub use settle::{pay, waive};
