//! Pure decisions of the counter.

mod day;
mod offering;

pub(super) use day::{day_of, zone};
pub(super) use offering::{Facts, actions, holders, location};
