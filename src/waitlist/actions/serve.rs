//! Serving the queues of what is free: by score over all of them at once, each entry whole or not
//! at all.

use std::collections::BTreeSet;

use super::hold::{Hold, demand, hold};
use super::read::find;
use crate::calendar::{self, Lack};
use crate::db::{Tx, WriteTx};
use crate::identity;
use crate::kernel::clock::MINUTE;
use crate::kernel::{ResourceId, Result, UnitId, bug};
use crate::waitlist::model::Entry;
use crate::waitlist::rules::skip_reason;
use crate::waitlist::store::{self, Candidate, LentUnit};

/// The queue of one resource, walked once from its head.
struct Lane {
    resource: ResourceId,
    /// The units that became free, as a JSON list.
    units: String,
    buffer: i64,
    /// Up to here everybody was looked at.
    behind: Option<Candidate>,
    /// The next one who could use a unit.
    head: Option<Candidate>,
}

/// Holds these units for whom they are due. Only who could use one of them is looked at, the best
/// first, whichever queue that one stands in; so serving costs what these queues hold.
pub(super) fn serve(tx: &WriteTx<'_>, free: &BTreeSet<UnitId>) -> Result<()> {
    let mut lanes = lanes(tx, free)?;
    while let Some(best) = best_of(&lanes) {
        let taken = try_entry(tx, best)?;
        for lane in &mut lanes {
            let passed = lane.head == Some(best);
            if passed {
                lane.behind = Some(best);
            }
            // What was taken may have been what the next one was to use.
            if passed || taken.contains(&lane.resource) {
                lane.head = lane.next(tx)?;
            }
        }
    }
    Ok(())
}

/// The best head of all lanes.
fn best_of(lanes: &[Lane]) -> Option<Candidate> {
    let mut heads = lanes.iter().filter_map(|lane| lane.head);
    if bug::seeded("one_queue_after_the_other") { heads.next() } else { heads.min() }
}

/// A lane for each resource that somebody waits for.
fn lanes(tx: &Tx<'_>, free: &BTreeSet<UnitId>) -> Result<Vec<Lane>> {
    if free.is_empty() {
        return Ok(Vec::new());
    }
    let units = serde_json::to_string(free).unwrap_or_default();
    let buffer = i64::from(identity::policy(tx)?.buffer_minutes);
    let lent = store::lent_units(tx, &units, buffer)?;
    let of_resource = |units: &[LentUnit]| {
        let first = units.first()?;
        let ids: Vec<UnitId> = units.iter().map(|unit| unit.unit_id).collect();
        Some(Lane {
            resource: first.resource_id,
            units: serde_json::to_string(&ids).unwrap_or_default(),
            buffer: first.buffer_minutes * MINUTE,
            behind: None,
            head: None,
        })
    };
    let lanes = lent.chunk_by(|one, next| one.resource_id == next.resource_id);
    let mut lanes: Vec<Lane> = lanes.filter_map(of_resource).collect();
    for lane in &mut lanes {
        lane.head = lane.next(tx)?;
    }
    Ok(lanes)
}

impl Lane {
    fn next(&self, tx: &Tx<'_>) -> Result<Option<Candidate>> {
        store::next_candidate(tx, self.resource, &self.units, self.buffer, self.behind)
    }
}

/// Offers an entry all it asks for, or notes why not; answers of which resources units were taken.
fn try_entry(tx: &WriteTx<'_>, best: Candidate) -> Result<Vec<ResourceId>> {
    let entry = find(tx, best.entry_id)?;
    let mut wanted = Hold::asked(&entry);
    let lacks = lacks(tx, &entry, &wanted)?;
    if !lacks.is_empty() {
        if !bug::seeded("served_in_parts") {
            store::skip(tx, entry.id, &skip_reason(&lacks))?;
            return Ok(Vec::new());
        }
        let lacking = |line: usize| lacks.iter().any(|lack| lack.line == line);
        let mut line = 0..;
        wanted.lines.retain(|_| !lacking(line.next().unwrap_or_default()));
    }
    hold(tx, &entry, wanted)?;
    Ok(entry.items.iter().map(|item| item.resource_id).collect())
}

fn lacks(tx: &Tx<'_>, entry: &Entry, wanted: &Hold) -> Result<Vec<Lack>> {
    let lines = calendar::resolve(tx, &wanted.lines)?;
    calendar::lacks(tx, &demand(entry.id, wanted), &lines)
}

/// Whether an entry that waits could be served by what is free: never, with `auto_offer` on.
pub(super) fn could_be_served(tx: &Tx<'_>, entry: &Entry) -> Result<bool> {
    Ok(lacks(tx, entry, &Hold::asked(entry))?.is_empty())
}
