//! `resources` and its search index: single rows.

use crate::db::{Mapped, Row, Tx, WriteTx, word};
use crate::inventory::model::{NewResource, Resource, ResourceStatus, UnitCounts};
use crate::kernel::{ResourceId, Result, TagId, Timestamp};

/// What a [`Resource`] is read from. A unit could be handed out now when it is not out and the last
/// of its claims that has begun is over: claims of a unit are disjoint, so no other one can cover
/// this moment.
pub(super) const COLUMNS: &str = "
    r.id, r.type, r.name, r.description, r.serial_number, r.status, r.buffer_minutes, r.version,
    r.created_at, r.updated_at, r.deleted_at,
    (SELECT json_group_array(t.name ORDER BY t.name)
     FROM resource_tags AS rt JOIN tags AS t ON t.org_id = rt.org_id AND t.id = rt.tag_id
     WHERE rt.org_id = r.org_id AND rt.resource_id = r.id AND t.deleted_at IS NULL) AS tags,
    (SELECT count(*) FROM resource_units AS u
     WHERE u.org_id = r.org_id AND u.resource_id = r.id AND u.deleted_at IS NULL) AS units_total,
    (SELECT count(*) FROM resource_units AS u
     WHERE u.org_id = r.org_id AND u.resource_id = r.id AND u.deleted_at IS NULL
         AND u.status = 'AVAILABLE' AND r.status = 'AVAILABLE' AND r.deleted_at IS NULL
         AND coalesce((
             SELECT c.end_at FROM unit_claims AS c
             WHERE c.org_id = u.org_id AND c.resource_unit_id = u.id AND c.start_at <= :now
             ORDER BY c.start_at DESC LIMIT 1
         ), 0) <= :now
         AND NOT EXISTS (
             SELECT 1 FROM unit_custody AS k
             WHERE k.org_id = u.org_id AND k.resource_unit_id = u.id)) AS units_available";

/// Reads [`COLUMNS`].
pub(super) fn from_row(row: &Row<'_>) -> Mapped<Resource> {
    let tags: String = row.get("tags")?;
    Ok(Resource {
        id: row.get("id")?,
        r#type: row.get("type")?,
        name: row.get("name")?,
        description: row.get("description")?,
        serial_number: row.get("serial_number")?,
        status: word(row, "status")?,
        tags: serde_json::from_str(&tags).unwrap_or_default(),
        buffer_minutes: row.get("buffer_minutes")?,
        units: UnitCounts {
            total: row.get("units_total")?,
            available: row.get("units_available")?,
        },
        version: row.get("version")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        deleted_at: row.get("deleted_at")?,
    })
}

/// The resource, deleted or not.
pub(in crate::inventory) fn find_resource(tx: &Tx<'_>, id: ResourceId) -> Result<Option<Resource>> {
    let sql = format!("SELECT {COLUMNS} FROM resources AS r WHERE r.org_id = :org AND r.id = :id");
    tx.find(&sql, &[(":id", &id)], from_row)
}

/// The resources, not deleted, that bear the tag, deleted or not.
pub(in crate::inventory) fn resources_with_tag(tx: &Tx<'_>, tag: TagId) -> Result<Vec<Resource>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM resource_tags AS bears
         JOIN resources AS r ON r.org_id = bears.org_id AND r.id = bears.resource_id
         WHERE bears.org_id = :org AND bears.tag_id = :tag AND r.deleted_at IS NULL
         ORDER BY r.id"
    );
    tx.all(&sql, &[(":tag", &tag)], from_row)
}

/// A new row, without tags, units and search index.
pub(in crate::inventory) fn insert_resource(
    tx: &WriteTx<'_>,
    id: ResourceId,
    new: &NewResource,
) -> Result<()> {
    tx.execute(
        "INSERT INTO resources (id, org_id, type, name, description, serial_number, status,
             buffer_minutes, version, created_at, updated_at)
         VALUES (:id, :org, :type, :name, :description, :serial_number, :status,
             :buffer_minutes, 1, :now, :now)",
        &[
            (":id", &id),
            (":type", &new.r#type),
            (":name", &new.name),
            (":description", &new.description),
            (":serial_number", &new.serial_number),
            (":status", &new.status.unwrap_or(ResourceStatus::Available).name()),
            (":buffer_minutes", &new.buffer_minutes),
        ],
    )?;
    Ok(())
}

/// Writes the fields that can change, and the next version.
pub(in crate::inventory) fn update_resource(tx: &WriteTx<'_>, wanted: &Resource) -> Result<()> {
    tx.execute(
        "UPDATE resources SET type = :type, name = :name, description = :description,
             serial_number = :serial_number, status = :status, buffer_minutes = :buffer_minutes,
             version = version + 1, updated_at = :now
         WHERE org_id = :org AND id = :id",
        &[
            (":id", &wanted.id),
            (":type", &wanted.r#type),
            (":name", &wanted.name),
            (":description", &wanted.description),
            (":serial_number", &wanted.serial_number),
            (":status", &wanted.status.name()),
            (":buffer_minutes", &wanted.buffer_minutes),
        ],
    )?;
    Ok(())
}

/// Counts a change of what the resource shows without standing in its row.
pub(in crate::inventory) fn next_version(tx: &WriteTx<'_>, id: ResourceId) -> Result<()> {
    tx.execute(
        "UPDATE resources SET version = version + 1, updated_at = :now
         WHERE org_id = :org AND id = :id",
        &[(":id", &id)],
    )?;
    Ok(())
}

/// Marks the resource as deleted, or as there again.
pub(in crate::inventory) fn set_deleted(
    tx: &WriteTx<'_>,
    id: ResourceId,
    at: Option<Timestamp>,
) -> Result<()> {
    tx.execute(
        "UPDATE resources SET deleted_at = :at, version = version + 1, updated_at = :now
         WHERE org_id = :org AND id = :id",
        &[(":id", &id), (":at", &at)],
    )?;
    Ok(())
}

/// Puts the words of rows into the search index, in place of those before.
const INDEX: &str = "
    INSERT OR REPLACE INTO resource_search (rowid, org, name, description, serial_number)
    SELECT search_key, 'o' || replace(org_id, '-', ''), name, description,
        coalesce(serial_number, '')
    FROM resources WHERE org_id = :org";

/// The words of one row.
pub(in crate::inventory) fn index_words(tx: &WriteTx<'_>, id: ResourceId) -> Result<()> {
    tx.execute(&format!("{INDEX} AND id = :id"), &[(":id", &id)])?;
    Ok(())
}

/// The words of all rows of the organization.
pub(in crate::inventory) fn index_all_words(tx: &WriteTx<'_>) -> Result<()> {
    tx.execute(INDEX, &[])?;
    Ok(())
}
