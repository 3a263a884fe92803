//! Use cases of the calendar: taking units, handing them out, searching, reading.

mod alternatives;
mod claim;
mod custody;
mod holding;
mod period;
mod read;

pub use alternatives::alternatives;
pub use claim::{claim, lacks, late_until, require_bookable, require_free, resolve, survey};
pub use custody::{custody_of, hand_out, prolong, take_back};
pub use holding::{buffer_minutes, hand_over, longest_end, release, release_unit, widen};
pub use period::{require_ahead, require_future};
pub use read::verify;

pub(super) use read::{availability, type_availability};
