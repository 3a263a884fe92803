//! Taking a person out of bookings that are over.

use crate::booking::model::Booking;
use crate::db::{Tx, WriteTx};
use crate::kernel::{BookingId, Result, Timestamp, UserId, bug};

/// Over, and nothing has happened to it or its fines since: what came back late still counts for a
/// year after it came back. The fines of a booking are few.
const FORGETTABLE: &str = "SELECT b.id FROM bookings AS b
    WHERE b.org_id = :org AND b.anonymised_at IS NULL
        AND b.status IN ('DRAFT', 'RETURNED', 'REJECTED', 'CANCELLED', 'EXPIRED')
        AND b.end_at < :until AND b.updated_at < :until
        AND NOT EXISTS (
            SELECT 1 FROM fines AS f
            WHERE f.org_id = b.org_id AND f.booking_id = b.id AND (
                f.status = 'OPEN' OR f.created_at >= :until OR EXISTS (
                    SELECT 1 FROM audit_events AS e
                    WHERE e.org_id = f.org_id AND e.entity_id = f.id AND e.at >= :until)))
    ORDER BY b.end_at LIMIT :most";

/// Bookings that have been over, with all that belongs to them, since before this; the oldest first.
pub(in crate::booking) fn list_forgettable(
    tx: &Tx<'_>,
    until: Timestamp,
    most: usize,
) -> Result<Vec<BookingId>> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    if bug::seeded("retention_with_open_fine") {
        let all = FORGETTABLE.replace("NOT EXISTS", "TRUE OR EXISTS");
        return tx.all(&all, &[(":until", &until), (":most", &most)], |row| row.get("id"));
    }
    tx.all(FORGETTABLE, &[(":until", &until), (":most", &most)], |row| row.get("id"))
}

/// All bookings of somebody.
pub(in crate::booking) fn bookings_of(tx: &Tx<'_>, user: UserId) -> Result<Vec<BookingId>> {
    tx.all(
        "SELECT id FROM bookings WHERE org_id = :org AND requester_user_id = :user",
        &[(":user", &user)],
        |row| row.get("id"),
    )
}

/// Writes a booking of which only who it was for and what was said has changed. Given an instant, it
/// has passed to the stand-in then, for good.
pub(in crate::booking) fn anonymise(
    tx: &WriteTx<'_>,
    booking: &Booking,
    passed_at: Option<Timestamp>,
) -> Result<()> {
    tx.execute(
        "UPDATE bookings SET requester_user_id = :requester, status = :status, purpose = :purpose,
             decision_note = :note, cancelled_at = :cancelled_at, version = :version,
             updated_at = :now, anonymised_at = coalesce(:passed_at, anonymised_at)
         WHERE org_id = :org AND id = :id",
        &[
            (":id", &booking.id),
            (":requester", &booking.requester_user_id),
            (":status", &booking.status.name()),
            (":purpose", &booking.purpose),
            (":note", &booking.decision_note),
            (":cancelled_at", &booking.cancelled_at),
            (":version", &booking.version),
            (":passed_at", &passed_at),
        ],
    )?;
    tx.execute(
        "UPDATE booking_items SET return_note = NULL
         WHERE org_id = :org AND booking_id = :id AND return_note IS NOT NULL",
        &[(":id", &booking.id)],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::plan;

    #[test]
    fn what_may_be_forgotten_is_read_in_the_order_of_its_index() {
        let plan = plan(FORGETTABLE);
        for index in ["bookings_to_anonymise", "fines_by_booking", "audit_events_by_entity"] {
            assert!(plan.iter().any(|step| step.contains(index)), "{index} in {plan:#?}");
        }
        assert!(!plan.concat().contains("TEMP B-TREE"), "{plan:#?}");
    }
}
