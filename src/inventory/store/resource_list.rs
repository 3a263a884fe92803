//! Lists of resources: filters, search, and what is free in a period.

use super::resources::{COLUMNS, from_row};
use crate::db::{List, Tx};
use crate::inventory::model::{Resource, ResourceFilters, ResourceStatus};
use crate::kernel::{Listed, PageRequest, Result, Window, bug};

/// What a list of resources is narrowed to.
pub(in crate::inventory) struct ResourceQuery<'a> {
    /// As they were asked for.
    pub(in crate::inventory) filters: &'a ResourceFilters,
    /// The names of tags, as a JSON array.
    pub(in crate::inventory) tags: Option<String>,
    /// An expression of FTS5.
    pub(in crate::inventory) search: Option<String>,
    /// What must be free.
    pub(in crate::inventory) free: Option<Wanted>,
}

/// Units that must be free for a whole period.
#[derive(Clone, Copy)]
pub(in crate::inventory) struct Wanted {
    pub(in crate::inventory) window: Window,
    /// How many.
    pub(in crate::inventory) quantity: u32,
    /// Kept free behind the period where a resource says nothing else, in minutes.
    pub(in crate::inventory) buffer_minutes: u32,
    /// Whether the period begins so soon that what is late is not counted on.
    pub(in crate::inventory) refuses_late: bool,
}

/// One page of the resources.
pub(in crate::inventory) fn list_resources(
    tx: &Tx<'_>,
    query: ResourceQuery<'_>,
    page: &PageRequest,
) -> Result<Listed<Resource>> {
    listing(query).fetch(tx, page, from_row)
}

fn listing(query: ResourceQuery<'_>) -> List<'_> {
    let filters = query.filters;
    let from = if bug::seeded("list_without_organization") {
        "resources AS r WHERE r.org_id IS NOT NULL"
    } else {
        "resources AS r WHERE r.org_id = :org"
    };
    let list = List::new(COLUMNS, from, "r.id")
        .only_if(!filters.include_deleted, "r.deleted_at IS NULL")
        .only("r.type = :type", ":type", filters.r#type.as_ref())
        .only("r.status = :status", ":status", filters.status.map(ResourceStatus::name))
        .only("r.created_at >= :created_from", ":created_from", filters.created_from)
        .only("r.created_at < :created_to", ":created_to", filters.created_to)
        .only(WITH_ALL_TAGS, ":tags", query.tags)
        .only(
            "r.search_key IN (SELECT rowid FROM resource_search WHERE resource_search MATCH :q)",
            ":q",
            query.search,
        );
    match query.free {
        None => list,
        Some(wanted) => list
            .only_if(true, "r.status = 'AVAILABLE' AND r.deleted_at IS NULL")
            .only(WITH_FREE_UNITS, ":free_from", Some(wanted.window.start))
            .bind(":free_to", wanted.window.end)
            .bind(":quantity", wanted.quantity)
            .bind(":buffer", wanted.buffer_minutes)
            .bind(":refuses_late", wanted.refuses_late),
    }
}

/// Each tag of the JSON array is on the resource.
const WITH_ALL_TAGS: &str = "r.id IN (
    SELECT rt.resource_id FROM json_each(:tags) AS wanted
    JOIN tags AS t ON t.org_id = :org AND t.name = wanted.value AND t.deleted_at IS NULL
    JOIN resource_tags AS rt ON rt.org_id = t.org_id AND rt.tag_id = t.id
    GROUP BY rt.resource_id HAVING count(*) = json_array_length(:tags))";

/// So many units are free for the whole period and the buffer behind it. A unit is, when the last
/// of its claims that begins before the end is over at the start, and it is not late.
const WITH_FREE_UNITS: &str = "(
    SELECT count(*) FROM resource_units AS u
    WHERE u.org_id = r.org_id AND u.resource_id = r.id AND u.deleted_at IS NULL
        AND u.status = 'AVAILABLE'
        AND coalesce((
            SELECT c.end_at FROM unit_claims AS c
            WHERE c.org_id = u.org_id AND c.resource_unit_id = u.id
                AND c.start_at < :free_to + 60000 * coalesce(r.buffer_minutes, :buffer)
            ORDER BY c.start_at DESC LIMIT 1
        ), 0) <= :free_from
        AND NOT (:refuses_late AND EXISTS (
            SELECT 1 FROM unit_custody AS k
            WHERE k.org_id = u.org_id AND k.resource_unit_id = u.id AND k.due_at < :now))
    ) >= :quantity";

#[cfg(test)]
mod tests {
    use super::super::{tags, units};
    use super::*;
    use crate::db::testing::with_empty;
    use crate::inventory::model::UnitFilters;
    use crate::kernel::{ResourceId, SortColumn, SortKey, SortValue, Timestamp};

    /// Both directions, the first page and one behind it.
    fn pages(name: &'static str, sql: &'static str) -> Vec<PageRequest> {
        let mut pages = Vec::new();
        for descending in [false, true] {
            let value = SortValue::Text("m".to_owned());
            for after in [None, Some(vec![value.clone(), value])] {
                let sort = vec![SortKey { column: SortColumn { name, sql }, descending }];
                pages.push(PageRequest { limit: 50, sort, after });
            }
        }
        pages
    }

    /// The page is a step into this index and nothing is sorted; a later page steps to its place.
    fn assert_one_step(plan: &[String], index: &str, page: &PageRequest) {
        let steps: Vec<&String> =
            plan.iter().filter(|step| step.contains("USING") && step.contains(index)).collect();
        let placed = steps.iter().any(|step| step.contains(",id)"));
        assert!(!steps.is_empty() && placed == page.after.is_some(), "{index}: {plan:#?}");
        let sorted = plan.iter().any(|step| step.contains("TEMP B-TREE FOR ORDER BY"));
        let scanned = plan.iter().any(|step| step.starts_with("SCAN"));
        assert!(!sorted && !scanned, "{plan:#?}");
    }

    #[test]
    fn each_page_in_each_order_is_one_step_into_an_index() {
        with_empty(|tx| {
            for (name, sql) in
                [("name", "r.name"), ("type", "r.type"), ("created_at", "r.created_at")]
            {
                for page in pages(name, sql) {
                    for include_deleted in [false, true] {
                        let filters =
                            ResourceFilters { include_deleted, ..ResourceFilters::default() };
                        let query = ResourceQuery {
                            filters: &filters,
                            tags: None,
                            search: None,
                            free: None,
                        };
                        let plan = listing(query).explain(tx, &page).unwrap();
                        assert_one_step(&plan, &format!("resources_by_{name}"), &page);
                    }
                }
            }
        });
    }

    #[test]
    fn pages_of_units_and_tags_are_one_step_into_an_index() {
        with_empty(|tx| {
            for include_deleted in [false, true] {
                let filters = UnitFilters { include_deleted, ..UnitFilters::default() };
                for page in pages("barcode", "u.barcode") {
                    let plan = units::listing(None, &filters).explain(tx, &page).unwrap();
                    assert_one_step(&plan, "resource_units_", &page);
                    let of = Some(ResourceId::new());
                    let plan = units::listing(of, &filters).explain(tx, &page).unwrap();
                    assert_one_step(&plan, "resource_units_by_resource", &page);
                }
                for page in pages("name", "t.name") {
                    let plan = tags::listing(include_deleted).explain(tx, &page).unwrap();
                    assert_one_step(&plan, "tags_", &page);
                }
            }
        });
    }

    #[test]
    fn what_is_free_is_one_step_for_each_unit() {
        with_empty(|tx| {
            let filters = ResourceFilters::default();
            let window = Window::new(Timestamp::from_millis(1), Timestamp::from_millis(2));
            let wanted =
                |window| Wanted { window, quantity: 1, buffer_minutes: 0, refuses_late: true };
            let free = window.map(wanted);
            for page in pages("name", "r.name") {
                let query = ResourceQuery { filters: &filters, tags: None, search: None, free };
                let plan = listing(query).explain(tx, &page).unwrap();
                assert_one_step(&plan, "resources_by_name", &page);
                let step = "SEARCH c USING COVERING INDEX unit_claims_by_unit \
                            (org_id=? AND resource_unit_id=? AND start_at<?)";
                let steps = plan.iter().filter(|found| found.as_str() == step).count();
                assert_eq!(steps, 2, "{plan:#?}");
            }
        });
    }

    #[test]
    fn one_type_by_name_is_one_step_into_an_index() {
        with_empty(|tx| {
            let filters =
                ResourceFilters { r#type: Some("camera".into()), ..ResourceFilters::default() };
            for page in pages("name", "r.name") {
                let query =
                    ResourceQuery { filters: &filters, tags: None, search: None, free: None };
                let plan = listing(query).explain(tx, &page).unwrap();
                assert_one_step(&plan, "resources_of_type (org_id=? AND type=?", &page);
            }
        });
    }
}
