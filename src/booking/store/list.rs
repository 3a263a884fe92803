//! The list of bookings.

use super::bookings::{COLUMNS, from_row};
use super::items::add_items;
use crate::booking::model::{Booking, BookingFilters, Status};
use crate::db::{List, Tx};
use crate::kernel::{Listed, PageRequest, Result};

/// A page of bookings.
pub(in crate::booking) fn list(
    tx: &Tx<'_>,
    filters: &BookingFilters,
    statuses: &[Status],
    page: &PageRequest,
) -> Result<Listed<Booking>> {
    let mut listed = query(filters, statuses).fetch(tx, page, from_row)?;
    add_items(tx, &mut listed.rows)?;
    Ok(listed)
}

/// The list with the filters that were asked for.
fn query<'a>(filters: &BookingFilters, statuses: &[Status]) -> List<'a> {
    let from = "bookings AS b WHERE b.org_id = :org";
    let mut list = List::new(COLUMNS, from, "b.id")
        .only("b.requester_user_id = :requester", ":requester", filters.requester)
        .only(&has_item("resource_id", ":resource"), ":resource", filters.resource_id)
        .only(&has_item("resource_unit_id", ":unit"), ":unit", filters.resource_unit_id)
        .only("b.end_at > :from", ":from", filters.from)
        .only("b.start_at < :to", ":to", filters.to)
        .only("b.at_risk = :at_risk", ":at_risk", filters.at_risk);
    if !statuses.is_empty() {
        let names: Vec<&str> = statuses.iter().map(|status| status.name()).collect();
        let names = serde_json::to_string(&names).unwrap_or_default();
        list = list.only(
            "b.status IN (SELECT value FROM json_each(:statuses))",
            ":statuses",
            Some(names),
        );
    }
    list.only_if(filters.overdue == Some(true), &format!("b.id IN {LATE}"))
        .only_if(filters.overdue == Some(false), &format!("b.id NOT IN {LATE}"))
}

/// Bookings of which something is out behind their end: few, however many there are.
const LATE: &str = "(
    SELECT k.booking_id FROM unit_custody AS k WHERE k.org_id = :org AND k.due_at < :now)";

fn has_item(column: &str, param: &str) -> String {
    format!(
        "b.id IN (SELECT i.booking_id FROM booking_items AS i
             WHERE i.org_id = :org AND i.{column} = {param})"
    )
}

#[cfg(test)]
mod tests {
    use super::super::items::ITEMS;
    use super::*;
    use crate::booking::model::SORTS;
    use crate::db::testing::with_empty;
    use crate::kernel::{ResourceId, SortKey, UnitId, UserId};

    /// How an empty database would read the first page in each order.
    fn plans(filters: &BookingFilters) -> Vec<Vec<String>> {
        let page = |column, descending| PageRequest {
            limit: 50,
            sort: vec![SortKey { column, descending }],
            after: None,
        };
        let pages = SORTS.iter().flat_map(|column| [page(*column, false), page(*column, true)]);
        pages.map(|page| with_empty(|tx| query(filters, &[]).explain(tx, &page)).unwrap()).collect()
    }

    #[test]
    fn the_whole_list_and_that_of_a_person_are_read_in_the_order_of_an_index() {
        let own = BookingFilters { requester: Some(UserId::new()), ..BookingFilters::default() };
        for filters in [BookingFilters::default(), own] {
            for plan in plans(&filters) {
                let ordered = plan.iter().any(|step| step.contains("INDEX bookings_by_"));
                let sorted = plan.iter().any(|step| step.contains("TEMP B-TREE"));
                assert!(ordered && !sorted, "{plan:#?}");
            }
        }
    }

    #[test]
    fn the_items_of_a_page_cost_what_the_page_holds() {
        let explain = format!("EXPLAIN QUERY PLAN {ITEMS}");
        let plan = with_empty(|tx| {
            tx.all(&explain, &[(":ids", &"[]")], |row| row.get::<_, String>("detail")).unwrap()
        });
        let step = "SEARCH i USING INDEX booking_items_by_booking (org_id=? AND booking_id=?)";
        assert!(plan.iter().any(|found| found == step), "{plan:#?}");
    }

    /// What the triggers ask at each write, and what letting go of a booking costs.
    #[test]
    fn no_write_reads_a_whole_organization() {
        for (statement, index) in [
            ("SELECT 1 FROM booking_items WHERE org_id = :org AND booking_id = :x", "by_booking"),
            ("DELETE FROM unit_claims WHERE org_id = :org AND holder = :x", "by_holder"),
            (
                "SELECT end_at FROM unit_claims WHERE org_id = :org AND resource_unit_id = :x
                     AND start_at < 7 ORDER BY start_at DESC LIMIT 1",
                "by_unit",
            ),
            (
                "SELECT id FROM resource_units WHERE org_id = :org AND resource_id = :x
                     AND deleted_at IS NULL AND status = 'AVAILABLE'",
                "by_resource",
            ),
            (
                "SELECT count(*) FROM bookings WHERE org_id = :org AND requester_user_id = :x
                     AND status IN ('PENDING', 'APPROVED', 'CHECKED_OUT')",
                "bookings_active",
            ),
            (
                "SELECT sum(paid_cents) FROM fines WHERE org_id = :org AND user_id = :x
                     AND status = 'OPEN'",
                "fines_open",
            ),
        ] {
            let explain = format!("EXPLAIN QUERY PLAN {statement}");
            let plan = with_empty(|tx| {
                tx.all(&explain, &[(":x", &"")], |row| row.get::<_, String>("detail")).unwrap()
            });
            assert!(plan.len() == 1 && plan.iter().all(|s| s.contains(index)), "{plan:#?}");
        }
    }

    #[test]
    fn what_is_overdue_is_found_through_what_is_out() {
        let overdue = BookingFilters { overdue: Some(true), ..BookingFilters::default() };
        for plan in plans(&overdue) {
            assert_eq!(plan[0], "SEARCH b USING PRIMARY KEY (org_id=? AND id=?)", "{plan:#?}");
            assert!(plan.iter().any(|step| step.contains("unit_custody_by_due")), "{plan:#?}");
        }
    }

    #[test]
    fn the_bookings_of_a_thing_are_found_through_its_items() {
        let thing = BookingFilters::default();
        let of_resource = BookingFilters { resource_id: Some(ResourceId::new()), ..thing.clone() };
        let of_unit = BookingFilters { resource_unit_id: Some(UnitId::new()), ..thing };
        for (filters, index) in
            [(of_resource, "booking_items_by_resource"), (of_unit, "booking_items_by_unit")]
        {
            for plan in plans(&filters) {
                assert!(plan.iter().any(|step| step.contains(index)), "{plan:#?}");
            }
        }
    }
}
