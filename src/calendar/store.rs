//! SQL over claims, and over the units they are made on.

use std::collections::HashSet;

use uuid::Uuid;

use super::model::{Busy, BusyUnit, Candidate, ClaimKind, Conflict, ResolvedLine};
use crate::db::{Mapped, OnConstraint, Params, Row, Tx, WriteTx};
use crate::kernel::{
    ClaimId, Demand, DemandLine, Error, ResourceId, Result, Timestamp, UnitId, Window,
};

/// What is known of a resource or of a unit with its resource, or `None` when it is not there.
pub(super) fn resolve(tx: &Tx<'_>, line: DemandLine) -> Result<Option<ResolvedLine>> {
    let (by_unit, id) = match line {
        DemandLine::Unit(unit) => (true, unit.to_string()),
        DemandLine::Any(resource, _) => (false, resource.to_string()),
    };
    let sql = if by_unit {
        "SELECT r.id, r.status, r.deleted_at, r.buffer_minutes,
             u.status AS unit_status, u.deleted_at AS unit_deleted_at
         FROM resource_units AS u
         JOIN resources AS r ON r.org_id = u.org_id AND r.id = u.resource_id
         WHERE u.org_id = :org AND u.id = :id"
    } else {
        "SELECT r.id, r.status, r.deleted_at, r.buffer_minutes,
             'AVAILABLE' AS unit_status, NULL AS unit_deleted_at
         FROM resources AS r WHERE r.org_id = :org AND r.id = :id"
    };
    tx.find(sql, &[(":id", &id)], |row| {
        let buffer: Option<i64> = row.get("buffer_minutes")?;
        Ok(ResolvedLine {
            line,
            resource_id: row.get("id")?,
            buffer_minutes: buffer.unwrap_or(-1),
            obstacle: obstacle(row)?,
        })
    })
}

fn obstacle(row: &Row<'_>) -> Mapped<Option<&'static str>> {
    let resource: String = row.get("status")?;
    let unit: String = row.get("unit_status")?;
    if row.get::<_, Option<i64>>("deleted_at")?.is_some() {
        return Ok(Some("the resource is deleted"));
    }
    if row.get::<_, Option<i64>>("unit_deleted_at")?.is_some() {
        return Ok(Some("the unit is deleted"));
    }
    Ok(match (resource.as_str(), unit.as_str()) {
        ("AVAILABLE", "AVAILABLE") => None,
        ("AVAILABLE", "MAINTENANCE") => Some("the unit is in maintenance"),
        ("AVAILABLE", "LOST") => Some("the unit is lost"),
        ("AVAILABLE", _) => Some("the unit is retired"),
        ("MAINTENANCE", _) => Some("the resource is in maintenance"),
        (_, _) => Some("the resource is disabled"),
    })
}

/// The units that a line could take, with the gap around the period. The claims of a unit are
/// disjoint, so one step into the index finds what reaches into the period, and one more the gap.
pub(super) fn candidates(
    tx: &Tx<'_>,
    line: DemandLine,
    wanted: &Window,
    holder: Uuid,
) -> Result<Vec<Candidate>> {
    let (which, id) = match line {
        DemandLine::Unit(unit) => ("u.id = :id", unit.to_string()),
        DemandLine::Any(resource, _) => ("u.resource_id = :id", resource.to_string()),
    };
    let sql = format!(
        "SELECT u.id, coalesce(g.claims, 0) AS uses,
             (SELECT c.end_at FROM unit_claims AS c
              WHERE c.org_id = u.org_id AND c.resource_unit_id = u.id AND c.start_at < :end
                  AND c.holder <> :holder
              ORDER BY c.start_at DESC LIMIT 1) AS taken_until,
             (SELECT c.start_at FROM unit_claims AS c
              WHERE c.org_id = u.org_id AND c.resource_unit_id = u.id AND c.start_at >= :end
                  AND c.holder <> :holder
              ORDER BY c.start_at LIMIT 1) AS taken_from
         FROM resource_units AS u
         LEFT JOIN unit_usage AS g ON g.org_id = u.org_id AND g.resource_unit_id = u.id
         WHERE u.org_id = :org AND {which} AND u.deleted_at IS NULL AND u.status = 'AVAILABLE'"
    );
    let now = tx.now();
    let params: Params<'_> =
        &[(":id", &id), (":end", &wanted.end), (":holder", &holder.to_string())];
    tx.all(&sql, params, |row| {
        let taken_until: Option<Timestamp> = row.get("taken_until")?;
        let taken_from: Option<Timestamp> = row.get("taken_from")?;
        // What lies in the past is no gap worth keeping whole.
        let earliest = now.min(wanted.start);
        let free_since = taken_until.map_or(earliest, |until| until.max(earliest));
        Ok(Candidate {
            unit_id: row.get("id")?,
            before: wanted.start.since(free_since),
            after: taken_from.map(|from| from.since(wanted.end)),
            uses: row.get("uses")?,
        })
    })
}

/// Writes a claim. The triggers of the table are the second guard.
pub(super) fn insert(
    tx: &WriteTx<'_>,
    kind: ClaimKind,
    holder: Uuid,
    unit: UnitId,
    window: &Window,
    buffer_minutes: i64,
    refusal: impl FnOnce() -> Error,
) -> Result<()> {
    let end = window.with_buffer(buffer_minutes).end;
    tx.execute(
        "INSERT INTO unit_claims
             (org_id, id, resource_unit_id, start_at, end_at, kind, holder, buffer_minutes)
         VALUES (:org, :id, :unit, :start, :end, :kind, :holder, :buffer)",
        &[
            (":id", &ClaimId::new()),
            (":unit", &unit),
            (":start", &window.start),
            (":end", &end),
            (":kind", &kind.name()),
            (":holder", &holder.to_string()),
            (":buffer", &buffer_minutes),
        ],
    )
    .on_constraint("unit_claims_overlap", refusal)?;
    tx.execute(
        "INSERT INTO unit_usage (org_id, resource_unit_id, claims) VALUES (:org, :unit, 1)
         ON CONFLICT (org_id, resource_unit_id) DO UPDATE SET claims = claims + 1",
        &[(":unit", &unit)],
    )?;
    Ok(())
}

/// Takes away all claims of a holder; answers the units. The triggers refuse while the holder is
/// active.
pub(super) fn delete_of(tx: &WriteTx<'_>, holder: Uuid) -> Result<Vec<UnitId>> {
    tx.all(
        "DELETE FROM unit_claims WHERE org_id = :org AND holder = :holder
         RETURNING resource_unit_id",
        &[(":holder", &holder.to_string())],
        |row| row.get("resource_unit_id"),
    )
}

/// Gives the claims of one holder to another.
pub(super) fn set_holder(tx: &WriteTx<'_>, holder: Uuid, kind: ClaimKind, new: Uuid) -> Result<()> {
    tx.execute(
        "UPDATE unit_claims SET holder = :new, kind = :kind
         WHERE org_id = :org AND holder = :holder",
        &[(":holder", &holder.to_string()), (":kind", &kind.name()), (":new", &new.to_string())],
    )?;
    Ok(())
}

/// Which units to read the calendars of.
pub(super) enum Scope<'a> {
    Resource(ResourceId),
    Type(&'a str),
}

/// The calendars of units, without the claims of one holder. Cost follows the range, not the
/// history: the first claim that can matter is found by one step.
pub(super) fn busy_units(
    tx: &Tx<'_>,
    scope: &Scope<'_>,
    range: &Window,
    holder: Option<Uuid>,
) -> Result<Vec<BusyUnit>> {
    let (which, value) = match scope {
        Scope::Resource(id) => ("r.id = :which", id.to_string()),
        Scope::Type(name) => ("r.type = :which AND r.deleted_at IS NULL", (*name).to_owned()),
    };
    let sql = format!(
        "SELECT u.id, u.resource_id, (u.status = 'AVAILABLE' AND r.status = 'AVAILABLE'
             AND r.deleted_at IS NULL) AS lendable,
             c.start_at, c.end_at, c.kind, c.buffer_minutes
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
    let rows = tx.all(&sql, params, |row| {
        Ok((row.get("id")?, row.get("resource_id")?, row.get("lendable")?, busy(row)?))
    })?;
    Ok(by_unit(rows, range))
}

fn busy(row: &Row<'_>) -> Mapped<Option<Busy>> {
    let Some(start) = row.get::<_, Option<Timestamp>>("start_at")? else { return Ok(None) };
    let kind: String = row.get("kind")?;
    Ok(Some(Busy {
        window: Window { start, end: row.get("end_at")? },
        kind: ClaimKind::from_name(&kind).unwrap_or(ClaimKind::Maintenance),
        buffer_minutes: row.get("buffer_minutes")?,
    }))
}

/// Rows come unit by unit, each with its claims in order of time.
fn by_unit(rows: Vec<(UnitId, ResourceId, bool, Option<Busy>)>, range: &Window) -> Vec<BusyUnit> {
    let mut units: Vec<BusyUnit> = Vec::new();
    for (unit_id, resource_id, lendable, busy) in rows {
        if units.last().is_none_or(|unit| unit.unit_id != unit_id) {
            units.push(BusyUnit { unit_id, resource_id, lendable, claims: Vec::new() });
        }
        let within = busy.filter(|busy| busy.window.end > range.start);
        if let Some(unit) = units.last_mut() {
            unit.claims.extend(within);
        }
    }
    units
}

/// What stands in the way of a demand on these resources: at most a hundred claims.
pub(super) fn conflicts(
    tx: &Tx<'_>,
    lines: &[ResolvedLine],
    demand: &Demand,
) -> Result<Vec<Conflict>> {
    let mut found = Vec::new();
    for line in lines {
        let wanted = demand.window.with_buffer(line.buffer_minutes);
        let only = match line.line {
            DemandLine::Unit(unit) => Some(unit),
            DemandLine::Any(..) => None,
        };
        let scope = Scope::Resource(line.resource_id);
        for unit in busy_units(tx, &scope, &wanted, Some(demand.holder))? {
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

/// The type of a resource.
pub(super) fn type_of(tx: &Tx<'_>, resource: ResourceId) -> Result<Option<String>> {
    tx.find(
        "SELECT type FROM resources WHERE org_id = :org AND id = :id",
        &[(":id", &resource)],
        |row| row.get("type"),
    )
}

/// Whether a resource is there and not deleted.
pub(super) fn resource_exists(tx: &Tx<'_>, resource: ResourceId) -> Result<bool> {
    tx.value(
        "SELECT EXISTS (SELECT 1 FROM resources
         WHERE org_id = :org AND id = :id AND deleted_at IS NULL)",
        &[(":id", &resource)],
    )
}

/// Claims that overlap another one of their unit: there must be none.
pub(super) fn overlaps(tx: &Tx<'_>) -> Result<Vec<String>> {
    tx.all(
        "SELECT id FROM (
             SELECT id, start_at, lag(end_at) OVER (
                 PARTITION BY resource_unit_id ORDER BY start_at, end_at) AS before
             FROM unit_claims WHERE org_id = :org)
         WHERE before > start_at",
        &[],
        |row| row.get("id"),
    )
}
