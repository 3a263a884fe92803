//! What a barcode stands for, and who reserves it.

use crate::booking::Status;
use crate::db::{Tx, word};
use crate::desk::model::{Barcode, Found, Reserved, ScannedResource};
use crate::kernel::{Result, UnitId};

const BY_BARCODE: &str = "
    SELECT u.id, u.status AS unit_status, r.id AS resource, r.name, r.type, r.status
    FROM resource_units AS u
    CROSS JOIN resources AS r ON r.org_id = :org AND r.id = u.resource_id
    WHERE u.org_id = :org AND u.barcode = :barcode AND u.deleted_at IS NULL";

/// The unit with this barcode, among those that are not deleted.
pub(in crate::desk) fn find_by_barcode(tx: &Tx<'_>, barcode: &Barcode) -> Result<Option<Found>> {
    tx.find(BY_BARCODE, &[(":barcode", &barcode.0)], |row| {
        Ok(Found {
            unit_id: row.get("id")?,
            unit_status: word(row, "unit_status")?,
            resource: ScannedResource {
                id: row.get("resource")?,
                name: row.get("name")?,
                r#type: row.get("type")?,
                status: word(row, "status")?,
            },
        })
    })
}

const RESERVED: &str = "
    SELECT b.id, b.status, b.start_at, b.end_at,
        b.due_at IS NOT NULL AND b.due_at <= :now AS is_due
    FROM unit_claims AS c
    CROSS JOIN bookings AS b ON b.org_id = :org AND b.id = c.holder AND b.end_at > :now
        AND b.status IN ('PENDING', 'APPROVED', 'CHECKED_OUT')
    WHERE c.org_id = :org AND c.resource_unit_id = :unit AND c.kind = 'booking' AND EXISTS (
        SELECT 1 FROM booking_items AS i
        WHERE i.org_id = :org AND i.booking_id = b.id AND i.resource_unit_id = :unit
            AND i.checked_out_at IS NULL AND i.returned_at IS NULL)
    ORDER BY c.start_at LIMIT 2";

/// The first two active bookings that keep the unit for somebody who has not fetched it.
pub(in crate::desk) fn reserved(tx: &Tx<'_>, unit: UnitId) -> Result<Vec<Reserved>> {
    tx.all(RESERVED, &[(":unit", &unit)], |row| {
        let status: String = row.get("status")?;
        Ok(Reserved {
            booking_id: row.get("id")?,
            status: Status::from_name(&status).unwrap_or(Status::Expired),
            start_at: row.get("start_at")?,
            end_at: row.get("end_at")?,
            is_due: row.get("is_due")?,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::plan;

    #[test]
    fn a_scan_costs_what_the_unit_is_claimed_for() {
        let resource = "SEARCH r USING INDEX sqlite_autoindex_resources_2 (org_id=? AND id=?)";
        for (statement, steps) in [
            (
                BY_BARCODE,
                &["SEARCH u USING INDEX resource_units_sorted (org_id=? AND barcode=?)", resource]
                    [..],
            ),
            (
                RESERVED,
                &[
                    "SEARCH c USING INDEX unit_claims_by_unit (org_id=? AND resource_unit_id=?)",
                    "SEARCH b USING PRIMARY KEY (org_id=? AND id=?)",
                    "SEARCH i EXISTS USING INDEX booking_items_unit_once \
                     (org_id=? AND booking_id=? AND resource_unit_id=?)",
                ],
            ),
        ] {
            let plan = plan(statement);
            let searches: Vec<&str> = plan
                .iter()
                .map(|step| step.trim())
                .filter(|step| step.contains("SEARCH"))
                .collect();
            assert_eq!(searches, steps, "{plan:#?}");
            assert!(!plan.concat().contains("TEMP B-TREE"), "{plan:#?}");
        }
    }
}
