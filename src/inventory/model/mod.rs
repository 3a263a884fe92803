//! The nouns of the inventory, and what requests say about them.

mod filters;
mod maintenance;
mod resource;
mod tag;
mod unit;

pub use filters::{ResourceFilters, UnitFilters, Visibility};
pub use maintenance::{Maintenance, NewMaintenance, Withdrawal, Withdrawn};
pub use resource::{NewResource, Resource, ResourcePatch, ResourceStatus, UnitCounts};
pub use tag::{NewTag, Tag};
pub use unit::{NewUnit, Unit, UnitCondition, UnitPatch, UnitStatus};
