//! Pure decisions about fines: how much a late return costs, what may still be paid or waived.

mod late;
mod settle;

pub use late::begun_days;
pub(super) use late::{LateFacts, late_fine};
pub(super) use settle::{exceeds_open, paid, require_other, waived};
