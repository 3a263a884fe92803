//! Use cases of tags.

use super::not_deleted;
use super::resources::tags_changed;
use crate::audit::{self, Action, Change, EntityType};
use crate::db::{Tx, WriteTx};
use crate::inventory::model::{NewTag, Tag};
use crate::inventory::{rules, store};
use crate::kernel::{Error, Listed, PageRequest, Result, TagId, Timestamp, bug};

/// Makes a tag.
///
/// # Errors
/// `already_exists` when the name is in use.
pub fn create_tag(tx: &WriteTx<'_>, new: &NewTag) -> Result<Tag> {
    create(tx, new.name.trim())
}

/// One page of the tags.
///
/// # Errors
/// `forbidden` when a student asks for deleted ones.
pub fn list_tags(tx: &Tx<'_>, include_deleted: bool, page: &PageRequest) -> Result<Listed<Tag>> {
    rules::may_see_deleted(include_deleted, tx.actor().is_staff())?;
    store::list_tags(tx, include_deleted, page)
}

/// Deletes the tag: resources show it no more until it is restored.
///
/// # Errors
/// `not_found`.
pub fn delete_tag(tx: &WriteTx<'_>, id: TagId) -> Result<()> {
    let current = find(tx, id)?;
    if current.deleted_at.is_some() {
        return Err(Error::not_found());
    }
    set_deleted(tx, Action::SoftDelete, &current, Some(tx.now()))?;
    Ok(())
}

/// Brings back the tag, on the resources that still bear it.
///
/// # Errors
/// `not_found`, `invalid_transition`; `already_exists` when its name was taken in between.
pub fn restore_tag(tx: &WriteTx<'_>, id: TagId) -> Result<Tag> {
    let current = find(tx, id)?;
    if current.deleted_at.is_none() {
        return Err(not_deleted("ACTIVE"));
    }
    set_deleted(tx, Action::Restore, &current, None)
}

/// The tag of this name, made when there is none. A deleted one stays deleted: its restoring would
/// bring it back on other resources too.
pub(super) fn tag_named(tx: &WriteTx<'_>, name: &str) -> Result<TagId> {
    match store::tag_id_of(tx, name)? {
        Some(id) => Ok(id),
        None => Ok(create(tx, name)?.id),
    }
}

fn create(tx: &WriteTx<'_>, name: &str) -> Result<Tag> {
    let id = TagId::new();
    store::insert_tag(tx, id, name)?;
    let made = find(tx, id)?;
    audit::record(tx, &Change::create(EntityType::Tag, id, &made)?)?;
    Ok(made)
}

/// The resources that bear the tag change with it. One that is deleted shows its tags when it is
/// restored, and its event does then.
fn set_deleted(
    tx: &WriteTx<'_>,
    action: Action,
    before: &Tag,
    at: Option<Timestamp>,
) -> Result<Tag> {
    let bearers = store::resources_with_tag(tx, before.id)?;
    store::set_tag_deleted(tx, before, at)?;
    let after = find(tx, before.id)?;
    audit::record(tx, &Change::of(action, EntityType::Tag, before.id, before, &after)?)?;
    for bearer in bearers.iter().filter(|_| !bug::seeded("tag_without_bearers")) {
        tags_changed(tx, bearer)?;
    }
    Ok(after)
}

fn find(tx: &Tx<'_>, id: TagId) -> Result<Tag> {
    store::find_tag(tx, id)?.ok_or_else(Error::not_found)
}
