//! What happened: one event for each change of a business object, written in its transaction,
//! appended only, chained by hash within each organization.
//!
//! Endpoints: `GET /audit`, `GET /audit/{entity_type}/{entity_id}`. Owns `audit_events`.
//! Invariants: `seq` counts from 1 without a gap; each hash covers the event and the hash before;
//! no secret stands in a payload. The one change of an event is that its payload is erased, for
//! data protection: the chain covers a salted digest of it, and stays whole.

mod actions;
pub(crate) mod api;
mod model;
mod rules;
mod store;

pub use actions::{
    about, erase, erase_object, head, head_seq, list, mentions, object_at, record, verify,
};
pub use model::{
    Action, AtTime, ChainReport, Change, EntityType, Event, EventFilters, Head, ObjectState,
};
