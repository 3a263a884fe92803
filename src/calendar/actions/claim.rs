//! Taking units and giving them back, and reading the calendar.

use uuid::Uuid;

use super::model::{
    Alternative, AlternativeItem, ClaimKind, Held, Range, ResolvedLine, ResourceAvailability,
    ResourceSteps, TypeAvailability, TypeRange, UnitAvailability,
};
use super::store::{self, Scope};
use super::{model::BusyUnit, rules};
use crate::db::{Tx, WriteTx};
use crate::identity;
use crate::kernel::clock::{DAY, MINUTE};
use crate::kernel::{
    Code, Demand, DemandLine, Error, ResourceId, Result, Timestamp, UnitId, Window,
};

/// How many alternatives are offered, and how many of them are other periods.
const ALTERNATIVES: usize = 5;
const OTHER_PERIODS: usize = 3;
/// The longest time that may be kept free behind a booking: a week.
const LONGEST_BUFFER_MINUTES: i64 = 7 * 24 * 60;
/// How far around the wanted period other periods are searched.
const SEARCHED_DAYS: i64 = 60;
/// The longest range of a calendar.
const LONGEST_DAYS: i64 = 366;

/// Looks up what the lines of a request refer to.
///
/// # Errors
/// `unknown_reference` for every line that leads to nothing in this organization.
pub fn resolve(tx: &Tx<'_>, lines: &[DemandLine]) -> Result<Vec<ResolvedLine>> {
    let default = i64::from(identity::policy(tx)?.buffer_minutes);
    let mut resolved = Vec::new();
    let mut faults = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        match store::resolve(tx, *line)? {
            Some(mut found) => {
                if found.buffer_minutes < 0 {
                    found.buffer_minutes = default;
                }
                resolved.push(found);
            }
            None => faults.push(unknown(index, *line)),
        }
    }
    if faults.is_empty() {
        return Ok(resolved);
    }
    let detail = "A reference leads to nothing in this organization.";
    Err(Error::new(Code::UnknownReference, detail).faults(faults))
}

fn unknown(index: usize, line: DemandLine) -> crate::kernel::Fault {
    let field = match line {
        DemandLine::Unit(_) => "resource_unit_id",
        DemandLine::Any(..) => "resource_id",
    };
    let detail = "refers to nothing in this organization";
    crate::kernel::Fault::at(format!("/items/{index}/{field}"), detail)
}

/// Demands that everything asked for is lent at present.
///
/// # Errors
/// `not_bookable`, saying why.
pub fn require_bookable(lines: &[ResolvedLine]) -> Result<()> {
    match lines.iter().enumerate().find_map(|(index, line)| Some((index, line.obstacle?))) {
        None => Ok(()),
        Some((index, why)) => {
            let detail = format!("Item {} can't be booked: {why}.", index + 1);
            Err(Error::new(Code::NotBookable, detail))
        }
    }
}

/// Takes units: the one function through which every path does. All lines or none.
///
/// # Errors
/// `unit_unavailable` with what stands in the way; alternatives are searched later, outside the
/// write lock.
pub fn claim(
    tx: &WriteTx<'_>,
    kind: ClaimKind,
    demand: &Demand,
    lines: &[ResolvedLine],
) -> Result<Vec<Held>> {
    let chosen = allocate(tx, demand, lines)?;
    for (line, held) in &chosen {
        let (unit, buffer) = (held.unit_id, line.buffer_minutes);
        let refusal = || unavailable(tx, demand, std::slice::from_ref(*line));
        store::insert(tx, kind, demand.holder, unit, &demand.window, buffer, refusal)?;
    }
    Ok(chosen.into_iter().map(|(_, held)| held).collect())
}

/// Chooses units for every line; named units first, so that no other line takes them away.
fn allocate<'a>(
    tx: &Tx<'_>,
    demand: &Demand,
    lines: &'a [ResolvedLine],
) -> Result<Vec<(&'a ResolvedLine, Held)>> {
    let mut order: Vec<(usize, &ResolvedLine)> = lines.iter().enumerate().collect();
    order.sort_by_key(|(_, line)| matches!(line.line, DemandLine::Any(..)));
    let mut taken: Vec<UnitId> = Vec::new();
    let mut chosen = Vec::new();
    let mut lacking = Vec::new();
    for (index, line) in order {
        match choose(tx, demand, line, &taken)? {
            Some(units) => {
                taken.extend(&units);
                let resource_id = line.resource_id;
                let held = |unit_id| (line, Held { line: index, resource_id, unit_id });
                chosen.extend(units.into_iter().map(held));
            }
            None => lacking.push(line.clone()),
        }
    }
    if !lacking.is_empty() {
        return Err(unavailable(tx, demand, &lacking));
    }
    chosen.sort_by_key(|(_, held)| held.line);
    Ok(chosen)
}

fn choose(
    tx: &Tx<'_>,
    demand: &Demand,
    line: &ResolvedLine,
    taken: &[UnitId],
) -> Result<Option<Vec<UnitId>>> {
    let wanted = demand.window.with_buffer(line.buffer_minutes);
    let mut candidates = store::candidates(tx, line.line, &wanted, demand.holder)?;
    candidates.retain(|candidate| !taken.contains(&candidate.unit_id));
    let quantity = match line.line {
        DemandLine::Unit(_) => 1,
        DemandLine::Any(_, quantity) => usize::try_from(quantity).unwrap_or(usize::MAX),
    };
    Ok(rules::choose(candidates, quantity, &demand.preferred))
}

fn unavailable(tx: &Tx<'_>, demand: &Demand, lacking: &[ResolvedLine]) -> Error {
    match store::conflicts(tx, lacking, demand) {
        Ok(conflicts) => {
            let detail = "Not enough units are free for the whole period.";
            Error::new(Code::UnitUnavailable, detail)
                .with("conflicts", conflicts)
                .wanting(demand.clone())
        }
        Err(error) => error,
    }
}

/// Gives back everything a holder has taken.
///
/// # Errors
/// When the holder is still active: its status must change first.
pub fn release(tx: &WriteTx<'_>, holder: Uuid) -> Result<()> {
    store::delete_of(tx, holder)?;
    Ok(())
}

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
        units.extend(store::busy_units(tx, &scope, &around, Some(demand.holder))?);
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
    let units = store::busy_units(tx, &Scope::Type(&kind), &around, Some(demand.holder))?;
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

/// The calendar of a resource.
///
/// # Errors
/// `not_found`, `invalid_parameter`.
pub(super) fn availability(
    tx: &Tx<'_>,
    resource: ResourceId,
    range: &Range,
) -> Result<ResourceAvailability> {
    let window = range_window(range.from, range.to)?;
    if !store::resource_exists(tx, resource)? {
        return Err(Error::not_found());
    }
    let units = store::busy_units(tx, &Scope::Resource(resource), &window, None)?;
    let each = |unit: &BusyUnit| UnitAvailability {
        resource_unit_id: unit.unit_id,
        lendable: unit.lendable,
        busy: rules::intervals(unit, &window),
    };
    Ok(ResourceAvailability {
        resource_id: resource,
        steps: rules::steps(&units, &window),
        units: units.iter().map(each).collect(),
    })
}

/// The free units of all resources of a type; resources without units are left out.
///
/// # Errors
/// `invalid_parameter`.
pub(super) fn type_availability(tx: &Tx<'_>, range: &TypeRange) -> Result<TypeAvailability> {
    let window = range_window(range.from, range.to)?;
    if !(1..=200).contains(&range.r#type.chars().count()) {
        return Err(Error::invalid_parameter("type", "must have 1 to 200 characters"));
    }
    let units = store::busy_units(tx, &Scope::Type(&range.r#type), &window, None)?;
    let data = units
        .chunk_by(|one, next| one.resource_id == next.resource_id)
        .filter_map(|units| {
            let resource_id = units.first()?.resource_id;
            Some(ResourceSteps { resource_id, steps: rules::steps(units, &window) })
        })
        .collect();
    Ok(TypeAvailability { data })
}

fn range_window(from: Timestamp, to: Timestamp) -> Result<Window> {
    let window = Window::new(from, to)
        .ok_or_else(|| Error::invalid_parameter("to", "must lie after from"))?;
    if window.millis() > LONGEST_DAYS * DAY {
        let detail = format!("must lie at most {LONGEST_DAYS} days after from");
        return Err(Error::invalid_parameter("to", detail));
    }
    Ok(window)
}

/// What is wrong with the claims of the organization: nothing, unless a guard failed.
///
/// # Errors
/// When the database can't be read.
pub fn verify(tx: &Tx<'_>) -> Result<Vec<String>> {
    let overlaps = store::overlaps(tx)?;
    Ok(overlaps.into_iter().map(|id| format!("claim {id} overlaps another claim")).collect())
}
