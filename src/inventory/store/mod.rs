//! SQL over resources, units and tags.

mod maintenance;
mod resource_list;
mod resources;
mod tags;
mod units;
mod usage;

pub(super) use maintenance::{
    claims_without_maintenance, delete_maintenance, end_over, find_maintenance, insert_maintenance,
    list_maintenance, maintenance_without_claim, next_end,
};
pub(super) use resource_list::{ResourceQuery, Wanted, list_resources};
pub(super) use resources::{
    find_resource, index_all_words, index_words, insert_resource, next_version, resources_with_tag,
    set_deleted, update_resource,
};
pub(super) use tags::{
    find_tag, insert_tag, list_tags, set_tag_deleted, tag_id_of, tag_resource, untag_resource,
};
pub(super) use units::{
    find_unit, insert_unit, list_units, live_units, set_unit_deleted, units_gone_with, update_unit,
};
pub(super) use usage::{bookings_of_resource, bookings_of_unit};
