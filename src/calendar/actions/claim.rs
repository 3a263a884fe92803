//! Taking units: the one function through which every path does.

use crate::calendar::model::{ClaimKind, Held, Lack, ResolvedLine, Supply};
use crate::calendar::rules::{self, Count};
use crate::calendar::store::{self, Taking};
use crate::db::{Tx, WriteTx};
use crate::identity;
use crate::kernel::{Code, Demand, DemandLine, Error, Fault, Result, Timestamp, UnitId};

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

fn unknown(index: usize, line: DemandLine) -> Fault {
    let field = match line {
        DemandLine::Unit(_) => "resource_unit_id",
        DemandLine::Any(..) => "resource_id",
    };
    let detail = "refers to nothing in this organization";
    Fault::at(format!("/items/{index}/{field}"), detail)
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
    let Plan { chosen, lacking, .. } = plan(tx, demand, lines)?;
    if !lacking.is_empty() {
        let lacking: Vec<ResolvedLine> = lacking.iter().map(|(line, _)| (*line).clone()).collect();
        return Err(unavailable(tx, demand, &lacking));
    }
    for (line, held) in &chosen {
        let taking = Taking {
            kind,
            holder: demand.holder,
            unit: held.unit_id,
            window: &demand.window,
            buffer_minutes: line.buffer_minutes,
        };
        store::take(tx, taking, || unavailable(tx, demand, std::slice::from_ref(*line)))?;
    }
    Ok(chosen.into_iter().map(|(_, held)| held).collect())
}

/// What a demand lacks to be served as a whole: nothing, when [`claim`] would take its units now.
///
/// # Errors
/// When the database can't be read.
pub fn lacks(tx: &Tx<'_>, demand: &Demand, lines: &[ResolvedLine]) -> Result<Vec<Lack>> {
    let mut lacks = survey(tx, demand, lines)?.lacks;
    if lacks.iter().any(|lack| lack.obstacle.is_some()) {
        lacks.retain(|lack| lack.obstacle.is_some());
    }
    Ok(lacks)
}

/// What there is for a demand: the units that [`claim`] would take now, or what lacks for that.
///
/// # Errors
/// When the database can't be read.
pub fn survey(tx: &Tx<'_>, demand: &Demand, lines: &[ResolvedLine]) -> Result<Supply> {
    let Plan { chosen, lacking, mut counts } = plan(tx, demand, lines)?;
    let mut lacks: Vec<Lack> = lacking.into_iter().map(|(_, lack)| lack).collect();
    for (line, resolved) in lines.iter().enumerate().filter(|(_, line)| line.obstacle.is_some()) {
        let wanted = resolved.line.quantity();
        lacks.retain(|lack| lack.line != line);
        lacks.push(Lack { line, wanted, free: 0, obstacle: resolved.obstacle });
        counts.retain(|count| count.line != line);
        counts.push(Count { line, wanted, free: 0 });
    }
    lacks.sort_by_key(|lack| lack.line);
    let served = lacks.is_empty();
    let units = chosen.into_iter().map(|(_, held)| held).filter(|_| served).collect();
    let wanted = counts.iter().map(|count| count.wanted).sum();
    Ok(Supply { units, lacks, wanted, free: rules::free_in_all(&counts) })
}

/// Demands that nothing lacks of what was surveyed.
///
/// # Errors
/// `unit_unavailable`, as [`claim`].
pub fn require_free(
    tx: &Tx<'_>,
    demand: &Demand,
    lines: &[ResolvedLine],
    supply: &Supply,
) -> Result<()> {
    let lacking = supply.lacks.iter().filter_map(|lack| lines.get(lack.line).cloned());
    let lacking: Vec<ResolvedLine> = lacking.collect();
    if lacking.is_empty() { Ok(()) } else { Err(unavailable(tx, demand, &lacking)) }
}

/// Which units would be taken, and which lines could not be served.
struct Plan<'a> {
    chosen: Vec<(&'a ResolvedLine, Held)>,
    lacking: Vec<(&'a ResolvedLine, Lack)>,
    counts: Vec<Count>,
}

/// Chooses units for every line; named units first, so that no other line takes them away.
fn plan<'a>(tx: &Tx<'_>, demand: &Demand, lines: &'a [ResolvedLine]) -> Result<Plan<'a>> {
    let refused_while_late = late_until(tx)?.is_some_and(|until| demand.window.start < until);
    let mut order: Vec<(usize, &ResolvedLine)> = lines.iter().enumerate().collect();
    order.sort_by_key(|(_, line)| matches!(line.line, DemandLine::Any(..)));
    let mut taken: Vec<UnitId> = demand.excluded.clone();
    let mut plan = Plan { chosen: Vec::new(), lacking: Vec::new(), counts: Vec::new() };
    for (index, line) in order {
        let wanted = demand.window.with_buffer(line.buffer_minutes);
        let mut candidates = store::candidates(tx, line.line, &wanted, demand.holder)?;
        candidates.retain(|candidate| !taken.contains(&candidate.unit_id));
        if !refused_while_late {
            for candidate in &mut candidates {
                candidate.late = false;
            }
        }
        let quantity = line.line.quantity();
        let free = rules::count_free(&candidates);
        plan.counts.push(Count { line: index, wanted: quantity, free });
        if let Some(units) = rules::choose(candidates, quantity, &demand.preferred) {
            taken.extend(&units);
            let resource_id = line.resource_id;
            let held = |unit_id| (line, Held { line: index, resource_id, unit_id });
            plan.chosen.extend(units.into_iter().map(held));
        } else {
            let lack = Lack { line: index, wanted: quantity, free, obstacle: None };
            plan.lacking.push((line, lack));
        }
    }
    plan.chosen.sort_by_key(|(_, held)| held.line);
    plan.lacking.sort_by_key(|(_, lack)| lack.line);
    Ok(plan)
}

fn unavailable(tx: &Tx<'_>, demand: &Demand, lacking: &[ResolvedLine]) -> Error {
    match late_until(tx).and_then(|until| store::conflicts(tx, lacking, demand, until)) {
        Ok(conflicts) => {
            let detail = "Not enough units are free for the whole period.";
            Error::new(Code::UnitUnavailable, detail)
                .with("conflicts", conflicts)
                .wanting(demand.clone())
        }
        Err(error) => error,
    }
}

/// Periods that begin before this are refused what is late; none: lateness refuses nothing.
///
/// # Errors
/// When the database can't be read.
pub fn late_until(tx: &Tx<'_>) -> Result<Option<Timestamp>> {
    Ok(rules::late_until(tx.now(), identity::policy(tx)?.late_horizon_hours))
}
