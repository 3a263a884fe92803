//! Use cases of the inventory: what handlers, the command line, seeds and tests all call.

mod maintenance;
mod resources;
mod service;
mod tags;
mod units;

pub use maintenance::{
    create_maintenance, delete_maintenance, end_maintenance, list_maintenance,
    next_maintenance_end, verify,
};
pub use resources::{
    create_resource, delete_resource, get_resource, index_all, list_resources, restore_resource,
    update_resource,
};
pub use service::{take_back, withdraw_unit};
pub use tags::{create_tag, delete_tag, list_tags, restore_tag};
pub use units::{
    create_units, delete_unit, get_unit, list_resource_units, list_units, restore_unit, update_unit,
};

use crate::kernel::{Code, Error};

/// Only what is deleted can be restored.
fn not_deleted(current_status: &str) -> Error {
    Error::new(Code::InvalidTransition, "This is not deleted, so it can't be restored.")
        .with("current_status", current_status)
        .with("allowed", ["delete"])
}
