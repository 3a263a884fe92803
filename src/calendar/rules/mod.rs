//! Pure decisions of the calendar: which unit to take, when it is free, what else would do.

mod alternatives;
mod fit;
mod late;
mod steps;

pub(super) use alternatives::nearest_windows;
pub(super) use fit::{Count, choose, count_free, free_in_all};
pub(super) use late::{fill_late, late_until};
pub(super) use steps::{intervals, steps};

use super::model::BusyUnit;
use crate::kernel::Window;

/// Whether a unit is free throughout; it must be lent at all.
pub(super) fn is_free(unit: &BusyUnit, window: &Window) -> bool {
    let next = unit.claims.partition_point(|busy| busy.window.start < window.end);
    let last = next.checked_sub(1).and_then(|index| unit.claims.get(index));
    unit.lendable && last.is_none_or(|busy| busy.window.end <= window.start)
}
