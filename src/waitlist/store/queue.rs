//! `waitlist_queue`: who waits for which resource, in the order of service.

use crate::db::{Tx, WriteTx};
use crate::kernel::{EntryId, ResourceId, Result, UnitId};

/// A unit that is lent, and what is kept free behind a period of it.
#[derive(Debug, Clone, Copy)]
pub(in crate::waitlist) struct LentUnit {
    pub(in crate::waitlist) resource_id: ResourceId,
    pub(in crate::waitlist) unit_id: UnitId,
    pub(in crate::waitlist) buffer_minutes: i64,
}

/// Somebody in a queue who could use what is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::waitlist) struct Candidate {
    pub(in crate::waitlist) rank: i64,
    pub(in crate::waitlist) entry_id: EntryId,
}

pub(super) const ENTER: &str = "
    INSERT INTO waitlist_queue (org_id, resource_id, rank, entry_id)
    SELECT DISTINCT i.org_id, i.resource_id, e.rank, e.id
    FROM waitlist_entries AS e
    JOIN waitlist_items AS i ON i.org_id = e.org_id AND i.entry_id = e.id
    WHERE e.org_id = :org AND e.id = :entry";

pub(super) const LEAVE: &str =
    "DELETE FROM waitlist_queue WHERE org_id = :org AND entry_id = :entry";

/// Puts an entry into the queue of each resource it asks for, at the place of its score.
pub(in crate::waitlist) fn enter_queue(tx: &WriteTx<'_>, entry: EntryId) -> Result<()> {
    tx.execute(ENTER, &[(":entry", &entry)])?;
    Ok(())
}

/// Takes an entry out of all queues; answers of how many.
pub(in crate::waitlist) fn leave_queue(tx: &WriteTx<'_>, entry: EntryId) -> Result<usize> {
    tx.execute(LEAVE, &[(":entry", &entry)])
}

/// The resources that somebody waits for: one step into the index for each.
pub(in crate::waitlist) fn queued_resources(tx: &Tx<'_>) -> Result<Vec<ResourceId>> {
    tx.all(
        "WITH RECURSIVE each(id) AS (
             SELECT min(resource_id) FROM waitlist_queue WHERE org_id = :org
             UNION ALL
             SELECT (SELECT min(q.resource_id) FROM waitlist_queue AS q
                     WHERE q.org_id = :org AND q.resource_id > each.id)
             FROM each WHERE each.id IS NOT NULL)
         SELECT id FROM each WHERE id IS NOT NULL",
        &[],
        |row| row.get("id"),
    )
}

pub(super) const LENT_UNITS: &str = "
    SELECT u.id, u.resource_id, coalesce(r.buffer_minutes, :buffer) AS buffer_minutes
    FROM json_each(:units) AS j
    CROSS JOIN resource_units AS u ON u.org_id = :org AND u.id = j.value
    CROSS JOIN resources AS r ON r.org_id = :org AND r.id = u.resource_id
    WHERE u.deleted_at IS NULL AND u.status = 'AVAILABLE'
        AND r.deleted_at IS NULL AND r.status = 'AVAILABLE'
        AND EXISTS (SELECT 1 FROM waitlist_queue AS q
                    WHERE q.org_id = :org AND q.resource_id = u.resource_id)
    ORDER BY u.resource_id, u.id";

/// Those of these units that are lent, of resources that somebody waits for, resource by resource.
pub(in crate::waitlist) fn lent_units(
    tx: &Tx<'_>,
    units: &str,
    buffer_minutes: i64,
) -> Result<Vec<LentUnit>> {
    tx.all(LENT_UNITS, &[(":units", &units), (":buffer", &buffer_minutes)], |row| {
        Ok(LentUnit {
            resource_id: row.get("resource_id")?,
            unit_id: row.get("id")?,
            buffer_minutes: row.get("buffer_minutes")?,
        })
    })
}

/// All units of a resource.
pub(in crate::waitlist) fn every_unit(tx: &Tx<'_>, resource: ResourceId) -> Result<Vec<UnitId>> {
    tx.all(
        "SELECT id FROM resource_units WHERE org_id = :org AND resource_id = :resource",
        &[(":resource", &resource)],
        |row| row.get("id"),
    )
}

/// The resources of units, as they were named; a unit that is not there is left out.
pub(in crate::waitlist) fn resources_of(
    tx: &Tx<'_>,
    units: &[UnitId],
) -> Result<Vec<(UnitId, ResourceId)>> {
    let units = serde_json::to_string(units).unwrap_or_default();
    tx.all(
        "SELECT u.id, u.resource_id FROM json_each(:units) AS j
         CROSS JOIN resource_units AS u ON u.org_id = :org AND u.id = j.value
         ORDER BY j.key",
        &[(":units", &units)],
        |row| Ok((row.get("id")?, row.get("resource_id")?)),
    )
}

/// The first one in a queue, behind a place in it, who has at least one of these units free for
/// the whole period, and did not name another one. Reads this queue alone; for each entry one step
/// into the claims of a unit.
pub(super) const NEXT: &str = "
    SELECT q.rank, q.entry_id FROM waitlist_queue AS q
    CROSS JOIN waitlist_entries AS e ON e.org_id = :org AND e.id = q.entry_id
    WHERE q.org_id = :org AND q.resource_id = :resource AND (q.rank, q.entry_id) > (:rank, :entry)
        AND e.start_at > :now
        AND EXISTS (
            SELECT 1 FROM json_each(:units) AS j
            WHERE coalesce((
                SELECT c.end_at FROM unit_claims AS c
                WHERE c.org_id = :org AND c.resource_unit_id = j.value
                    AND c.start_at < e.end_at + :buffer
                ORDER BY c.start_at DESC LIMIT 1
            ), 0) <= e.start_at
            AND EXISTS (
                SELECT 1 FROM waitlist_items AS i
                WHERE i.org_id = :org AND i.entry_id = q.entry_id AND i.resource_id = :resource
                    AND (i.resource_unit_id IS NULL OR i.resource_unit_id = j.value)))
    ORDER BY q.rank, q.entry_id LIMIT 1";

/// As [`NEXT`] says; `units` is a JSON list, `buffer` milliseconds.
pub(in crate::waitlist) fn next_candidate(
    tx: &Tx<'_>,
    resource: ResourceId,
    units: &str,
    buffer: i64,
    behind: Option<Candidate>,
) -> Result<Option<Candidate>> {
    let rank = behind.map_or(i64::MIN, |place| place.rank);
    let entry = behind.map(|place| place.entry_id.to_string()).unwrap_or_default();
    tx.find(
        NEXT,
        &[
            (":resource", &resource),
            (":units", &units),
            (":buffer", &buffer),
            (":rank", &rank),
            (":entry", &entry),
        ],
        |row| Ok(Candidate { rank: row.get("rank")?, entry_id: row.get("entry_id")? }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::plan;

    #[test]
    fn the_next_one_is_found_by_walking_one_queue_in_its_order() {
        let plan = plan(NEXT);
        let walk = "SEARCH q USING PRIMARY KEY \
                    (org_id=? AND resource_id=? AND (rank,entry_id)>(?,?))";
        let look = "SEARCH c USING COVERING INDEX unit_claims_by_unit \
                    (org_id=? AND resource_unit_id=? AND start_at<?)";
        assert_eq!(plan[0], walk, "{plan:#?}");
        assert!(plan.iter().any(|step| step.trim() == look), "{plan:#?}");
        assert!(!plan.concat().contains("TEMP B-TREE"), "{plan:#?}");
    }

    #[test]
    fn whether_somebody_waits_for_a_unit_is_one_step() {
        let plan = plan(LENT_UNITS);
        let step = "SEARCH q EXISTS USING PRIMARY KEY (org_id=? AND resource_id=?)";
        assert!(plan.iter().any(|found| found.trim() == step), "{plan:#?}");
    }

    #[test]
    fn an_entry_finds_its_places_without_reading_a_queue() {
        let leave = "SEARCH waitlist_queue USING COVERING INDEX waitlist_queue_by_entry \
                     (org_id=? AND entry_id=?)";
        assert_eq!(plan(LEAVE), [leave]);
        let plan = plan(ENTER);
        let by_key = plan.iter().filter(|step| step.contains("USING PRIMARY KEY")).count();
        assert_eq!(by_key, 2, "{plan:#?}");
    }
}
