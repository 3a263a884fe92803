//! Which unit is taken from when to when, the one function that takes units, and which units are out.
//!
//! Endpoints: `GET /resources/{id}/availability`, `GET /availability`. Owns `unit_claims`,
//! `unit_usage` and `unit_custody`. Invariants, each held by two guards that are enough by
//! themselves: no two claims of a unit overlap (the check in [`claim`] under the write lock, and the
//! triggers on `unit_claims`), and a unit is out for one item alone (the check in [`hand_out`], and
//! a unique index). Being late changes no claim: it refuses periods that begin soon.

mod actions;
pub(crate) mod api;
mod model;
mod rules;
mod store;

pub use actions::{
    alternatives, buffer_minutes, claim, custody_of, hand_out, hand_over, lacks, late_until,
    longest_end, prolong, release, release_unit, require_ahead, require_bookable, require_free,
    require_future, resolve, survey, take_back, verify, widen,
};
pub use model::{
    Alternative, AlternativeItem, ClaimKind, Conflict, Custody, Held, Lack, ResolvedLine,
    ResourceAvailability, Supply,
};
