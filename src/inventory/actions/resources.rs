//! Use cases of resources.

use super::not_deleted;
use super::tags::tag_named;
use super::units::{create_units, delete_with_resource, restore_with_resource};
use crate::audit::{self, Action, Change, EntityType};
use crate::calendar;
use crate::db::{Tx, WriteTx};
use crate::identity;
use crate::inventory::model::{NewResource, Resource, ResourceFilters, ResourcePatch};
use crate::inventory::{rules, store};
use crate::kernel::{Aftermath, Error, Listed, PageRequest, Precondition, ResourceId, Result};

/// Makes the search index of all resources anew, when their rows came in from elsewhere.
///
/// # Errors
/// When the database refuses.
pub fn index_all(tx: &WriteTx<'_>) -> Result<()> {
    store::index_all_words(tx)
}

/// Makes a resource with its tags and first units.
///
/// # Errors
/// `already_exists` when a barcode is in use.
pub fn create_resource(tx: &WriteTx<'_>, new: &NewResource) -> Result<Resource> {
    let id = ResourceId::new();
    store::insert_resource(tx, id, new)?;
    store::index_words(tx, id)?;
    put_tags(tx, id, &rules::tag_names(&new.tags))?;
    let made = find(tx, id)?;
    audit::record(tx, &Change::create(EntityType::Resource, id, &made.recorded()?)?)?;
    if new.units.is_empty() {
        return Ok(made);
    }
    create_units(tx, id, &new.units)?;
    find(tx, id)
}

/// The resource; a deleted one only when it is asked for, by staff.
///
/// # Errors
/// `not_found`, `forbidden`.
pub fn get_resource(tx: &Tx<'_>, id: ResourceId, include_deleted: bool) -> Result<Resource> {
    rules::may_see_deleted(include_deleted, tx.actor().is_staff())?;
    let found = find(tx, id)?;
    if found.deleted_at.is_some() && !include_deleted {
        return Err(Error::not_found());
    }
    Ok(found)
}

/// One page of the resources.
///
/// # Errors
/// `forbidden` when a student asks for deleted ones, `invalid_parameter`.
pub fn list_resources(
    tx: &Tx<'_>,
    filters: &ResourceFilters,
    page: &PageRequest,
) -> Result<Listed<Resource>> {
    rules::may_see_deleted(filters.include_deleted, tx.actor().is_staff())?;
    for (name, text, max) in
        [("type", &filters.r#type, 200), ("tag", &filters.tag, 3050), ("q", &filters.q, 200)]
    {
        rules::check_text(name, text.as_deref(), max)?;
    }
    let free = match rules::wanted_period(filters)? {
        Some((window, quantity)) => Some(store::Wanted {
            window,
            quantity,
            buffer_minutes: identity::policy(tx)?.buffer_minutes,
            refuses_late: calendar::late_until(tx)?.is_some_and(|until| window.start < until),
        }),
        None => None,
    };
    let search = match filters.q.as_deref().map(|text| rules::search(tx.org(), text)) {
        Some(None) => return Ok(Listed { rows: Vec::new(), next: None }),
        search => search.flatten(),
    };
    let tags = rules::wanted_tags(filters.tag.as_deref());
    store::list_resources(tx, store::ResourceQuery { filters, tags, search, free }, page)
}

/// Changes the fields that the patch names.
///
/// # Errors
/// `not_found`, `precondition_failed` and its like, `in_use`.
pub fn update_resource(
    tx: &WriteTx<'_>,
    id: ResourceId,
    patch: &ResourcePatch,
    precondition: &Precondition,
) -> Result<Resource> {
    let current = live(tx, id)?;
    precondition.check(current.version)?;
    let wanted = rules::merged(&current, patch);
    if wanted == current {
        return Ok(current);
    }
    if rules::leaves_service(current.status, wanted.status) {
        rules::must_not_be_in_use(&store::bookings_of_resource(tx, id)?)?;
    }
    store::update_resource(tx, &wanted)?;
    store::index_words(tx, id)?;
    if wanted.tags != current.tags {
        store::untag_resource(tx, id)?;
        put_tags(tx, id, &wanted.tags)?;
    }
    changed(tx, rules::action(current.status, wanted.status), &current)
}

/// Deletes the resource and its units, so that they can be restored.
///
/// # Errors
/// `not_found`, `precondition_failed`, `in_use`.
pub fn delete_resource(
    tx: &WriteTx<'_>,
    id: ResourceId,
    precondition: &Precondition,
) -> Result<()> {
    let current = live(tx, id)?;
    precondition.check(current.version)?;
    rules::must_not_be_in_use(&store::bookings_of_resource(tx, id)?)?;
    delete_with_resource(tx, id)?;
    store::set_deleted(tx, id, Some(tx.now()))?;
    changed(tx, Action::SoftDelete, &current)?;
    Ok(())
}

/// Brings back the resource and the units that were deleted with it, and no others.
///
/// # Errors
/// `not_found`, `precondition_failed`, `invalid_transition`; `already_exists` when a barcode was
/// taken in between.
pub fn restore_resource(
    tx: &WriteTx<'_>,
    id: ResourceId,
    precondition: &Precondition,
) -> Result<Resource> {
    let current = find(tx, id)?;
    precondition.check(current.version)?;
    if current.deleted_at.is_none() {
        return Err(not_deleted(current.status.name()));
    }
    store::set_deleted(tx, id, None)?;
    changed(tx, Action::Restore, &current)?;
    restore_with_resource(tx, id)?;
    find(tx, id)
}

/// Counts and records that the resource shows its tags otherwise than before.
pub(super) fn tags_changed(tx: &WriteTx<'_>, before: &Resource) -> Result<()> {
    store::next_version(tx, before.id)?;
    changed(tx, Action::Update, before)?;
    Ok(())
}

/// Reads the resource anew and records how it changed.
fn changed(tx: &WriteTx<'_>, action: Action, before: &Resource) -> Result<Resource> {
    let after = find(tx, before.id)?;
    let (old, new) = (before.recorded()?, after.recorded()?);
    audit::record(tx, &Change::of(action, EntityType::Resource, before.id, &old, &new)?)?;
    let lent = |one: &Resource| (one.status, one.deleted_at, one.buffer_minutes);
    if lent(before) != lent(&after) {
        tx.leave(Aftermath::Resource(after.id));
    }
    Ok(after)
}

fn put_tags(tx: &WriteTx<'_>, id: ResourceId, names: &[String]) -> Result<()> {
    for name in names {
        store::tag_resource(tx, id, tag_named(tx, name)?)?;
    }
    Ok(())
}

fn find(tx: &Tx<'_>, id: ResourceId) -> Result<Resource> {
    store::find_resource(tx, id)?.ok_or_else(Error::not_found)
}

/// The resource, when it is not deleted.
pub(super) fn live(tx: &Tx<'_>, id: ResourceId) -> Result<Resource> {
    let found = find(tx, id)?;
    if found.deleted_at.is_some() { Err(Error::not_found()) } else { Ok(found) }
}
