//! `unit_custody`: which units are out, for which item, until when.

use crate::calendar::model::Custody;
use crate::db::{Mapped, OnConstraint, Row, Tx, WriteTx};
use crate::kernel::{BookingId, Error, ItemId, Result, Timestamp, UnitId};

/// The trigger that keeps a unit from being in two places.
const ONE_PLACE: &str = "unit_custody_no_replace";

const COLUMNS: &str = "k.booking_item_id, k.booking_id, k.resource_unit_id, k.since, k.due_at";

/// Where a unit is, when it is out.
pub(in crate::calendar) fn custody_of(tx: &Tx<'_>, unit: UnitId) -> Result<Option<Custody>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM unit_custody AS k
         WHERE k.org_id = :org AND k.resource_unit_id = :unit"
    );
    tx.find(&sql, &[(":unit", &unit)], from_row)
}

fn from_row(row: &Row<'_>) -> Mapped<Custody> {
    Ok(Custody {
        item_id: row.get("booking_item_id")?,
        booking_id: row.get("booking_id")?,
        unit_id: row.get("resource_unit_id")?,
        since: row.get("since")?,
        due_at: row.get("due_at")?,
    })
}

/// Notes that a unit is out.
///
/// # Errors
/// `refusal` when it is out already.
pub(in crate::calendar) fn insert_custody(
    tx: &WriteTx<'_>,
    custody: &Custody,
    refusal: impl FnOnce() -> Error,
) -> Result<()> {
    tx.execute(
        "INSERT INTO unit_custody
             (org_id, booking_item_id, booking_id, resource_unit_id, since, due_at)
         VALUES (:org, :item, :booking, :unit, :since, :due)",
        &[
            (":item", &custody.item_id),
            (":booking", &custody.booking_id),
            (":unit", &custody.unit_id),
            (":since", &custody.since),
            (":due", &custody.due_at),
        ],
    )
    .on_constraint(ONE_PLACE, refusal)?;
    Ok(())
}

/// Notes that an item is back.
pub(in crate::calendar) fn delete_custody(tx: &WriteTx<'_>, item: ItemId) -> Result<()> {
    tx.execute(
        "DELETE FROM unit_custody WHERE org_id = :org AND booking_item_id = :item",
        &[(":item", &item)],
    )?;
    Ok(())
}

/// Moves the time at which all that a booking has out is due.
pub(in crate::calendar) fn set_custody_due(
    tx: &WriteTx<'_>,
    booking: BookingId,
    due_at: Timestamp,
) -> Result<()> {
    tx.execute(
        "UPDATE unit_custody SET due_at = :due WHERE org_id = :org AND booking_id = :booking",
        &[(":booking", &booking), (":due", &due_at)],
    )?;
    Ok(())
}

/// Items that are out without their custody, and custody without its item: there must be none.
pub(in crate::calendar) fn custody_at_odds(tx: &Tx<'_>) -> Result<Vec<ItemId>> {
    tx.all(
        "WITH items AS (
             SELECT i.id, i.booking_id, i.resource_unit_id, i.checked_out_at, b.end_at
             FROM bookings AS b
             JOIN booking_items AS i ON i.org_id = b.org_id AND i.booking_id = b.id
             WHERE b.org_id = :org AND b.status = 'CHECKED_OUT'
                 AND i.checked_out_at IS NOT NULL AND i.returned_at IS NULL),
         custody AS (
             SELECT booking_item_id, booking_id, resource_unit_id, since, due_at
             FROM unit_custody WHERE org_id = :org)
         SELECT id FROM (SELECT * FROM items EXCEPT SELECT * FROM custody)
         UNION
         SELECT booking_item_id FROM (SELECT * FROM custody EXCEPT SELECT * FROM items)",
        &[],
        |row| row.get("id"),
    )
}
