//! `bookings`: single rows.

use super::items::add_items;
use crate::booking::model::{Booking, Status};
use crate::db::{Mapped, Row, Tx, WriteTx};
use crate::kernel::{BookingId, Result, Timestamp};

pub(super) const COLUMNS: &str = "b.id, b.requester_user_id, b.status, b.start_at, b.end_at, b.purpose,
    b.at_risk, b.decided_by, b.decision_note, b.version, b.created_at, b.updated_at, b.cancelled_at";

/// A booking with its items.
pub(in crate::booking) fn find(tx: &Tx<'_>, id: BookingId) -> Result<Option<Booking>> {
    let sql = format!("SELECT {COLUMNS} FROM bookings AS b WHERE b.org_id = :org AND b.id = :id");
    let Some(mut booking) = tx.find(&sql, &[(":id", &id)], from_row)? else { return Ok(None) };
    add_items(tx, std::slice::from_mut(&mut booking))?;
    Ok(Some(booking))
}

pub(super) const MANY: &str = "FROM json_each(:ids) AS j
    CROSS JOIN bookings AS b ON b.org_id = :org AND b.id = j.value ORDER BY j.key";

/// Those of the bookings that are there, with their items, in the order of the ids.
pub(in crate::booking) fn find_many(tx: &Tx<'_>, ids: &[BookingId]) -> Result<Vec<Booking>> {
    let ids = serde_json::to_string(ids).unwrap_or_default();
    let sql = format!("SELECT {COLUMNS} {MANY}");
    let mut bookings = tx.all(&sql, &[(":ids", &ids)], from_row)?;
    add_items(tx, &mut bookings)?;
    Ok(bookings)
}

pub(super) fn from_row(row: &Row<'_>) -> Mapped<Booking> {
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

/// Writes a new booking, without its items.
pub(in crate::booking) fn insert(tx: &WriteTx<'_>, booking: &Booking) -> Result<()> {
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

/// Sets the status alone: the step that lets go of claims before they are exchanged.
pub(in crate::booking) fn set_status(
    tx: &WriteTx<'_>,
    id: BookingId,
    status: Status,
) -> Result<()> {
    tx.execute(
        "UPDATE bookings SET status = :status WHERE org_id = :org AND id = :id",
        &[(":id", &id), (":status", &status.name())],
    )?;
    Ok(())
}

/// Puts a booking into its state, which takes its claims into force or lets go of them, and notes
/// when something happens to it by itself.
pub(in crate::booking) fn settle(
    tx: &WriteTx<'_>,
    booking: &Booking,
    due_at: Option<Timestamp>,
) -> Result<()> {
    tx.execute(
        "UPDATE bookings SET status = :status, due_at = :due WHERE org_id = :org AND id = :id",
        &[(":id", &booking.id), (":status", &booking.status.name()), (":due", &due_at)],
    )?;
    Ok(())
}

/// Writes everything about a booking but its status and items, and counts its version.
pub(in crate::booking) fn update(tx: &WriteTx<'_>, booking: &Booking) -> Result<()> {
    tx.execute(
        "UPDATE bookings SET start_at = :start, end_at = :end, purpose = :purpose,
             at_risk = :at_risk, decided_by = :decided_by, decision_note = :note, cancelled_at = :cancelled_at,
             version = :version, updated_at = :now
         WHERE org_id = :org AND id = :id",
        &[
            (":id", &booking.id),
            (":start", &booking.start_at),
            (":end", &booking.end_at),
            (":purpose", &booking.purpose),
            (":at_risk", &booking.at_risk),
            (":decided_by", &booking.decided_by),
            (":note", &booking.decision_note),
            (":cancelled_at", &booking.cancelled_at),
            (":version", &booking.version),
        ],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::plan;

    #[test]
    fn many_bookings_are_one_step_each() {
        let plan = plan(&format!("SELECT {COLUMNS} {MANY}"));
        assert_eq!(plan[1], "SEARCH b USING PRIMARY KEY (org_id=? AND id=?)", "{plan:#?}");
    }
}
