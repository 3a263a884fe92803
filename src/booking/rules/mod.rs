//! Pure decisions about bookings: who may do what in which state, and what the policy allows.

mod picking;
mod policy;
mod schedule;
mod transitions;

pub(super) use picking::{Named, Pick, pick};
pub(super) use policy::{PolicyFacts, check_policy};
pub(super) use schedule::due_at;
pub(super) use transitions::{Action, not_allowed, require_allowed, require_step};
