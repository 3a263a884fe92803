//! `resource_units`.

use crate::db::{List, Mapped, OnConstraint, Row, Tx, WriteTx, word};
use crate::inventory::model::{NewUnit, Unit, UnitCondition, UnitFilters};
use crate::kernel::{Code, Error, Listed, PageRequest, ResourceId, Result, Timestamp, UnitId, bug};

const COLUMNS: &str = "u.id, u.resource_id, u.barcode, u.condition, u.status, u.status_note,
    u.version, u.created_at, u.deleted_at";

/// How SQLite names the index that keeps a barcode from being used twice.
const BARCODE: &str = "resource_units.org_id, resource_units.barcode";

fn from_row(row: &Row<'_>) -> Mapped<Unit> {
    Ok(Unit {
        id: row.get("id")?,
        resource_id: row.get("resource_id")?,
        barcode: row.get("barcode")?,
        condition: word(row, "condition")?,
        status: word(row, "status")?,
        status_note: row.get("status_note")?,
        version: row.get("version")?,
        created_at: row.get("created_at")?,
        deleted_at: row.get("deleted_at")?,
    })
}

/// The unit, deleted or not.
pub(in crate::inventory) fn find_unit(tx: &Tx<'_>, id: UnitId) -> Result<Option<Unit>> {
    let sql =
        format!("SELECT {COLUMNS} FROM resource_units AS u WHERE u.org_id = :org AND u.id = :id");
    tx.find(&sql, &[(":id", &id)], from_row)
}

/// One page of the units, of one resource or of all.
pub(in crate::inventory) fn list_units(
    tx: &Tx<'_>,
    resource: Option<ResourceId>,
    filters: &UnitFilters,
    page: &PageRequest,
) -> Result<Listed<Unit>> {
    listing(resource, filters).fetch(tx, page, from_row)
}

pub(super) fn listing(resource: Option<ResourceId>, filters: &UnitFilters) -> List<'_> {
    List::new(COLUMNS, "resource_units AS u WHERE u.org_id = :org", "u.id")
        .only("u.resource_id = :resource", ":resource", resource)
        .only_if(!filters.include_deleted, "u.deleted_at IS NULL")
        .only("u.barcode = :barcode", ":barcode", filters.barcode.as_deref().map(str::trim))
}

/// The units of a resource that are not deleted.
pub(in crate::inventory) fn live_units(tx: &Tx<'_>, resource: ResourceId) -> Result<Vec<Unit>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM resource_units AS u
         WHERE u.org_id = :org AND u.resource_id = :resource AND u.deleted_at IS NULL
         ORDER BY u.barcode, u.id"
    );
    tx.all(&sql, &[(":resource", &resource)], from_row)
}

/// The units that were deleted together with their resource.
pub(in crate::inventory) fn units_gone_with(
    tx: &Tx<'_>,
    resource: ResourceId,
) -> Result<Vec<Unit>> {
    let which = if bug::seeded("restore_brings_back_everything") {
        "u.deleted_at IS NOT NULL"
    } else {
        "u.deleted_at IS NOT NULL AND u.with_resource = 1"
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM resource_units AS u
         WHERE u.org_id = :org AND u.resource_id = :resource AND {which}
         ORDER BY u.barcode, u.id"
    );
    tx.all(&sql, &[(":resource", &resource)], from_row)
}

/// A new row.
///
/// # Errors
/// `already_exists` when the barcode is in use.
pub(in crate::inventory) fn insert_unit(
    tx: &WriteTx<'_>,
    id: UnitId,
    resource: ResourceId,
    new: &NewUnit,
) -> Result<()> {
    let barcode = new.barcode.trim();
    tx.execute(
        "INSERT INTO resource_units
             (id, org_id, resource_id, barcode, condition, status, version, created_at)
         VALUES (:id, :org, :resource, :barcode, :condition, 'AVAILABLE', 1, :now)",
        &[
            (":id", &id),
            (":resource", &resource),
            (":barcode", &barcode),
            (":condition", &new.condition.unwrap_or(UnitCondition::Good).name()),
        ],
    )
    .on_constraint(BARCODE, || barcode_used(barcode))?;
    Ok(())
}

/// Writes the fields that can change, and the next version.
///
/// # Errors
/// `already_exists` when the barcode is in use.
pub(in crate::inventory) fn update_unit(tx: &WriteTx<'_>, wanted: &Unit) -> Result<()> {
    let status_note = wanted.status_note.as_ref().filter(|_| !bug::seeded("note_lost"));
    tx.execute(
        "UPDATE resource_units SET barcode = :barcode, condition = :condition, status = :status,
             status_note = :status_note, version = version + 1
         WHERE org_id = :org AND id = :id",
        &[
            (":id", &wanted.id),
            (":barcode", &wanted.barcode),
            (":condition", &wanted.condition.name()),
            (":status", &wanted.status.name()),
            (":status_note", &status_note),
        ],
    )
    .on_constraint(BARCODE, || barcode_used(&wanted.barcode))?;
    Ok(())
}

/// Marks the unit as deleted, alone or with its resource, or as there again.
///
/// # Errors
/// `already_exists` when its barcode was taken in between.
pub(in crate::inventory) fn set_unit_deleted(
    tx: &WriteTx<'_>,
    unit: &Unit,
    at: Option<Timestamp>,
    with_resource: bool,
) -> Result<()> {
    tx.execute(
        "UPDATE resource_units
         SET deleted_at = :at, with_resource = :with_resource, version = version + 1
         WHERE org_id = :org AND id = :id",
        &[(":id", &unit.id), (":at", &at), (":with_resource", &with_resource)],
    )
    .on_constraint(BARCODE, || barcode_used(&unit.barcode))?;
    Ok(())
}

fn barcode_used(barcode: &str) -> Error {
    Error::new(Code::AlreadyExists, format!("The barcode {barcode} is in use."))
}
