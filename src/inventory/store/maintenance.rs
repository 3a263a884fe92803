//! `unit_maintenance`.

use crate::db::{List, Mapped, Row, Tx, WriteTx};
use crate::inventory::model::Maintenance;
use crate::kernel::{ClaimId, Listed, MaintenanceId, PageRequest, Result, Timestamp, UnitId};

const COLUMNS: &str =
    "m.id, m.resource_unit_id, m.start_at, m.end_at, m.note, m.created_by, m.created_at";

fn from_row(row: &Row<'_>) -> Mapped<Maintenance> {
    Ok(Maintenance {
        id: row.get("id")?,
        resource_unit_id: row.get("resource_unit_id")?,
        start_at: row.get("start_at")?,
        end_at: row.get("end_at")?,
        note: row.get("note")?,
        created_by: row.get("created_by")?,
        created_at: row.get("created_at")?,
    })
}

/// What was planned under this id.
pub(in crate::inventory) fn find_maintenance(
    tx: &Tx<'_>,
    id: MaintenanceId,
) -> Result<Option<Maintenance>> {
    let sql =
        format!("SELECT {COLUMNS} FROM unit_maintenance AS m WHERE m.org_id = :org AND m.id = :id");
    tx.find(&sql, &[(":id", &id)], from_row)
}

/// One page of what is planned for a unit and not over.
pub(in crate::inventory) fn list_maintenance(
    tx: &Tx<'_>,
    unit: UnitId,
    page: &PageRequest,
) -> Result<Listed<Maintenance>> {
    listing(unit).fetch(tx, page, from_row)
}

fn listing<'a>(unit: UnitId) -> List<'a> {
    List::new(COLUMNS, "unit_maintenance AS m WHERE m.org_id = :org", "m.id")
        .only("m.resource_unit_id = :unit", ":unit", Some(unit))
        .only_if(true, "m.end_at > :now")
}

/// A new row. Its claim stands already: the trigger of the table demands it.
pub(in crate::inventory) fn insert_maintenance(
    tx: &WriteTx<'_>,
    planned: &Maintenance,
) -> Result<()> {
    tx.execute(
        "INSERT INTO unit_maintenance
             (org_id, id, resource_unit_id, start_at, end_at, note, created_by, created_at)
         VALUES (:org, :id, :unit, :start, :end, :note, :created_by, :now)",
        &[
            (":id", &planned.id),
            (":unit", &planned.resource_unit_id),
            (":start", &planned.start_at),
            (":end", &planned.end_at),
            (":note", &planned.note),
            (":created_by", &planned.created_by),
        ],
    )?;
    Ok(())
}

/// Takes the row away; its claim may go after it.
pub(in crate::inventory) fn delete_maintenance(tx: &WriteTx<'_>, id: MaintenanceId) -> Result<()> {
    tx.execute("DELETE FROM unit_maintenance WHERE org_id = :org AND id = :id", &[(":id", &id)])?;
    Ok(())
}

const OVER: &str = "UPDATE unit_maintenance SET is_over = 1
    WHERE org_id = :org AND is_over = 0 AND end_at <= :now RETURNING id";

const NEXT_END: &str =
    "SELECT min(end_at) FROM unit_maintenance WHERE org_id = :org AND is_over = 0";

/// Notes of all whose time has passed that it has; their claims may go after it.
pub(in crate::inventory) fn end_over(tx: &WriteTx<'_>) -> Result<Vec<MaintenanceId>> {
    tx.all(OVER, &[], |row| row.get("id"))
}

/// When the next one ends.
pub(in crate::inventory) fn next_end(tx: &Tx<'_>) -> Result<Option<Timestamp>> {
    tx.value(NEXT_END, &[])
}

/// Planned maintenance whose claim is not exactly there: there must be none.
pub(in crate::inventory) fn maintenance_without_claim(tx: &Tx<'_>) -> Result<Vec<MaintenanceId>> {
    tx.all(
        "SELECT m.id FROM unit_maintenance AS m
         WHERE m.org_id = :org AND m.is_over = 0 AND NOT EXISTS (
             SELECT 1 FROM unit_claims AS c
             WHERE c.org_id = m.org_id AND c.holder = m.id AND c.kind = 'maintenance'
                 AND c.resource_unit_id = m.resource_unit_id
                 AND c.start_at = m.start_at AND c.end_at = m.end_at)",
        &[],
        |row| row.get("id"),
    )
}

/// Claims for maintenance that is not planned: there must be none.
pub(in crate::inventory) fn claims_without_maintenance(tx: &Tx<'_>) -> Result<Vec<ClaimId>> {
    tx.all(
        "SELECT c.id FROM unit_claims AS c
         WHERE c.org_id = :org AND c.kind = 'maintenance' AND NOT EXISTS (
             SELECT 1 FROM unit_maintenance AS m
             WHERE m.org_id = c.org_id AND m.id = c.holder AND m.is_over = 0
                 AND m.resource_unit_id = c.resource_unit_id)",
        &[],
        |row| row.get("id"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::plan;

    #[test]
    fn what_is_over_is_one_step_into_its_index() {
        for statement in [OVER, NEXT_END] {
            let plan = plan(statement);
            let found = plan.iter().filter(|step| step.contains("unit_maintenance_by_end")).count();
            assert!(found == 1 && !plan.concat().contains("TEMP B-TREE"), "{plan:#?}");
        }
    }
}
