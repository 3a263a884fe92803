//! Handlers of the inventory.

mod maintenance;
mod resources;
mod tags;
mod units;

pub(crate) use maintenance::*;
pub(crate) use resources::*;
pub(crate) use tags::*;
pub(crate) use units::*;
