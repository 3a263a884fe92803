//! SQL over bookings and their items.

mod list;

use std::collections::HashMap;

use super::model::{Booking, BookingItem, Status};
use crate::db::{Mapped, Row, Tx, WriteTx};
use crate::kernel::{BookingId, ItemId, Result, UserId};

pub(super) use list::list;

const COLUMNS: &str = "b.id, b.requester_user_id, b.status, b.start_at, b.end_at, b.purpose,
    b.at_risk, b.decided_by, b.decision_note, b.version, b.created_at, b.updated_at, b.cancelled_at";

/// A booking with its items.
pub(super) fn find(tx: &Tx<'_>, id: BookingId) -> Result<Option<Booking>> {
    let sql = format!("SELECT {COLUMNS} FROM bookings AS b WHERE b.org_id = :org AND b.id = :id");
    let Some(mut booking) = tx.find(&sql, &[(":id", &id)], from_row)? else { return Ok(None) };
    add_items(tx, std::slice::from_mut(&mut booking))?;
    Ok(Some(booking))
}

fn from_row(row: &Row<'_>) -> Mapped<Booking> {
    let status: String = row.get("status")?;
    Ok(Booking {
        id: row.get("id")?,
        requester_user_id: row.get("requester_user_id")?,
        status: Status::from_name(&status).unwrap_or(Status::Expired),
        start_at: row.get("start_at")?,
        end_at: row.get("end_at")?,
        purpose: row.get("purpose")?,
        items: Vec::new(),
        at_risk: row.get("at_risk")?,
        decided_by: row.get("decided_by")?,
        decision_note: row.get("decision_note")?,
        version: row.get("version")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        cancelled_at: row.get("cancelled_at")?,
    })
}

/// The items of many bookings in one statement. CROSS JOIN keeps SQLite from turning the loops
/// round.
const ITEMS: &str = "SELECT i.id, i.booking_id, i.resource_id, i.resource_unit_id, i.quantity,
        i.named, i.checked_out_at, i.returned_at, i.return_condition
    FROM json_each(:ids) AS j
    CROSS JOIN booking_items AS i ON i.org_id = :org AND i.booking_id = j.value
    ORDER BY i.booking_id, i.position";

/// Reads the items of many bookings.
fn add_items(tx: &Tx<'_>, bookings: &mut [Booking]) -> Result<()> {
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
    Ok(BookingItem {
        id: row.get("id")?,
        resource_id: row.get("resource_id")?,
        resource_unit_id: row.get("resource_unit_id")?,
        quantity: row.get("quantity")?,
        checked_out_at: row.get("checked_out_at")?,
        returned_at: row.get("returned_at")?,
        return_condition: row.get("return_condition")?,
        named: row.get("named")?,
    })
}

/// Writes a new booking, without its items.
pub(super) fn insert(tx: &WriteTx<'_>, booking: &Booking) -> Result<()> {
    tx.execute(
        "INSERT INTO bookings (id, org_id, requester_user_id, status, start_at, end_at, purpose,
             at_risk, version, created_at, updated_at)
         VALUES (:id, :org, :requester, :status, :start, :end, :purpose, 0, 1, :now, :now)",
        &[
            (":id", &booking.id),
            (":requester", &booking.requester_user_id),
            (":status", &booking.status.name()),
            (":start", &booking.start_at),
            (":end", &booking.end_at),
            (":purpose", &booking.purpose),
        ],
    )?;
    Ok(())
}

/// Writes the items of a booking anew, in their order.
pub(super) fn replace_items(
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

/// Sets the status alone: the step that lets go of claims, or takes them into force.
pub(super) fn set_status(tx: &WriteTx<'_>, id: BookingId, status: Status) -> Result<()> {
    tx.execute(
        "UPDATE bookings SET status = :status WHERE org_id = :org AND id = :id",
        &[(":id", &id), (":status", &status.name())],
    )?;
    Ok(())
}

/// Writes everything about a booking but its status and items, and counts its version.
pub(super) fn update(tx: &WriteTx<'_>, booking: &Booking) -> Result<()> {
    tx.execute(
        "UPDATE bookings SET start_at = :start, end_at = :end, purpose = :purpose,
             decided_by = :decided_by, decision_note = :note, cancelled_at = :cancelled_at,
             version = :version, updated_at = :now
         WHERE org_id = :org AND id = :id",
        &[
            (":id", &booking.id),
            (":start", &booking.start_at),
            (":end", &booking.end_at),
            (":purpose", &booking.purpose),
            (":decided_by", &booking.decided_by),
            (":note", &booking.decision_note),
            (":cancelled_at", &booking.cancelled_at),
            (":version", &booking.version),
        ],
    )?;
    Ok(())
}

/// How many active bookings somebody has, without one of them.
pub(super) fn count_active(tx: &Tx<'_>, user: UserId, without: BookingId) -> Result<u32> {
    tx.value(
        "SELECT count(*) FROM bookings
         WHERE org_id = :org AND requester_user_id = :user
             AND status IN ('PENDING', 'APPROVED', 'CHECKED_OUT') AND id <> :without",
        &[(":user", &user), (":without", &without)],
    )
}

/// What somebody owes in this organization: what is open of the open fines, in cents.
pub(super) fn owed_cents(tx: &Tx<'_>, user: UserId) -> Result<i64> {
    tx.value(
        "SELECT coalesce(sum(amount_cents - paid_cents), 0) FROM fines
         WHERE org_id = :org AND user_id = :user AND status = 'OPEN'",
        &[(":user", &user)],
    )
}

/// Items of active bookings that lack their claim: there must be none.
pub(super) fn items_without_claim(tx: &Tx<'_>) -> Result<Vec<ItemId>> {
    tx.all(
        "SELECT i.id FROM bookings AS b
         JOIN booking_items AS i ON i.org_id = b.org_id AND i.booking_id = b.id
         WHERE b.org_id = :org AND b.status IN ('PENDING', 'APPROVED', 'CHECKED_OUT')
             AND i.returned_at IS NULL
             AND NOT EXISTS (
                 SELECT 1 FROM unit_claims AS c
                 WHERE c.org_id = b.org_id AND c.holder = b.id
                     AND c.resource_unit_id = i.resource_unit_id
                     AND c.start_at <= b.start_at AND c.end_at >= b.end_at)",
        &[],
        |row| row.get("id"),
    )
}

/// Claims of bookings that hold no such unit any more: there must be none.
pub(super) fn claims_without_item(tx: &Tx<'_>) -> Result<Vec<String>> {
    tx.all(
        "SELECT c.id FROM unit_claims AS c
         WHERE c.org_id = :org AND c.kind = 'booking'
             AND NOT EXISTS (
                 SELECT 1 FROM bookings AS b
                 JOIN booking_items AS i ON i.org_id = b.org_id AND i.booking_id = b.id
                 WHERE b.org_id = c.org_id AND b.id = c.holder
                     AND b.status IN ('PENDING', 'APPROVED', 'CHECKED_OUT')
                     AND i.resource_unit_id = c.resource_unit_id AND i.returned_at IS NULL)",
        &[],
        |row| row.get("id"),
    )
}
