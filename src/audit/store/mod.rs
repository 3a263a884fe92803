//! SQL over `audit_events`.

mod erasure;
mod events;

pub(in crate::audit) use erasure::{about, erase, erase_object, mentions};
pub(in crate::audit) use events::{append, each, head, last_until, list};
