//! `unit_claims` and `unit_usage`, and the units that claims are made on.

use uuid::Uuid;

use crate::calendar::model::{Candidate, ClaimKind, ResolvedLine};
use crate::db::{Mapped, OnConstraint, Params, Row, Tx, WriteTx};
use crate::kernel::{ClaimId, DemandLine, Error, ResourceId, Result, Timestamp, UnitId, Window};

/// What is known of a resource or of a unit with its resource, or `None` when it is not there.
pub(in crate::calendar) fn resolve(tx: &Tx<'_>, line: DemandLine) -> Result<Option<ResolvedLine>> {
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

/// The units that a line could take, with the gap around the period, and whether somebody else has
/// not brought it back in time. The claims of a unit are disjoint, so one step into the index finds
/// what reaches into the period, and one more the gap.
pub(in crate::calendar) fn candidates(
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
              ORDER BY c.start_at LIMIT 1) AS taken_from,
             EXISTS (SELECT 1 FROM unit_custody AS k
              WHERE k.org_id = u.org_id AND k.resource_unit_id = u.id AND k.due_at < :now
                  AND k.booking_id <> :holder) AS late
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
            late: row.get("late")?,
        })
    })
}

/// Who takes a unit, for what and for how long.
#[derive(Debug, Clone, Copy)]
pub(in crate::calendar) struct Taking<'a> {
    pub(in crate::calendar) kind: ClaimKind,
    pub(in crate::calendar) holder: Uuid,
    pub(in crate::calendar) unit: UnitId,
    pub(in crate::calendar) window: &'a Window,
    /// Kept free behind the period, for a claim that is made now.
    pub(in crate::calendar) buffer_minutes: i64,
}

/// Writes a claim, or widens the one that the holder has on the unit; its buffer stays. The
/// triggers of the table are the second guard.
pub(in crate::calendar) fn take(
    tx: &WriteTx<'_>,
    taking: Taking<'_>,
    refusal: impl FnOnce() -> Error,
) -> Result<()> {
    let Taking { kind, holder, unit, window, buffer_minutes } = taking;
    if buffer_of(tx, holder, unit)?.is_some() {
        let holder = holder.to_string();
        tx.execute(
            "UPDATE unit_claims SET start_at = min(start_at, :start),
                 end_at = max(end_at, :end + buffer_minutes * 60000)
             WHERE org_id = :org AND holder = :holder AND resource_unit_id = :unit",
            &[
                (":holder", &holder),
                (":unit", &unit),
                (":start", &window.start),
                (":end", &window.end),
            ],
        )
        .on_constraint("unit_claims_overlap", refusal)?;
        return Ok(());
    }
    tx.execute(
        "INSERT INTO unit_claims
             (org_id, id, resource_unit_id, start_at, end_at, kind, holder, buffer_minutes)
         VALUES (:org, :id, :unit, :start, :end, :kind, :holder, :buffer)",
        &[
            (":id", &ClaimId::new()),
            (":unit", &unit),
            (":start", &window.start),
            (":end", &window.with_buffer(buffer_minutes).end),
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

/// The buffer, in minutes, of the claim that a holder has on a unit.
pub(in crate::calendar) fn buffer_of(
    tx: &Tx<'_>,
    holder: Uuid,
    unit: UnitId,
) -> Result<Option<i64>> {
    tx.find(
        "SELECT buffer_minutes FROM unit_claims
         WHERE org_id = :org AND holder = :holder AND resource_unit_id = :unit",
        &[(":holder", &holder.to_string()), (":unit", &unit)],
        |row| row.get("buffer_minutes"),
    )
}

/// The longest buffer, in minutes, of all claims of a holder.
pub(in crate::calendar) fn longest_buffer(tx: &Tx<'_>, holder: Uuid) -> Result<i64> {
    tx.value(
        "SELECT coalesce(max(buffer_minutes), 0) FROM unit_claims
         WHERE org_id = :org AND holder = :holder",
        &[(":holder", &holder.to_string())],
    )
}

/// Up to when all claims of a holder could last before another one of their units begins; none: no
/// other one follows.
pub(in crate::calendar) fn longest_end(tx: &Tx<'_>, holder: Uuid) -> Result<Option<Timestamp>> {
    tx.value(
        "SELECT min((
             SELECT min(n.start_at) - c.buffer_minutes * 60000 FROM unit_claims AS n
             WHERE n.org_id = c.org_id AND n.resource_unit_id = c.resource_unit_id
                 AND n.start_at >= c.end_at))
         FROM unit_claims AS c WHERE c.org_id = :org AND c.holder = :holder",
        &[(":holder", &holder.to_string())],
    )
}

/// Takes away the claim that a holder has on a unit. The triggers refuse while an item needs it.
pub(in crate::calendar) fn delete_claim(
    tx: &WriteTx<'_>,
    holder: Uuid,
    unit: UnitId,
) -> Result<()> {
    tx.execute(
        "DELETE FROM unit_claims
         WHERE org_id = :org AND holder = :holder AND resource_unit_id = :unit",
        &[(":holder", &holder.to_string()), (":unit", &unit)],
    )?;
    Ok(())
}

/// Takes away all claims of a holder; answers the units. The triggers refuse while the holder is
/// active.
pub(in crate::calendar) fn delete_of(tx: &WriteTx<'_>, holder: Uuid) -> Result<Vec<UnitId>> {
    tx.all(
        "DELETE FROM unit_claims WHERE org_id = :org AND holder = :holder
         RETURNING resource_unit_id",
        &[(":holder", &holder.to_string())],
        |row| row.get("resource_unit_id"),
    )
}

/// Gives the claims of one holder to another.
pub(in crate::calendar) fn set_holder(
    tx: &WriteTx<'_>,
    holder: Uuid,
    kind: ClaimKind,
    new: Uuid,
) -> Result<()> {
    tx.execute(
        "UPDATE unit_claims SET holder = :new, kind = :kind
         WHERE org_id = :org AND holder = :holder",
        &[(":holder", &holder.to_string()), (":kind", &kind.name()), (":new", &new.to_string())],
    )?;
    Ok(())
}

/// The type of a resource.
pub(in crate::calendar) fn type_of(tx: &Tx<'_>, resource: ResourceId) -> Result<Option<String>> {
    tx.find(
        "SELECT type FROM resources WHERE org_id = :org AND id = :id",
        &[(":id", &resource)],
        |row| row.get("type"),
    )
}

/// Whether a resource is there and not deleted.
pub(in crate::calendar) fn resource_exists(tx: &Tx<'_>, resource: ResourceId) -> Result<bool> {
    tx.value(
        "SELECT EXISTS (SELECT 1 FROM resources
         WHERE org_id = :org AND id = :id AND deleted_at IS NULL)",
        &[(":id", &resource)],
    )
}

/// Claims that overlap another one of their unit: there must be none.
pub(in crate::calendar) fn overlaps(tx: &Tx<'_>) -> Result<Vec<String>> {
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
