//! Use cases of the trail: what happened is recorded and read back, and payloads are erased.

mod erasure;
mod trail;

pub use erasure::{about, erase, erase_object, mentions};
pub use trail::{head, head_seq, list, object_at, record, verify};
