//! `booking_items`.

use std::collections::HashMap;

use crate::booking::model::{Booking, BookingItem, ReturnCondition};
use crate::db::{Mapped, Row, Tx, WriteTx};
use crate::kernel::{BookingId, Result};

/// The items of many bookings in one statement. CROSS JOIN keeps SQLite from turning the loops
/// round.
pub(super) const ITEMS: &str =
    "SELECT i.id, i.booking_id, i.resource_id, i.resource_unit_id, i.quantity,
        i.named, i.checked_out_at, i.returned_at, i.return_condition, i.return_note, i.endangered
    FROM json_each(:ids) AS j
    CROSS JOIN booking_items AS i ON i.org_id = :org AND i.booking_id = j.value
    ORDER BY i.booking_id, i.position";

/// Reads the items of many bookings.
pub(super) fn add_items(tx: &Tx<'_>, bookings: &mut [Booking]) -> Result<()> {
    let ids: Vec<BookingId> = bookings.iter().map(|booking| booking.id).collect();
    let ids = serde_json::to_string(&ids).unwrap_or_default();
    let rows = tx.all(ITEMS, &[(":ids", &ids)], |row| {
        Ok((row.get::<_, BookingId>("booking_id")?, item_from_row(row)?))
    })?;
    let mut items: HashMap<BookingId, Vec<BookingItem>> = HashMap::new();
    for (booking, item) in rows {
        items.entry(booking).or_default().push(item);
    }
    for booking in bookings {
        booking.items = items.remove(&booking.id).unwrap_or_default();
    }
    Ok(())
}

fn item_from_row(row: &Row<'_>) -> Mapped<BookingItem> {
    let condition: Option<String> = row.get("return_condition")?;
    Ok(BookingItem {
        id: row.get("id")?,
        resource_id: row.get("resource_id")?,
        resource_unit_id: row.get("resource_unit_id")?,
        quantity: row.get("quantity")?,
        checked_out_at: row.get("checked_out_at")?,
        returned_at: row.get("returned_at")?,
        return_condition: condition.as_deref().and_then(ReturnCondition::from_name),
        return_note: row.get("return_note")?,
        named: row.get("named")?,
        endangered: row.get("endangered")?,
    })
}

/// Writes the items of a booking anew, in their order.
pub(in crate::booking) fn replace_items(
    tx: &WriteTx<'_>,
    booking: BookingId,
    items: &[BookingItem],
) -> Result<()> {
    tx.execute(
        "DELETE FROM booking_items WHERE org_id = :org AND booking_id = :booking",
        &[(":booking", &booking)],
    )?;
    for (position, item) in items.iter().enumerate() {
        tx.execute(
            "INSERT INTO booking_items (id, org_id, booking_id, position, resource_id,
                 resource_unit_id, quantity, named)
             VALUES (:id, :org, :booking, :position, :resource, :unit, 1, :named)",
            &[
                (":id", &item.id),
                (":booking", &booking),
                (":position", &i64::try_from(position).unwrap_or(i64::MAX)),
                (":resource", &item.resource_id),
                (":unit", &item.resource_unit_id),
                (":named", &item.named),
            ],
        )?;
    }
    Ok(())
}

/// Writes what can change about an item once its booking holds units.
pub(in crate::booking) fn update_item(tx: &WriteTx<'_>, item: &BookingItem) -> Result<()> {
    tx.execute(
        "UPDATE booking_items SET resource_unit_id = :unit, named = :named,
             checked_out_at = :checked_out, returned_at = :returned,
             return_condition = :condition, return_note = :note, endangered = :endangered
         WHERE org_id = :org AND id = :id",
        &[
            (":id", &item.id),
            (":unit", &item.resource_unit_id),
            (":named", &item.named),
            (":checked_out", &item.checked_out_at),
            (":returned", &item.returned_at),
            (":condition", &item.return_condition.map(ReturnCondition::name)),
            (":note", &item.return_note),
            (":endangered", &item.endangered),
        ],
    )?;
    Ok(())
}
