//! Use cases of units.

use super::not_deleted;
use super::resources::{get_resource, live};
use crate::audit::{self, Action, Change, EntityType};
use crate::db::{Tx, WriteTx};
use crate::inventory::model::{NewUnit, Unit, UnitFilters, UnitPatch};
use crate::inventory::{rules, store};
use crate::kernel::{
    Aftermath, Code, Error, Listed, PageRequest, Precondition, ResourceId, Result, UnitId,
};

/// Makes units of a resource.
///
/// # Errors
/// `not_found` when there is no such resource, `already_exists` when a barcode is in use.
pub fn create_units(tx: &WriteTx<'_>, resource: ResourceId, new: &[NewUnit]) -> Result<Vec<Unit>> {
    live(tx, resource)?;
    new.iter()
        .map(|new| {
            let id = UnitId::new();
            store::insert_unit(tx, id, resource, new)?;
            let made = find(tx, id)?;
            audit::record(tx, &Change::create(EntityType::Unit, id, &made)?)?;
            tx.leave(Aftermath::Unit(id));
            Ok(made)
        })
        .collect()
}

/// The unit; a deleted one only when it is asked for, by staff.
///
/// # Errors
/// `not_found`, `forbidden`.
pub fn get_unit(tx: &Tx<'_>, id: UnitId, include_deleted: bool) -> Result<Unit> {
    rules::may_see_deleted(include_deleted, tx.actor().is_staff())?;
    let found = find(tx, id)?;
    if found.deleted_at.is_some() && !include_deleted {
        return Err(Error::not_found());
    }
    Ok(found)
}

/// One page of all units.
///
/// # Errors
/// `forbidden` when a student asks for deleted ones.
pub fn list_units(tx: &Tx<'_>, filters: &UnitFilters, page: &PageRequest) -> Result<Listed<Unit>> {
    rules::may_see_deleted(filters.include_deleted, tx.actor().is_staff())?;
    rules::check_text("barcode", filters.barcode.as_deref(), 100)?;
    store::list_units(tx, None, filters, page)
}

/// One page of the units of a resource.
///
/// # Errors
/// `not_found`, `forbidden` when a student asks for deleted ones.
pub fn list_resource_units(
    tx: &Tx<'_>,
    resource: ResourceId,
    filters: &UnitFilters,
    page: &PageRequest,
) -> Result<Listed<Unit>> {
    rules::may_see_deleted(filters.include_deleted, tx.actor().is_staff())?;
    rules::check_text("barcode", filters.barcode.as_deref(), 100)?;
    get_resource(tx, resource, filters.include_deleted)?;
    store::list_units(tx, Some(resource), filters, page)
}

/// Changes the fields that the patch names.
///
/// # Errors
/// `not_found`, `precondition_failed` and its like, `in_use`, `already_exists`.
pub fn update_unit(
    tx: &WriteTx<'_>,
    id: UnitId,
    patch: &UnitPatch,
    precondition: &Precondition,
) -> Result<Unit> {
    let current = live_unit(tx, id)?;
    precondition.check(current.version)?;
    let wanted = rules::merged_unit(&current, patch);
    if wanted == current {
        return Ok(current);
    }
    if rules::unit_leaves_service(current.status, wanted.status) {
        rules::must_not_be_in_use(&store::bookings_of_unit(tx, id)?)?;
    }
    store::update_unit(tx, &wanted)?;
    changed(tx, rules::action(current.status, wanted.status), &current)
}

/// Deletes the unit, so that it can be restored.
///
/// # Errors
/// `not_found`, `precondition_failed`, `in_use`.
pub fn delete_unit(tx: &WriteTx<'_>, id: UnitId, precondition: &Precondition) -> Result<()> {
    let current = live_unit(tx, id)?;
    precondition.check(current.version)?;
    rules::must_not_be_in_use(&store::bookings_of_unit(tx, id)?)?;
    store::set_unit_deleted(tx, &current, Some(tx.now()), false)?;
    changed(tx, Action::SoftDelete, &current)?;
    Ok(())
}

/// Brings back the unit.
///
/// # Errors
/// `not_found`, `precondition_failed`, `invalid_transition` also while its resource is deleted;
/// `already_exists` when its barcode was taken in between.
pub fn restore_unit(tx: &WriteTx<'_>, id: UnitId, precondition: &Precondition) -> Result<Unit> {
    let current = find(tx, id)?;
    precondition.check(current.version)?;
    if current.deleted_at.is_none() {
        return Err(not_deleted(current.status.name()));
    }
    if store::find_resource(tx, current.resource_id)?.is_none_or(|of| of.deleted_at.is_some()) {
        let detail = "Its resource is deleted: restore that first.";
        return Err(Error::new(Code::InvalidTransition, detail)
            .with("current_status", "DELETED")
            .with("allowed", [""; 0]));
    }
    restore(tx, &current)
}

/// Deletes what a resource has left, to come back with it.
pub(super) fn delete_with_resource(tx: &WriteTx<'_>, resource: ResourceId) -> Result<()> {
    for unit in store::live_units(tx, resource)? {
        store::set_unit_deleted(tx, &unit, Some(tx.now()), true)?;
        changed(tx, Action::SoftDelete, &unit)?;
    }
    Ok(())
}

/// Brings back what was deleted with the resource.
pub(super) fn restore_with_resource(tx: &WriteTx<'_>, resource: ResourceId) -> Result<()> {
    for unit in store::units_gone_with(tx, resource)? {
        restore(tx, &unit)?;
    }
    Ok(())
}

fn restore(tx: &WriteTx<'_>, unit: &Unit) -> Result<Unit> {
    store::set_unit_deleted(tx, unit, None, false)?;
    changed(tx, Action::Restore, unit)
}

/// Reads the unit anew and records how it changed.
pub(super) fn changed(tx: &WriteTx<'_>, action: Action, before: &Unit) -> Result<Unit> {
    let after = find(tx, before.id)?;
    audit::record(tx, &Change::of(action, EntityType::Unit, before.id, before, &after)?)?;
    if (before.status, before.deleted_at) != (after.status, after.deleted_at) {
        tx.leave(Aftermath::Unit(after.id));
    }
    Ok(after)
}

/// The unit, deleted or not.
pub(super) fn find(tx: &Tx<'_>, id: UnitId) -> Result<Unit> {
    store::find_unit(tx, id)?.ok_or_else(Error::not_found)
}

/// The unit, when it is not deleted.
pub(super) fn live_unit(tx: &Tx<'_>, id: UnitId) -> Result<Unit> {
    let found = find(tx, id)?;
    if found.deleted_at.is_some() { Err(Error::not_found()) } else { Ok(found) }
}
