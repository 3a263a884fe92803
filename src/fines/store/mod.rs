//! SQL over fines and their payments.

mod fines;
mod payments;

pub(super) use fines::{find, insert, list, requester_of, unsettled, update};
pub(super) use payments::{insert_payment, list_payments};
