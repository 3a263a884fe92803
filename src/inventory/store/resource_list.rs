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
    /// The period, how many units must be free in it, and the buffer where a resource has none.
    pub(in crate::inventory) free: Option<(Window, u32, u32)>,
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
        Some((window, quantity, buffer)) => list
            .only_if(true, "r.status = 'AVAILABLE' AND r.deleted_at IS NULL")
            .only(WITH_FREE_UNITS, ":free_from", Some(window.start))
            .bind(":free_to", window.end)
            .bind(":quantity", quantity)
            .bind(":buffer", buffer),
    }
}

/// Each tag of the JSON array is on the resource.
const WITH_ALL_TAGS: &str = "r.id IN (
    SELECT rt.resource_id FROM json_each(:tags) AS wanted
    JOIN tags AS t ON t.org_id = :org AND t.name = wanted.value AND t.deleted_at IS NULL
    JOIN resource_tags AS rt ON rt.org_id = t.org_id AND rt.tag_id = t.id
    GROUP BY rt.resource_id HAVING count(*) = json_array_length(:tags))";

/// So many units are free for the whole period and the buffer behind it. A unit is, when the last
/// of its claims that begins before the end is over at the start.
const WITH_FREE_UNITS: &str = "(
    SELECT count(*) FROM resource_units AS u
    WHERE u.org_id = r.org_id AND u.resource_id = r.id AND u.deleted_at IS NULL
        AND u.status = 'AVAILABLE'
        AND coalesce((
            SELECT c.end_at FROM unit_claims AS c
            WHERE c.org_id = u.org_id AND c.resource_unit_id = u.id
                AND c.start_at < :free_to + 60000 * coalesce(r.buffer_minutes, :buffer)
            ORDER BY c.start_at DESC LIMIT 1
        ), 0) <= :free_from) >= :quantity";

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::db::{Db, DbOptions, migrate};
    use crate::kernel::{Actor, ManualClock, OrgId, SortColumn, SortKey, SortValue, Timestamp};

    fn plan(tx: &Tx<'_>, filters: &ResourceFilters, key: SortKey, after: bool) -> String {
        let value = SortValue::Text("m".to_owned());
        let page = PageRequest {
            limit: 50,
            sort: vec![key],
            after: after.then(|| vec![value.clone(), value]),
        };
        let query = ResourceQuery { filters, tags: None, search: None, free: None };
        listing(query).explain(tx, &page).unwrap().join("\n")
    }

    #[test]
    fn each_page_in_each_order_is_one_step_into_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pret.db");
        migrate(&path).unwrap();
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(0)));
        let db = Db::open(&path, DbOptions::new(clock)).unwrap();
        db.read(|global| {
            let tx = global.within(OrgId::new(), Actor::system());
            for column in ["name", "type", "created_at"] {
                let sql = ["r.name", "r.type", "r.created_at"]
                    .into_iter()
                    .find(|sql| sql.ends_with(column))
                    .unwrap();
                for descending in [false, true] {
                    for (include_deleted, after) in
                        [(false, false), (false, true), (true, false), (true, true)]
                    {
                        let filters =
                            ResourceFilters { include_deleted, ..ResourceFilters::default() };
                        let key = SortKey { column: SortColumn { name: column, sql }, descending };
                        let plan = plan(&tx, &filters, key, after);
                        let index = format!("SEARCH r USING INDEX resources_by_{column} (org_id=?");
                        assert!(plan.contains(&index), "{plan}");
                        let deeper = format!("(org_id=? AND ({column},id)");
                        assert_eq!(plan.contains(&deeper), after, "{plan}");
                        assert!(!plan.contains("USE TEMP B-TREE FOR ORDER BY"), "{plan}");
                        assert!(!plan.contains("SCAN u"), "{plan}");
                    }
                }
            }
            Ok(())
        })
        .unwrap();
    }
}
