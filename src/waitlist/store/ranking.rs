//! The one statement that ranks, and keeping what it says.

use std::collections::HashMap;

use crate::db::{Mapped, Row, Tx, WriteTx};
use crate::identity::Policy;
use crate::kernel::clock::DAY;
use crate::kernel::{EntryId, ResourceId, Result, Timestamp, bug};
use crate::waitlist::rules::{Parts, YEAR};

pub(super) const RANKING: &str = include_str!("ranking.sql");

/// What the ranking says about an entry.
#[derive(Debug, Clone)]
pub(in crate::waitlist) struct Ranked {
    pub(in crate::waitlist) entry_id: EntryId,
    /// Without what time adds to it, in points times the milliseconds of a day.
    pub(in crate::waitlist) priority_score: i64,
    pub(in crate::waitlist) parts: Parts,
    /// Until when the parts hold by themselves.
    pub(in crate::waitlist) until: Option<Timestamp>,
    /// The place in the queue of each resource; none while the entry does not wait.
    pub(in crate::waitlist) positions: HashMap<ResourceId, i64>,
}

/// Ranks entries from what their score depends on; tells their places where `placed` says so.
pub(in crate::waitlist) fn ranking(
    tx: &Tx<'_>,
    policy: &Policy,
    entries: &[EntryId],
    placed: bool,
) -> Result<Vec<Ranked>> {
    let entries = serde_json::to_string(entries).unwrap_or_default();
    let placed = if placed { entries.as_str() } else { "[]" };
    let weights = &policy.priority_weights;
    let all = bug::seeded("unfetched_is_late").then(|| RANKING.replace("i.checked_out_at", "1"));
    tx.all(
        all.as_deref().unwrap_or(RANKING),
        &[
            (":entries", &entries),
            (":placed", &placed),
            (":age_per_day", &weights.age_per_day),
            (":student", &weights.role.student),
            (":staff", &weights.role.staff),
            (":admin", &weights.role.admin),
            (":late_return", &weights.late_return),
            (":unpaid_fine", &weights.unpaid_fine),
            (":active_booking", &weights.active_booking),
            (":year", &YEAR),
            (":day", &DAY),
        ],
        from_row,
    )
}

fn from_row(row: &Row<'_>) -> Mapped<Ranked> {
    let positions: String = row.get("positions")?;
    let positions: HashMap<String, i64> = serde_json::from_str(&positions).unwrap_or_default();
    let parts = Parts {
        age_per_day: row.get("age_per_day")?,
        role: row.get("role")?,
        penalties: row.get("penalties")?,
        active_bookings: row.get("active_bookings")?,
    };
    let by_age = bug::seeded("order_by_age_alone");
    let ignored = if by_age { parts.role + parts.penalties + parts.active_bookings } else { 0 };
    let by_id = |(id, position): (String, i64)| Some((id.parse().ok()?, position));
    Ok(Ranked {
        entry_id: row.get("id")?,
        priority_score: row.get::<_, i64>("priority_score")? - ignored * DAY,
        parts,
        until: row.get::<_, Option<_>>("until")?.filter(|_| !bug::seeded("late_return_for_ever")),
        positions: positions.into_iter().filter_map(by_id).collect(),
    })
}

/// Keeps what the ranking says, where it differs from what is stored; answers whether it did.
pub(in crate::waitlist) fn set_score(tx: &WriteTx<'_>, ranked: &Ranked) -> Result<bool> {
    let Parts { age_per_day, role, penalties, active_bookings } = ranked.parts;
    let due: Option<Option<Timestamp>> = tx.find(
        "UPDATE waitlist_entries AS e SET priority_score = :score, age_per_day = :age,
             role_points = :role, penalty_points = :penalties, active_points = :active,
             score_until = :until,
             due_at = CASE status
                 WHEN 'WAITING' THEN min(start_at, coalesce(:until, start_at))
                 WHEN 'OFFERED' THEN (
                     SELECT min(o.expires_at, coalesce(:until, o.expires_at))
                     FROM waitlist_offers AS o WHERE o.org_id = e.org_id AND o.entry_id = e.id)
             END
         WHERE org_id = :org AND id = :id
             AND (priority_score, age_per_day, role_points, penalty_points, active_points,
                  score_until) IS NOT (:score, :age, :role, :penalties, :active, :until)
         RETURNING due_at",
        &[
            (":id", &ranked.entry_id),
            (":score", &ranked.priority_score),
            (":age", &age_per_day),
            (":role", &role),
            (":penalties", &penalties),
            (":active", &active_bookings),
            (":until", &ranked.until),
        ],
        |row| row.get("due_at"),
    )?;
    if let Some(due) = due.flatten() {
        tx.wake_at(due);
    }
    Ok(due.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::plan;

    /// What is scanned has been made by the statement itself; of tables only rows are looked up.
    #[test]
    fn the_ranking_reads_no_table_as_a_whole() {
        let plan = plan(RANKING);
        for step in plan.iter().filter_map(|step| step.trim().strip_prefix("SCAN ")) {
            let made = step.split(' ').next().unwrap();
            let own = ["j", "p", "r"].contains(&made) || made.starts_with("(subquery-");
            assert!(own, "{step} in {plan:#?}");
        }
        for index in [
            "bookings_lent",
            "booking_items_by_booking",
            "fines_open",
            "bookings_active",
            "SEARCH ur USING PRIMARY KEY",
            "SEARCH e USING PRIMARY KEY (org_id=? AND id=?)",
            "SEARCH q USING PRIMARY KEY (org_id=? AND resource_id=?)",
        ] {
            assert!(plan.iter().any(|step| step.contains(index)), "{index} in {plan:#?}");
        }
    }
}
