//! Use cases of the calendar: taking units and giving them back, searching, reading.

mod alternatives;
mod claim;
mod period;
mod read;

pub use alternatives::alternatives;
pub use claim::{
    claim, hand_over, lacks, release, require_bookable, require_free, resolve, survey,
};
pub use period::require_future;
pub use read::verify;

pub(super) use read::{availability, type_availability};
