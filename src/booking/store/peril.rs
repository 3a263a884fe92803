//! Which bookings are endangered: their unit is late with somebody else, or out of service.

use crate::db::Tx;
use crate::kernel::{BookingId, ItemId, Result, Timestamp};

/// Whether an item `i` of a booking `b` may not find its unit: the one rule, which every statement
/// here and in `verify` goes by. `:late_until`: before it begin the periods that count.
pub(super) const ENDANGERED: &str = "(
    b.status IN ('PENDING', 'APPROVED', 'CHECKED_OUT')
    AND i.checked_out_at IS NULL AND i.returned_at IS NULL
    AND (
        b.start_at < :late_until AND EXISTS (
            SELECT 1 FROM unit_custody AS k
            WHERE k.org_id = i.org_id AND k.resource_unit_id = i.resource_unit_id
                AND k.due_at < :now AND k.booking_id <> b.id)
        OR NOT EXISTS (
            SELECT 1 FROM resource_units AS u
            JOIN resources AS r ON r.org_id = u.org_id AND r.id = u.resource_id
            WHERE u.org_id = i.org_id AND u.id = i.resource_unit_id
                AND u.status = 'AVAILABLE' AND u.deleted_at IS NULL
                AND r.status = 'AVAILABLE' AND r.deleted_at IS NULL)))";

/// The items of a booking that are endangered now.
pub(in crate::booking) fn endangered_items(
    tx: &Tx<'_>,
    booking: BookingId,
    late_until: Option<Timestamp>,
) -> Result<Vec<ItemId>> {
    let sql = format!(
        "SELECT i.id FROM bookings AS b
         JOIN booking_items AS i ON i.org_id = b.org_id AND i.booking_id = b.id
         WHERE b.org_id = :org AND b.id = :booking AND {ENDANGERED}"
    );
    tx.all(&sql, &[(":booking", &booking), (":late_until", &late_until)], |row| row.get("id"))
}

pub(super) const NEWLY: &str = "
    SELECT DISTINCT b.id FROM unit_custody AS k
    CROSS JOIN unit_claims AS c ON c.org_id = :org AND c.resource_unit_id = k.resource_unit_id
        AND c.start_at < :late_until AND c.kind = 'booking' AND c.holder <> k.booking_id
    CROSS JOIN booking_items AS i ON i.org_id = :org AND i.booking_id = c.holder
        AND i.resource_unit_id = k.resource_unit_id
        AND i.endangered = 0 AND i.checked_out_at IS NULL AND i.returned_at IS NULL
    CROSS JOIN bookings AS b ON b.org_id = :org AND b.id = c.holder AND b.start_at < :late_until
    WHERE k.org_id = :org AND k.due_at < :now
    ORDER BY b.start_at, b.id LIMIT :most";

/// Bookings that what is late endangers and that have not been looked at, the earliest first. Cost
/// follows what is late, not what there is.
pub(in crate::booking) fn newly_endangered(
    tx: &Tx<'_>,
    late_until: Option<Timestamp>,
    most: usize,
) -> Result<Vec<BookingId>> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    tx.all(NEWLY, &[(":late_until", &late_until), (":most", &most)], |row| row.get("id"))
}

pub(super) const OUT_OF_SERVICE: &str = "
    SELECT DISTINCT b.id FROM json_each(:units) AS j
    CROSS JOIN unit_claims AS c ON c.org_id = :org AND c.resource_unit_id = j.value
        AND c.kind = 'booking'
    CROSS JOIN booking_items AS i ON i.org_id = :org AND i.booking_id = c.holder
        AND i.resource_unit_id = j.value AND i.endangered = 0
    CROSS JOIN bookings AS b ON b.org_id = :org AND b.id = c.holder
    WHERE ";

/// Bookings that hold one of these units though it is not lent any more, and have not been looked
/// at, the earliest first.
pub(in crate::booking) fn held_out_of_service(
    tx: &Tx<'_>,
    units: &str,
    late_until: Option<Timestamp>,
) -> Result<Vec<BookingId>> {
    let sql = format!("{OUT_OF_SERVICE} {ENDANGERED} ORDER BY b.start_at, b.id");
    tx.all(&sql, &[(":units", &units), (":late_until", &late_until)], |row| row.get("id"))
}

pub(super) const BESIDE: &str = "
    SELECT b.id FROM bookings AS b
    WHERE b.org_id = :org AND b.at_risk = 1 AND EXISTS (
        SELECT 1 FROM booking_items AS i
        JOIN resource_units AS u ON u.org_id = i.org_id AND u.resource_id = i.resource_id
        WHERE i.org_id = b.org_id AND i.booking_id = b.id AND i.endangered = 1
            AND u.id IN (SELECT value FROM json_each(:units)))
    ORDER BY b.start_at, b.id";

/// Bookings at risk for want of units such as these, the earliest first.
pub(in crate::booking) fn at_risk_beside(tx: &Tx<'_>, units: &str) -> Result<Vec<BookingId>> {
    tx.all(BESIDE, &[(":units", &units)], |row| row.get("id"))
}

/// All bookings at risk, the earliest first.
pub(in crate::booking) fn at_risk(tx: &Tx<'_>) -> Result<Vec<BookingId>> {
    let sql = "SELECT b.id FROM bookings AS b WHERE b.org_id = :org AND b.at_risk = 1
               ORDER BY b.start_at, b.id";
    tx.all(sql, &[], |row| row.get("id"))
}

pub(super) const NEXT_LATE: &str =
    "SELECT min(due_at) FROM unit_custody WHERE org_id = :org AND due_at >= :now";

pub(super) const NEXT_NEAR: &str = "
    SELECT min((
        SELECT min(c.start_at) FROM unit_claims AS c
        WHERE c.org_id = :org AND c.resource_unit_id = k.resource_unit_id
            AND c.start_at >= :late_until))
    FROM unit_custody AS k WHERE k.org_id = :org AND k.due_at < :now";

/// When a unit that is out becomes late, and when the next period comes near that counts on one
/// that is.
pub(in crate::booking) fn lateness_due(
    tx: &Tx<'_>,
    late_until: Option<Timestamp>,
) -> Result<Option<Timestamp>> {
    let Some(until) = late_until else { return Ok(None) };
    let late: Option<Timestamp> = tx.value(NEXT_LATE, &[])?;
    let near: Option<Timestamp> = tx.value(NEXT_NEAR, &[(":late_until", &until)])?;
    // Late is what lies behind its end, near what begins before the horizon.
    let near = near.map(|start| tx.now().plus(start.since(until) + 1));
    Ok([late.map(|due| due.plus(1)), near].into_iter().flatten().min())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::plan;

    #[test]
    fn looking_for_danger_costs_what_is_late_and_what_is_at_risk() {
        for (statement, steps) in [
            (
                NEWLY,
                &[
                    "SEARCH k USING INDEX unit_custody_by_due (org_id=? AND due_at<?)",
                    "SEARCH c USING INDEX unit_claims_by_unit \
                     (org_id=? AND resource_unit_id=? AND start_at<?)",
                ][..],
            ),
            (BESIDE, &["SEARCH b USING COVERING INDEX bookings_at_risk (org_id=?)"][..]),
            (
                NEXT_LATE,
                &["SEARCH unit_custody USING COVERING INDEX unit_custody_by_due \
                   (org_id=? AND due_at>?)"][..],
            ),
        ] {
            let plan = plan(statement);
            for step in steps {
                assert!(plan.iter().any(|found| found == step), "{step}: {plan:#?}");
            }
        }
    }
}
