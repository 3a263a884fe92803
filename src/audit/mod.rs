//! What happened: one event for each change of a business object, written in its transaction,
//! appended only, chained by hash within each organization.
//!
//! Endpoints: `GET /audit`, `GET /audit/{entity_type}/{entity_id}`. Owns `audit_events`.
//! Invariants: `seq` counts from 1 without a gap; each hash covers the event and the hash before;
//! no secret stands in a payload.

mod actions;
mod model;
mod rules;
mod store;

pub use actions::{head_seq, record};
pub use model::{Action, Change, EntityType, Event, Head};
