//! Pure decisions about bookings: who may do what in which state, and what the policy allows.

mod every;
mod picking;
mod policy;
mod schedule;
mod transitions;

pub(super) use every::every_rule;
pub(super) use picking::{Named, Pick, pick};
pub(super) use policy::{PolicyFacts, violation};
pub(super) use schedule::due_at;
pub(super) use transitions::{Action, not_allowed, require_allowed, require_step};
