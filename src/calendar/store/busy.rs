//! The calendars of units, as they are read.

use std::collections::HashSet;

use uuid::Uuid;

use crate::calendar::model::{Busy, BusyUnit, ClaimKind, Conflict, ResolvedLine};
use crate::calendar::rules;
use crate::db::{Mapped, Params, Row, Tx};
use crate::kernel::{Demand, DemandLine, ResourceId, Result, Timestamp, Window};

/// Which units to read the calendars of.
pub(in crate::calendar) enum Scope<'a> {
    Resource(ResourceId),
    Type(&'a str),
}

/// The calendars of units, without what one holder has taken. Cost follows the range, not the
/// history: the first claim that can matter is found by one step. What is late counts as taken
/// until `late_until`.
pub(in crate::calendar) fn busy_units(
    tx: &Tx<'_>,
    scope: &Scope<'_>,
    range: &Window,
    holder: Option<Uuid>,
    late_until: Option<Timestamp>,
) -> Result<Vec<BusyUnit>> {
    let (which, value) = match scope {
        Scope::Resource(id) => ("r.id = :which", id.to_string()),
        Scope::Type(name) => ("r.type = :which AND r.deleted_at IS NULL", (*name).to_owned()),
    };
    let sql = format!(
        "SELECT u.id, u.resource_id, (u.status = 'AVAILABLE' AND r.status = 'AVAILABLE'
             AND r.deleted_at IS NULL) AS lendable,
             c.start_at, c.end_at, c.kind, c.buffer_minutes,
             (SELECT k.due_at FROM unit_custody AS k
              WHERE k.org_id = u.org_id AND k.resource_unit_id = u.id AND k.due_at < :now
                  AND k.booking_id IS NOT :holder) AS late_since
         FROM resources AS r
         JOIN resource_units AS u ON u.org_id = r.org_id AND u.resource_id = r.id
         LEFT JOIN unit_claims AS c ON c.org_id = u.org_id AND c.resource_unit_id = u.id
             AND c.start_at < :to AND c.holder IS NOT :holder
             AND c.start_at >= coalesce((SELECT max(p.start_at) FROM unit_claims AS p
                 WHERE p.org_id = u.org_id AND p.resource_unit_id = u.id
                     AND p.start_at <= :from), :from)
         WHERE r.org_id = :org AND {which} AND u.deleted_at IS NULL
         ORDER BY r.name, r.id, u.created_at, u.id, c.start_at"
    );
    let holder = holder.map(|holder| holder.to_string());
    let params: Params<'_> =
        &[(":which", &value), (":from", &range.start), (":to", &range.end), (":holder", &holder)];
    let mut units: Vec<BusyUnit> = Vec::new();
    for row in tx.all(&sql, params, row)? {
        if units.last().is_none_or(|unit| unit.unit_id != row.unit.unit_id) {
            units.push(row.unit);
        }
        let within = row.busy.filter(|busy| busy.window.end > range.start);
        if let Some(unit) = units.last_mut() {
            unit.claims.extend(within);
        }
    }
    if let Some(until) = late_until {
        for unit in &mut units {
            rules::fill_late(unit, until, range);
        }
    }
    Ok(units)
}

/// Rows come unit by unit, each with its claims in order of time.
struct BusyRow {
    unit: BusyUnit,
    busy: Option<Busy>,
}

fn row(row: &Row<'_>) -> Mapped<BusyRow> {
    let unit = BusyUnit {
        unit_id: row.get("id")?,
        resource_id: row.get("resource_id")?,
        lendable: row.get("lendable")?,
        late_since: row.get("late_since")?,
        claims: Vec::new(),
    };
    let Some(start) = row.get::<_, Option<Timestamp>>("start_at")? else {
        return Ok(BusyRow { unit, busy: None });
    };
    let kind: String = row.get("kind")?;
    let kind = ClaimKind::from_name(&kind).unwrap_or(ClaimKind::Maintenance);
    let busy = Busy {
        window: Window { start, end: row.get("end_at")? },
        kind: kind.into(),
        buffer_minutes: row.get("buffer_minutes")?,
    };
    Ok(BusyRow { unit, busy: Some(busy) })
}

/// What stands in the way of a demand on these resources: at most a hundred periods.
pub(in crate::calendar) fn conflicts(
    tx: &Tx<'_>,
    lines: &[ResolvedLine],
    demand: &Demand,
    late_until: Option<Timestamp>,
) -> Result<Vec<Conflict>> {
    let mut found = Vec::new();
    for line in lines {
        let wanted = demand.window.with_buffer(line.buffer_minutes);
        let only = match line.line {
            DemandLine::Unit(unit) => Some(unit),
            DemandLine::Any(..) => None,
        };
        let scope = Scope::Resource(line.resource_id);
        for unit in busy_units(tx, &scope, &wanted, Some(demand.holder), late_until)? {
            if only.is_some_and(|only| only != unit.unit_id) {
                continue;
            }
            found.extend(unit.claims.iter().map(|busy| Conflict {
                resource_id: unit.resource_id,
                resource_unit_id: unit.unit_id,
                start_at: busy.window.start,
                end_at: busy.window.end,
            }));
        }
    }
    let mut seen = HashSet::new();
    found.retain(|conflict| seen.insert((conflict.resource_unit_id, conflict.start_at)));
    found.truncate(100);
    Ok(found)
}
