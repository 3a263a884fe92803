//! Which active bookings hold a unit. Reads the tables of calendar and booking.

use crate::db::{ToSql, Tx};
use crate::kernel::{BookingId, ResourceId, Result, UnitId};

/// The active bookings that hold the unit, the earliest first.
pub(in crate::inventory) fn bookings_of_unit(tx: &Tx<'_>, unit: UnitId) -> Result<Vec<BookingId>> {
    holders(tx, "c.resource_unit_id = :id", &unit)
}

/// The active bookings that hold any unit of the resource, the earliest first.
pub(in crate::inventory) fn bookings_of_resource(
    tx: &Tx<'_>,
    resource: ResourceId,
) -> Result<Vec<BookingId>> {
    let units = "c.resource_unit_id IN (
        SELECT u.id FROM resource_units AS u WHERE u.org_id = :org AND u.resource_id = :id)";
    holders(tx, units, &resource)
}

/// A booking that was never fetched and whose period is over holds nothing any more; one that is
/// out does until it is back.
fn holders(tx: &Tx<'_>, which: &str, id: &dyn ToSql) -> Result<Vec<BookingId>> {
    let sql = format!(
        "SELECT DISTINCT b.id, b.start_at
         FROM unit_claims AS c JOIN bookings AS b ON b.org_id = c.org_id AND b.id = c.holder
         WHERE c.org_id = :org AND {which} AND c.kind = 'booking'
             AND b.status IN ('PENDING', 'APPROVED', 'CHECKED_OUT')
             AND (b.status = 'CHECKED_OUT' OR b.end_at > :now)
         ORDER BY b.start_at, b.id"
    );
    tx.all(&sql, &[(":id", id)], |row| row.get("id"))
}
