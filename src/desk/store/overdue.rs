//! What is out and should be back, and the bookings that count on it.

use crate::db::{List, Mapped, Row, Tx};
use crate::desk::model::{LateItem, ThreatenedBooking};
use crate::identity::Person;
use crate::kernel::{Listed, PageRequest, Result, Timestamp, UnitId, bug};

const COLUMNS: &str = "k.booking_item_id, k.booking_id, k.resource_unit_id, k.since, k.due_at,
    u.resource_id, u.barcode, r.name, p.id AS person, p.email, p.full_name";

/// CROSS JOIN keeps the order of the index: by the instant at which it was due.
const LATE: &str = "unit_custody AS k
    CROSS JOIN bookings AS b ON b.org_id = k.org_id AND b.id = k.booking_id
    CROSS JOIN resource_units AS u ON u.org_id = k.org_id AND u.id = k.resource_unit_id
    CROSS JOIN resources AS r ON r.org_id = k.org_id AND r.id = u.resource_id
    CROSS JOIN users AS p ON p.id = b.requester_user_id
    WHERE k.due_at < :now";

/// A page of what is late, without what follows from it.
pub(in crate::desk) fn list_late(tx: &Tx<'_>, page: &PageRequest) -> Result<Listed<LateItem>> {
    late().fetch(tx, page, from_row)
}

fn late<'a>() -> List<'a> {
    let of_others = bug::seeded("overdue_of_others");
    let own = if of_others { ":org IS NOT NULL" } else { "k.org_id = :org" };
    List::new(COLUMNS, LATE, "k.booking_item_id").only_if(true, own)
}

fn from_row(row: &Row<'_>) -> Mapped<LateItem> {
    Ok(LateItem {
        item_id: row.get("booking_item_id")?,
        booking_id: row.get("booking_id")?,
        resource_id: row.get("resource_id")?,
        resource_name: row.get("name")?,
        resource_unit_id: row.get("resource_unit_id")?,
        barcode: row.get("barcode")?,
        requester: Person {
            id: row.get("person")?,
            email: row.get("email")?,
            full_name: row.get("full_name")?,
        },
        checked_out_at: row.get("since")?,
        due_at: row.get("due_at")?,
        days_late: 0,
        endangers: Vec::new(),
    })
}

const COUNT: &str = "SELECT count(*) FROM unit_custody WHERE org_id = :org AND due_at < :now";

/// How many items are late.
pub(in crate::desk) fn count_late(tx: &Tx<'_>) -> Result<i64> {
    tx.value(COUNT, &[])
}

const THREATENED: &str = "
    SELECT c.resource_unit_id, b.id, b.start_at, b.end_at, b.requester_user_id, b.at_risk
    FROM json_each(:units) AS j
    CROSS JOIN unit_claims AS c ON c.org_id = :org AND c.resource_unit_id = j.value
        AND c.start_at < :late_until AND c.kind = 'booking'
    CROSS JOIN bookings AS b ON b.org_id = :org AND b.id = c.holder AND b.start_at < :late_until
        AND b.status IN ('PENDING', 'APPROVED', 'CHECKED_OUT')
    WHERE EXISTS (
        SELECT 1 FROM booking_items AS i
        WHERE i.org_id = :org AND i.booking_id = b.id AND i.resource_unit_id = j.value
            AND i.checked_out_at IS NULL AND i.returned_at IS NULL)
    ORDER BY j.key, b.start_at, b.id";

/// The bookings that reserve these units and begin before an instant, each with its unit; none
/// where there is no such instant.
pub(in crate::desk) fn threatened(
    tx: &Tx<'_>,
    units: &[UnitId],
    late_until: Option<Timestamp>,
) -> Result<Vec<(UnitId, ThreatenedBooking)>> {
    let units = serde_json::to_string(units).unwrap_or_default();
    tx.all(THREATENED, &[(":units", &units), (":late_until", &late_until)], |row| {
        let booking = ThreatenedBooking {
            booking_id: row.get("id")?,
            start_at: row.get("start_at")?,
            end_at: row.get("end_at")?,
            requester_user_id: row.get("requester_user_id")?,
            at_risk: row.get("at_risk")?,
        };
        Ok((row.get("resource_unit_id")?, booking))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::{plan, with_empty};
    use crate::desk::model::BY_DUE;
    use crate::kernel::{SortKey, SortValue};

    #[test]
    fn a_page_begins_in_the_index_of_what_is_due_and_stays_in_its_order() {
        for descending in [false, true] {
            for after in [None, Some(vec![SortValue::Integer(0), SortValue::Text(String::new())])] {
                let from = match (&after, descending) {
                    (Some(_), false) => "(due_at,booking_item_id)>(?,?)",
                    _ => "",
                };
                let sort = vec![SortKey { column: BY_DUE, descending }];
                let page = PageRequest { limit: 50, sort, after };
                let plan = with_empty(|tx| late().explain(tx, &page)).unwrap();
                let start = "SEARCH k USING INDEX unit_custody_by_due (org_id=? AND ";
                let others = plan.iter().skip(1).all(|step| {
                    step.contains("(org_id=? AND id=?)") || step.contains("users_1 (id=?)")
                });
                let in_order = plan[0].starts_with(start) && plan[0].contains(from);
                assert!(plan.len() == 5 && in_order && others, "{plan:#?}");
            }
        }
    }

    #[test]
    fn counting_and_looking_ahead_cost_what_is_late() {
        for (statement, steps) in [
            (
                COUNT,
                &["SEARCH unit_custody USING COVERING INDEX unit_custody_by_due \
                   (org_id=? AND due_at<?)"][..],
            ),
            (
                THREATENED,
                &[
                    "SEARCH c USING INDEX unit_claims_by_unit \
                     (org_id=? AND resource_unit_id=? AND start_at<?)",
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
        }
    }
}
