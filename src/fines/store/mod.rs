//! SQL over fines and their payments.

mod anonymise;
mod fines;
mod payments;

pub(super) use anonymise::{anonymise, fines_of, fines_of_booking, list_forgettable};
pub(super) use fines::{find, insert, list, requester_of, unsettled, update};
pub(super) use payments::{insert_payment, list_payments};
