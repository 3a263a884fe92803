//! What the desk of the demo has handed out, taken back and charged for, on any day it is made.

use std::collections::BTreeSet;

use jiff::Timestamp as Instant;
use jiff::tz::TimeZone;
use pret::app;
use pret::kernel::clock::{DAY, HOUR};
use pret::kernel::{Actor, Timestamp};
use pret::seed::Summary;

use super::{Place, demo, require_no_faults};
use crate::support::start;

/// What there is in each organization: how many at least, and how they are found. `:today` is its
/// beginning in UTC, up to which the demo is made.
const COUNTER: [(i64, &str, &str); 25] = [
    (80, "over, and all of it is back", "bookings WHERE status = 'RETURNED'"),
    (5, "never fetched, or never decided", "bookings WHERE status = 'EXPIRED'"),
    (100, "came back in order", "booking_items WHERE return_condition = 'GOOD'"),
    (10, "came back worn", "booking_items WHERE return_condition = 'WORN'"),
    (1, "came back damaged", "booking_items WHERE return_condition = 'DAMAGED'"),
    (1, "was lost", "booking_items WHERE return_condition = 'LOST'"),
    (
        1,
        "is in maintenance since it came back",
        "resource_units AS u WHERE status = 'MAINTENANCE' AND EXISTS (
             SELECT 1 FROM booking_items AS i
             WHERE i.resource_unit_id = u.id AND i.return_condition = 'DAMAGED')",
    ),
    (1, "late by hours", "late WHERE by_days = 0"),
    (1, "late by days", "late WHERE by_days > 0"),
    (3, "out", "bookings WHERE status = 'CHECKED_OUT' AND end_at >= :today"),
    (
        1,
        "out, and one of its things is back",
        "bookings AS b WHERE status = 'CHECKED_OUT' AND EXISTS (
             SELECT 1 FROM booking_items AS i WHERE i.booking_id = b.id
                 AND i.checked_out_at IS NOT NULL AND i.returned_at IS NOT NULL)",
    ),
    (
        1,
        "out, and one of its things was never fetched",
        "bookings AS b WHERE status = 'CHECKED_OUT' AND EXISTS (
             SELECT 1 FROM booking_items AS i WHERE i.booking_id = b.id
                 AND i.checked_out_at IS NULL AND i.returned_at IS NOT NULL)",
    ),
    (
        3,
        "due today",
        "bookings WHERE status = 'CHECKED_OUT' AND end_at BETWEEN :today AND :tomorrow",
    ),
    (
        2,
        "to hand out today",
        "bookings WHERE status = 'APPROVED' AND start_at BETWEEN :today AND :tomorrow",
    ),
    (2, "late", "unit_custody WHERE due_at < :today"),
    (
        1,
        "moved, because its unit is late",
        "bookings AS b WHERE status = 'APPROVED' AND NOT at_risk AND EXISTS (
             SELECT 1 FROM unit_custody AS k JOIN audit_events AS a ON a.entity_id = b.id
             WHERE k.due_at < :today AND instr(a.before_json, k.resource_unit_id)
                 AND NOT instr(a.after_json, k.resource_unit_id))",
    ),
    (
        1,
        "at risk, because its unit is late",
        "bookings AS b WHERE at_risk AND EXISTS (
             SELECT 1 FROM booking_items AS i
             JOIN unit_custody AS k ON k.resource_unit_id = i.resource_unit_id
             WHERE i.booking_id = b.id AND i.endangered AND k.due_at < :today)",
    ),
    (1, "planned maintenance", "unit_maintenance WHERE start_at > :today"),
    (
        1,
        "maintenance that was planned and taken away",
        "audit_events WHERE entity_type = 'maintenance' AND action = 'SOFT_DELETE'",
    ),
    (1, "open, and nothing of it is paid", "fines WHERE status = 'OPEN' AND paid_cents = 0"),
    (1, "open, and paid in part", "fines WHERE status = 'OPEN' AND paid_cents > 0"),
    (1, "paid", "fines WHERE status = 'PAID'"),
    (1, "waived", "fines WHERE status = 'WAIVED'"),
    (1, "lost and fined", "fines WHERE kind = 'LOSS'"),
    (
        1,
        "a student owes more than the limit",
        "memberships AS m WHERE (
             SELECT sum(f.amount_cents - f.paid_cents) FROM fines AS f
             WHERE f.org_id = m.org_id AND f.user_id = m.user_id AND f.status = 'OPEN'
         ) > (SELECT json_extract(o.policy, '$.block_when_fines_exceed_cents')
              FROM organizations AS o WHERE o.id = m.org_id)
         AND 1 = (SELECT max(r.role_id) FROM user_roles AS r
                  WHERE r.org_id = m.org_id AND r.user_id = m.user_id)",
    ),
];

/// Demands all of that of a demo that is made at that time.
pub(super) fn require_counter(place: &Place, summary: &Summary, now: Timestamp) {
    let file = place.file();
    let today = now.millis().div_euclid(DAY) * DAY;
    for organization in &summary.organizations {
        for (least, what, which) in COUNTER {
            let sql = format!(
                "WITH late AS (
                     SELECT b.org_id, (i.returned_at - b.end_at) / {DAY} AS by_days
                     FROM bookings AS b JOIN booking_items AS i ON i.booking_id = b.id
                     WHERE i.checked_out_at IS NOT NULL AND i.returned_at > b.end_at)
                 SELECT count(*) FROM {which} AND org_id = '{}'",
                organization.id
            );
            let sql = sql.replace(":today", &today.to_string());
            let found = file.number(&sql.replace(":tomorrow", &(today + DAY - 1).to_string()));
            assert!(found >= least, "{} on {now}: {what}: {found}", organization.name);
        }
        // Whoever tries the demo wants to book.
        for guest in &organization.sign_ins {
            let fines = format!(
                "SELECT count(*) FROM fines AS f JOIN users AS u ON u.id = f.user_id
                 WHERE u.email = '{}'",
                guest.email
            );
            assert_eq!(file.number(&fines), 0, "{} on {now}", guest.email);
        }
    }
}

#[test]
fn in_each_organization_the_desk_has_worked_and_has_work() {
    let (place, summary) = demo();
    require_counter(place, summary, start());
}

#[test]
fn what_is_past_is_over_and_what_is_running_is_out_or_comes_late() {
    let file = demo().0.file();
    let today = start().millis().div_euclid(DAY) * DAY;
    let unfinished = format!(
        "SELECT count(*) FROM bookings WHERE status IN ('PENDING', 'APPROVED', 'WAITLISTED')
             AND start_at < {today} - 2 * {HOUR}"
    );
    assert_eq!(file.number(&unfinished), 0);
    let late =
        format!("SELECT count(*) FROM bookings WHERE status = 'CHECKED_OUT' AND end_at < {today}");
    assert_eq!(file.number(&late), 6);
    let without_hand_out = "SELECT count(*) FROM bookings AS b
        WHERE status = 'RETURNED' AND NOT EXISTS (
            SELECT 1 FROM booking_items AS i
            WHERE i.booking_id = b.id AND i.checked_out_at IS NOT NULL)";
    assert_eq!(file.number(without_hand_out), 0);
}

#[test]
fn what_nobody_decided_or_fetched_expired_at_its_own_instant() {
    let file = demo().0.file();
    // The grace is two hours in all organizations.
    let expired = format!(
        "SELECT count(*) FROM bookings AS b WHERE status = 'EXPIRED'
             AND NOT EXISTS (SELECT 1 FROM waitlist_entries AS e WHERE e.booking_id = b.id)
             AND min(b.end_at, b.start_at + 2 * {HOUR} * EXISTS (
                 SELECT 1 FROM audit_events AS a WHERE a.entity_id = b.id
                     AND json_extract(a.after_json, '$.status') = 'APPROVED'))"
    );
    assert_eq!(file.number(&format!("{expired} <> b.updated_at")), 0);
    assert!(file.number(&format!("{expired} = b.updated_at")) > 20);
}

#[test]
fn things_go_out_and_come_back_by_day() {
    let events = demo().0.file().rows(
        "SELECT o.timezone, at FROM (
             SELECT org_id, checked_out_at AS at FROM booking_items
             UNION ALL SELECT org_id, returned_at FROM booking_items
                 WHERE checked_out_at IS NOT NULL
             UNION ALL SELECT org_id, created_at FROM fines
             UNION ALL SELECT org_id, created_at FROM fine_payments)
         JOIN organizations AS o ON o.id = org_id WHERE at IS NOT NULL",
    );
    assert!(events.len() > 1500);
    let hours: BTreeSet<i8> = events
        .iter()
        .map(|row| {
            let [rusqlite::types::Value::Text(zone), rusqlite::types::Value::Integer(at)] =
                &row[..]
            else {
                panic!("{row:?}")
            };
            let zone = TimeZone::get(zone).unwrap();
            Instant::from_millisecond(*at).unwrap().to_zoned(zone).hour()
        })
        .collect();
    assert!(hours.iter().all(|hour| (8..19).contains(hour)), "{hours:?}");
}

#[test]
fn nobody_settled_their_own_fine_and_each_way_of_paying_was_used() {
    let file = demo().0.file();
    let own = "SELECT count(*) FROM fine_payments AS y JOIN fines AS f ON f.id = y.fine_id
               WHERE y.recorded_by = f.user_id";
    assert_eq!(file.number(own), 0);
    let methods = "SELECT count(*) FROM (SELECT org_id, count(DISTINCT method) AS methods
                   FROM fine_payments GROUP BY org_id) WHERE methods >= 3";
    assert_eq!(file.number(methods), 3);
    // One organization has no late fines.
    assert_eq!(file.number("SELECT count(DISTINCT org_id) FROM fines WHERE kind = 'LATE'"), 2);
}

/// Whenever a server is started on it, and as long as it runs.
#[test]
fn what_falls_due_after_the_demo_was_made_leaves_no_fault() {
    let (demo, summary) = demo();
    let place = demo.copy();
    let today = Timestamp::from_millis(start().millis().div_euclid(DAY) * DAY);
    for hours in [0, 5, 14, 24, 40 * 24] {
        let now = today.plus(hours * HOUR);
        place.clock.set(now);
        for organization in &summary.organizations {
            let org = organization.id;
            let due = move |global: &pret::db::GlobalWriteTx<'_>| {
                while app::do_due(&global.write_at(org, Actor::system(), now))? {}
                app::next_due(&global.within(org, Actor::system()))
            };
            let next = place.db.write_blocking(due).unwrap();
            assert!(next.is_none_or(|next| next > now), "{} at {now}", organization.name);
        }
        require_no_faults(&place, summary);
    }
}
