//! `tags` and `resource_tags`.

use crate::db::{List, Mapped, OnConstraint, Row, Tx, WriteTx};
use crate::inventory::model::Tag;
use crate::kernel::{Code, Error, Listed, PageRequest, ResourceId, Result, TagId, Timestamp};

const COLUMNS: &str = "t.id, t.name, t.created_at, t.deleted_at";

/// How SQLite names the index that keeps a name from being used twice.
const NAME: &str = "tags.org_id, tags.name";

fn from_row(row: &Row<'_>) -> Mapped<Tag> {
    Ok(Tag {
        id: row.get("id")?,
        name: row.get("name")?,
        created_at: row.get("created_at")?,
        deleted_at: row.get("deleted_at")?,
    })
}

/// The tag, deleted or not.
pub(in crate::inventory) fn find_tag(tx: &Tx<'_>, id: TagId) -> Result<Option<Tag>> {
    let sql = format!("SELECT {COLUMNS} FROM tags AS t WHERE t.org_id = :org AND t.id = :id");
    tx.find(&sql, &[(":id", &id)], from_row)
}

/// The tag of this name that is not deleted.
pub(in crate::inventory) fn tag_id_of(tx: &Tx<'_>, name: &str) -> Result<Option<TagId>> {
    tx.find(
        "SELECT t.id FROM tags AS t
         WHERE t.org_id = :org AND t.name = :name AND t.deleted_at IS NULL",
        &[(":name", &name)],
        |row| row.get("id"),
    )
}

/// One page of the tags.
pub(in crate::inventory) fn list_tags(
    tx: &Tx<'_>,
    include_deleted: bool,
    page: &PageRequest,
) -> Result<Listed<Tag>> {
    listing(include_deleted).fetch(tx, page, from_row)
}

pub(super) fn listing(include_deleted: bool) -> List<'static> {
    List::new(COLUMNS, "tags AS t WHERE t.org_id = :org", "t.id")
        .only_if(!include_deleted, "t.deleted_at IS NULL")
}

/// A new row.
///
/// # Errors
/// `already_exists` when the name is in use.
pub(in crate::inventory) fn insert_tag(tx: &WriteTx<'_>, id: TagId, name: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO tags (id, org_id, name, created_at) VALUES (:id, :org, :name, :now)",
        &[(":id", &id), (":name", &name)],
    )
    .on_constraint(NAME, || name_used(name))?;
    Ok(())
}

/// Marks the tag as deleted, or as there again.
///
/// # Errors
/// `already_exists` when its name was taken in between.
pub(in crate::inventory) fn set_tag_deleted(
    tx: &WriteTx<'_>,
    tag: &Tag,
    at: Option<Timestamp>,
) -> Result<()> {
    tx.execute(
        "UPDATE tags SET deleted_at = :at WHERE org_id = :org AND id = :id",
        &[(":id", &tag.id), (":at", &at)],
    )
    .on_constraint(NAME, || name_used(&tag.name))?;
    Ok(())
}

/// Puts a tag on a resource.
pub(in crate::inventory) fn tag_resource(
    tx: &WriteTx<'_>,
    resource: ResourceId,
    tag: TagId,
) -> Result<()> {
    tx.execute(
        "INSERT INTO resource_tags (org_id, resource_id, tag_id) VALUES (:org, :resource, :tag)",
        &[(":resource", &resource), (":tag", &tag)],
    )?;
    Ok(())
}

/// Takes all tags off a resource, deleted ones too.
pub(in crate::inventory) fn untag_resource(tx: &WriteTx<'_>, resource: ResourceId) -> Result<()> {
    tx.execute(
        "DELETE FROM resource_tags WHERE org_id = :org AND resource_id = :resource",
        &[(":resource", &resource)],
    )?;
    Ok(())
}

fn name_used(name: &str) -> Error {
    Error::new(Code::AlreadyExists, format!("There is a tag {name} already."))
}
