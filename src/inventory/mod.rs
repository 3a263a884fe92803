//! What is lent: resources (kinds of things), their units (the things themselves), and tags.
//!
//! Endpoints: `/resources`, `/resources/{id}`, `/resources/{id}/restore`, `/resources/{id}/units`,
//! `/units`, `/units/{id}` with its actions and its maintenance, `/tags`, `/tags/{id}`, `/tags/{id}/restore`.
//! Owns `resources`, `resource_search`, `tags`, `resource_tags`, `resource_units`,
//! `unit_maintenance`. Invariants: a barcode and a tag name are used once among what is not deleted;
//! what active bookings hold is not deleted, and taken out of service only by withdrawing it;
//! planned maintenance holds its unit by a claim; a restored resource brings back exactly the units
//! that went with it; the search index says what the table says.

mod actions;
pub(crate) mod api;
mod model;
mod rules;
mod store;

pub use actions::{
    create_maintenance, create_resource, create_tag, create_units, delete_maintenance,
    delete_resource, delete_tag, delete_unit, end_maintenance, get_resource, get_unit, index_all,
    list_maintenance, list_resource_units, list_resources, list_tags, list_units,
    next_maintenance_end, restore_resource, restore_tag, restore_unit, take_back, update_resource,
    update_unit, verify, withdraw_unit,
};
pub use model::{
    Maintenance, NewMaintenance, NewResource, NewTag, NewUnit, Resource, ResourceFilters,
    ResourcePatch, ResourceStatus, Tag, Unit, UnitCondition, UnitCounts, UnitFilters, UnitPatch,
    UnitStatus, Visibility, Withdrawal, Withdrawn,
};
