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

/// The list with the filters that were asked for. One status has an index of its own.
fn query<'a>(filters: &EntryFilters, statuses: &[EntryStatus]) -> List<'a> {
    let asks_for = "e.id IN (SELECT i.entry_id FROM waitlist_items AS i
         WHERE i.org_id = :org AND i.resource_id = :resource)";
    let list = List::new(COLUMNS, "waitlist_entries AS e WHERE e.org_id = :org", "e.id")
        .only(asks_for, ":resource", filters.resource_id)
        .only("e.requester_user_id = :requester", ":requester", filters.requester);
    match statuses {
        [] => list,
        [one] => list.only("e.status = :status", ":status", Some(one.name())),
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
