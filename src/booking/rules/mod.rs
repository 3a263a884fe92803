//! Pure decisions about bookings: who may do what in which state, and what the policy allows.

mod every;
mod policy;
mod transitions;

pub(super) use every::every_rule;
pub(super) use policy::{PolicyFacts, violation};
pub(super) use transitions::{Action, require_allowed};
