//! Pure decisions about bookings: who may do what in which state, and what the policy allows.

mod policy;
mod transitions;

pub(super) use policy::{PolicyFacts, check_policy};
pub(super) use transitions::{Action, require_allowed};
