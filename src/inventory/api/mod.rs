//! Handlers of the inventory.

mod resources;
mod tags;
mod units;

pub(crate) use resources::*;
pub(crate) use tags::*;
pub(crate) use units::*;
