//! Lists of entries, with score and places.

use std::collections::HashMap;

use super::entries::{COLUMNS, add_parts, from_row};
use super::ranking::{Ranked, ranking};
use crate::db::{List, Tx};
use crate::identity;
use crate::kernel::{EntryId, Listed, PageRequest, Result};
use crate::waitlist::model::{Entry, EntryFilters, EntryStatus};
use crate::waitlist::rules::score;

/// A page of entries.
pub(in crate::waitlist) fn list(
    tx: &Tx<'_>,
    filters: &EntryFilters,
    statuses: &[EntryStatus],
    page: &PageRequest,
) -> Result<Listed<Entry>> {
    let mut listed = query(filters, statuses).fetch(tx, page, from_row)?;
    add_parts(tx, &mut listed.rows)?;
    with_places(tx, &mut listed.rows)?;
    Ok(listed)
}

/// The list with the filters that were asked for. One status has indexes of its own, and so has all
/// that is alive: what the desk looks at.
fn query<'a>(filters: &EntryFilters, statuses: &[EntryStatus]) -> List<'a> {
    let asks_for = "e.id IN (SELECT i.entry_id FROM waitlist_items AS i
         WHERE i.org_id = :org AND i.resource_id = :resource)";
    let list = List::new(COLUMNS, "waitlist_entries AS e WHERE e.org_id = :org", "e.id")
        .only(asks_for, ":resource", filters.resource_id)
        .only("e.requester_user_id = :requester", ":requester", filters.requester);
    match statuses {
        [] => list,
        [one] => list.only("e.status = :status", ":status", Some(one.name())),
        [one, two] if one != two && one.is_alive() && two.is_alive() => {
            list.only_if(true, "e.status IN ('WAITING', 'OFFERED')")
        }
        several => {
            let names: Vec<&str> = several.iter().map(|status| status.name()).collect();
            let names = serde_json::to_string(&names).unwrap_or_default();
            let among = "e.status IN (SELECT value FROM json_each(:statuses))";
            list.only(among, ":statuses", Some(names))
        }
    }
}

/// Gives entries their score as of now, and their places, by the ranking statement.
pub(in crate::waitlist) fn with_places(tx: &Tx<'_>, entries: &mut [Entry]) -> Result<()> {
    let ids: Vec<EntryId> = entries.iter().map(|entry| entry.id).collect();
    let ranked = ranking(tx, &identity::policy(tx)?, &ids, true)?;
    let mut ranked: HashMap<EntryId, Ranked> =
        ranked.into_iter().map(|ranked| (ranked.entry_id, ranked)).collect();
    for entry in entries {
        let Some(ranked) = ranked.remove(&entry.id) else { continue };
        (entry.priority_score, entry.score) = score(&ranked.parts, entry.created_at, tx.now());
        for item in &mut entry.items {
            item.position = ranked.positions.get(&item.resource_id).copied();
        }
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::db::testing::with_empty;
    use crate::kernel::{ResourceId, SortColumn, SortKey, SortValue, UserId};
    use crate::waitlist::model::SORTS;
    use EntryStatus::{Offered, Rejected, Waiting};

    /// How an empty database would read a page: the first one, or one that begins elsewhere.
    fn plan(
        filters: &EntryFilters,
        statuses: &[EntryStatus],
        (column, descending): (SortColumn, bool),
        after: Option<Vec<SortValue>>,
    ) -> Vec<String> {
        let page = PageRequest { limit: 50, sort: vec![SortKey { column, descending }], after };
        with_empty(|tx| query(filters, statuses).explain(tx, &page)).unwrap()
    }

    /// A page in the middle, in the order of a column.
    pub(in crate::waitlist::store) fn plan_of(
        filters: &EntryFilters,
        statuses: &[EntryStatus],
        sort: &str,
    ) -> Vec<String> {
        let column = SORTS.iter().find(|column| column.name == sort).unwrap();
        let after = vec![SortValue::Integer(0), SortValue::Text(String::new())];
        plan(filters, statuses, (*column, false), Some(after))
    }

    #[test]
    fn the_list_and_each_status_are_read_in_the_order_of_an_index() {
        for (statuses, by_rank, by_created) in [
            (&[][..], "waitlist_by_rank", "waitlist_by_created"),
            (&[Waiting], "waitlist_by_status_rank", "waitlist_by_status_created"),
            (&[Rejected], "waitlist_by_status_rank", "waitlist_by_status_created"),
            (&[Offered, Waiting], "waitlist_alive_by_rank", "waitlist_alive_by_created"),
        ] {
            for (column, index) in SORTS.iter().zip([by_rank, by_created]) {
                for descending in [false, true] {
                    let sort = (*column, descending);
                    let plan = plan(&EntryFilters::default(), statuses, sort, None);
                    let step = format!("SEARCH e USING INDEX {index} (");
                    assert!(plan.len() == 1 && plan[0].starts_with(&step), "{plan:#?}");
                }
            }
        }
    }

    #[test]
    fn a_page_in_the_middle_is_one_step_into_the_index() {
        for (statuses, keys) in [(&[][..], "org_id=?"), (&[Waiting], "org_id=? AND status=?")] {
            for (sort, column) in [("rank", "rank"), ("created_at", "created_at")] {
                let plan = plan_of(&EntryFilters::default(), statuses, sort);
                let step = format!("({keys} AND ({column},id)>(?,?))");
                assert!(plan.len() == 1 && plan[0].ends_with(&step), "{plan:#?}");
            }
        }
    }

    #[test]
    fn the_entries_of_a_person_or_of_a_resource_are_found_by_what_they_are_few() {
        let all = EntryFilters::default();
        let person = EntryFilters { requester: Some(UserId::new()), ..all.clone() };
        let resource = EntryFilters { resource_id: Some(ResourceId::new()), ..all };
        for statuses in [&[][..], &[Waiting], &[Waiting, Offered]] {
            for (filters, index) in
                [(&person, "waitlist_by_requester"), (&resource, "waitlist_items_by_resource")]
            {
                let plan = plan_of(filters, statuses, "rank");
                assert!(plan.iter().any(|step| step.contains(index)), "{plan:#?}");
            }
        }
    }
}
