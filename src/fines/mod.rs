//! Fines: what people owe for late returns, damage, loss and other reasons, and what they paid.
//!
//! Endpoints: `/fines`, `/fines/{id}`, `/fines/{id}/waive`, `/fines/payments`, `/me/fines`. Owns
//! `fines` and `fine_payments`.
//!
//! Invariants: a fine is paid with what its payments come to, and never with more than it is; a
//! payment is for good; who owes neither imposes, pays nor waives their own; a late fine is made by
//! [`impose_late`] alone. Whatever changes what somebody owes leaves word of it for the queues.

mod actions;
pub(crate) mod api;
mod model;
mod rules;
mod store;

pub use actions::{
    blank_all_of, create, get, impose_late, list, list_forgettable, list_own, list_payments,
    may_impose, pass_on, pass_on_those_of, pay, verify, waive,
};
pub use model::{
    Fine, FineFilters, FineKind, FineStatus, ImposedKind, LateReturn, NewFine, NewPayment,
    OwnFineFilters, Payment, PaymentFilters, PaymentMethod, Waiver,
};
pub use rules::begun_days;
