//! Which unit is taken from when to when, and the one function that takes units.
//!
//! Endpoints: `GET /resources/{id}/availability`, `GET /availability`. Owns `unit_claims` and
//! `unit_usage`. Invariant: no two claims of a unit overlap.

mod actions;

pub use actions::alternatives;
