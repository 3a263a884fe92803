//! What could be had instead of what is taken.

use super::claim::{late_until, resolve};
use crate::calendar::model::{Alternative, AlternativeItem, ResolvedLine};
use crate::calendar::rules;
use crate::calendar::store::{self, Scope};
use crate::db::Tx;
use crate::identity;
use crate::kernel::clock::{DAY, MINUTE};
use crate::kernel::{Demand, DemandLine, ResourceId, Result, Window};

/// How many alternatives are offered, and how many of them are other periods.
const ALTERNATIVES: usize = 5;
const OTHER_PERIODS: usize = 3;
/// The longest time that may be kept free behind a booking: a week.
const LONGEST_BUFFER_MINUTES: i64 = 7 * 24 * 60;
/// How far around the wanted period other periods are searched.
const SEARCHED_DAYS: i64 = 60;

/// What could be had instead: the nearest periods for the same request, and other resources of
/// the same type in the same period.
///
/// # Errors
/// When the database can't be read.
pub fn alternatives(tx: &Tx<'_>, demand: &Demand) -> Result<Vec<Alternative>> {
    let lines = resolve(tx, &demand.lines)?;
    let within = searched(tx, demand)?;
    let mut units = Vec::new();
    for resource in resources(&lines) {
        let around = Window { start: within.start, end: within.end.plus(demand.window.millis()) };
        let scope = Scope::Resource(resource);
        units.extend(store::busy_units(tx, &scope, &around, Some(demand.holder), late_until(tx)?)?);
    }
    let same: Vec<AlternativeItem> = demand.lines.iter().map(|line| (*line).into()).collect();
    let windows = rules::nearest_windows(&demand.window, &lines, &units, &within, ALTERNATIVES);
    let mut periods = windows.into_iter().map(|window| Alternative {
        start_at: window.start,
        end_at: window.end,
        items: same.clone(),
    });
    let mut found: Vec<Alternative> = periods.by_ref().take(OTHER_PERIODS).collect();
    found.extend(other_resources(tx, demand, &lines)?);
    found.truncate(ALTERNATIVES);
    let missing = ALTERNATIVES - found.len();
    found.extend(periods.take(missing));
    Ok(found)
}

/// Where other periods may begin: around the wanted one, as far as the policy lets people book.
fn searched(tx: &Tx<'_>, demand: &Demand) -> Result<Window> {
    let policy = identity::policy(tx)?;
    let earliest = tx.now().plus(i64::from(policy.min_lead_minutes) * MINUTE);
    let latest = policy.max_advance_days.map(|days| tx.now().plus(i64::from(days) * DAY));
    let start = demand.window.start.plus(-SEARCHED_DAYS * DAY).max(earliest);
    let end = demand.window.end.plus(SEARCHED_DAYS * DAY);
    let end = latest.map_or(end, |latest| end.min(latest));
    Ok(Window { start, end: end.max(start.plus(1)) })
}

fn resources(lines: &[ResolvedLine]) -> Vec<ResourceId> {
    let mut ids: Vec<ResourceId> = lines.iter().map(|line| line.resource_id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Other resources of the same type, when the request is for one resource alone.
fn other_resources(
    tx: &Tx<'_>,
    demand: &Demand,
    lines: &[ResolvedLine],
) -> Result<Vec<Alternative>> {
    let &[wanted] = &*resources(lines) else { return Ok(Vec::new()) };
    let Some(kind) = store::type_of(tx, wanted)? else { return Ok(Vec::new()) };
    let quantity = demand.lines.iter().map(|line| AlternativeItem::from(*line).quantity).sum();
    let around = demand.window.with_buffer(LONGEST_BUFFER_MINUTES);
    let units =
        store::busy_units(tx, &Scope::Type(&kind), &around, Some(demand.holder), late_until(tx)?)?;
    let mut enough = Vec::new();
    for units in units.chunk_by(|one, next| one.resource_id == next.resource_id) {
        let Some(id) = units.first().map(|unit| unit.resource_id) else { continue };
        // Each resource keeps its own time free behind a booking.
        let lines = resolve(tx, &[DemandLine::Any(id, quantity)])?;
        let Some(line) = lines.first().filter(|line| id != wanted && line.obstacle.is_none())
        else {
            continue;
        };
        let window = demand.window.with_buffer(line.buffer_minutes);
        let free = units.iter().filter(|unit| rules::is_free(unit, &window)).count();
        if free >= usize::try_from(quantity).unwrap_or(usize::MAX) {
            enough.push(id);
        }
        if enough.len() == ALTERNATIVES {
            break;
        }
    }
    let item = |id| AlternativeItem { resource_id: Some(id), resource_unit_id: None, quantity };
    let Window { start, end } = demand.window;
    let each = |id| Alternative { start_at: start, end_at: end, items: vec![item(id)] };
    Ok(enough.into_iter().map(each).collect())
}
