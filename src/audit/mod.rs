//! What happened: one event for each change of a business object, written in its transaction,
//! appended only, chained by hash within each organization.
//!
//! Endpoints: `GET /audit`, `GET /audit/{entity_type}/{entity_id}`. Owns `audit_events`.
//! Invariants: `seq` counts from 1 without a gap; each hash covers the event and the hash before;
//! no secret stands in a payload.

mod actions;
pub(crate) mod api;
mod model;
mod rules;
mod store;

pub use actions::{head, head_seq, list, object_at, record, verify};
pub use model::{
    Action, AtTime, ChainReport, Change, EntityType, Event, EventFilters, Head, ObjectState,
};
