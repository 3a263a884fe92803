//! What the waitlist of the demo holds, on whatever day it is made.

use pret::kernel::Timestamp;
use pret::kernel::clock::DAY;
use pret::seed::Summary;

use super::counter::require_counter;
use super::{Place, demo, require_no_faults};
use crate::support::start;

/// What the waitlist of each organization holds, and how it is found.
const WAITING: [(&str, &str); 11] = [
    ("somebody waits", "e.status = 'WAITING'"),
    ("somebody has an offer", "e.status = 'OFFERED' AND NOT o.is_proposal"),
    ("somebody has a proposal", "e.status = 'OFFERED' AND o.is_proposal"),
    ("an offer ran out", "e.status = 'EXPIRED' AND e.offer_ran_out"),
    (
        "a period began",
        "e.status = 'EXPIRED' AND NOT e.offer_ran_out AND EXISTS (
             SELECT 1 FROM audit_events AS a WHERE a.entity_id = e.id AND a.at = e.start_at)",
    ),
    ("an offer was taken", "e.status = 'ACCEPTED'"),
    ("somebody gave up", "e.status = 'CANCELLED'"),
    ("somebody was refused", "e.status = 'REJECTED'"),
    (
        "somebody waits for two things",
        "e.status = 'WAITING' AND 2 = (
             SELECT count(*) FROM waitlist_items AS i WHERE i.entry_id = e.id)",
    ),
    (
        "somebody was passed over for who came later",
        "e.status = 'WAITING' AND e.last_skip IS NOT NULL AND EXISTS (
             SELECT 1 FROM waitlist_items AS i JOIN waitlist_items AS j
                 ON j.resource_id = i.resource_id AND j.entry_id <> i.entry_id
             JOIN waitlist_entries AS later ON later.id = j.entry_id
             WHERE i.entry_id = e.id AND later.status = 'OFFERED' AND later.rank > e.rank)",
    ),
    (
        "somebody is third in a queue",
        "e.status = 'WAITING' AND EXISTS (
             SELECT 1 FROM waitlist_queue AS q WHERE q.entry_id = e.id AND 2 = (
                 SELECT count(*) FROM waitlist_queue AS before
                 WHERE before.resource_id = q.resource_id AND before.rank < q.rank))",
    ),
];

/// Demands all of that, and that it still holds for a while when the demo is made at that time.
fn require_waitlist(place: &Place, summary: &Summary, now: Timestamp) {
    let file = place.file();
    for organization in &summary.organizations {
        let count = |condition: &str| {
            file.number(&format!(
                "SELECT count(*) FROM waitlist_entries AS e
                 LEFT JOIN waitlist_offers AS o ON o.entry_id = e.id
                 WHERE e.org_id = '{}' AND {condition}",
                organization.id
            ))
        };
        for (what, condition) in WAITING {
            assert!(count(condition) > 0, "{} on {now}: {what}", organization.name);
        }
        // Who signs in as a student has something to look at.
        let student = &organization.sign_ins[2].email;
        for state in ["WAITING", "OFFERED", "EXPIRED"] {
            let theirs = format!(
                "e.status = '{state}' AND e.requester_user_id = (
                     SELECT u.id FROM users AS u WHERE u.email = '{student}')"
            );
            assert!(count(&theirs) > 0, "{student} on {now}: {state}");
        }
        let soon = now.plus(3 * DAY).millis();
        assert_eq!(count(&format!("e.due_at < {soon}")), 0, "{} on {now}", organization.name);
    }
}

#[test]
fn in_each_organization_people_wait_and_hold_offers_and_have_waited() {
    let (place, summary) = demo();
    require_waitlist(place, summary, start());
}

#[test]
fn on_other_days_the_demo_is_as_full() {
    // A leap day; the clocks change in Paris and, within the periods ahead, in Halifax; and in
    // Auckland, the other way round.
    for now in ["2028-02-29T12:00:00Z", "2026-10-24T23:30:00Z", "2026-09-26T10:00:00Z"] {
        let now = Timestamp::parse(now).unwrap();
        let place = Place::new();
        place.clock.set(now);
        let summary = place.seed(now).unwrap();
        require_waitlist(&place, &summary, now);
        require_counter(&place, &summary, now);
        require_no_faults(&place, &summary);
    }
}
