//! Which unit is taken from when to when, and the one function that takes units.
//!
//! Endpoints: `GET /resources/{id}/availability`, `GET /availability`. Owns `unit_claims` and
//! `unit_usage`. Invariant: no two claims of a unit overlap. Two guards hold it, each enough by
//! itself: the check in [`claim`] under the write lock, and the triggers on `unit_claims`.

mod actions;
pub(crate) mod api;
mod model;
mod rules;
mod store;

pub use actions::{
    alternatives, claim, hand_over, lacks, release, require_bookable, require_free, require_future,
    resolve, survey, verify,
};
pub use model::{
    Alternative, AlternativeItem, ClaimKind, Conflict, Held, Lack, ResolvedLine,
    ResourceAvailability, Supply,
};
