//! What an organization keeps no longer: what was over long ago passes to nobody in particular.

use pret::kernel::Timestamp;
use pret::kernel::clock::DAY;
use serde_json::{Value, json};

use super::{Life, WORDS, erased_payloads, everything, path};
use crate::support::{TestApp, none, start};

/// Sets how many months the organization keeps who booked what.
pub fn keep(app: &TestApp, months: u32) {
    let policy = json!({ "policy": { "retention_months": months } });
    app.admin().patch("/organization", "*", &policy).expect(200);
}

/// So many months of 31 days after the beginning.
pub fn later(app: &TestApp, months: i64) {
    app.clock.set(start().plus(months * 31 * DAY));
    app.run_jobs();
}

fn requester(app: &TestApp, booking: &Value) -> Value {
    app.staff().get(&path(booking, "")).expect(200).json()["requester_user_id"].clone()
}

#[test]
fn by_default_everything_is_kept() {
    let Life { app, lent, .. } = Life::lived();
    later(&app, 120);
    app.tidy();
    assert_eq!(requester(&app, &lent), app.student().user_id());
    let policy = app.staff().get("/organization").expect(200).json()["policy"].clone();
    assert_eq!(policy["retention_months"], Value::Null);
}

#[test]
fn a_year_is_the_least_and_ten_the_most() {
    let app = TestApp::new();
    for bad in [json!(11), json!(121), json!(-1), json!("12")] {
        let body = json!({ "policy": { "retention_months": bad } });
        let refused =
            app.admin().patch("/organization", "*", &body).refused(422, "validation_failed");
        assert!(refused.json()["errors"].to_string().contains("retention_months"), "{refused}");
    }
    for good in [json!(12), json!(120), Value::Null] {
        let body = json!({ "policy": { "retention_months": good } });
        let set = app.admin().patch("/organization", "*", &body).expect(200).json();
        assert_eq!(set["policy"]["retention_months"], good);
    }
}

/// Goes red with the seeded bug `retention_leaves_payload`.
#[test]
fn what_was_over_long_ago_is_of_nobody_and_nothing_said_is_found() {
    let Life { app, lent, fine, .. } = Life::lived();
    keep(&app, 12);
    later(&app, 14);
    app.tidy();
    app.verify();
    assert!(erased_payloads(&app, app.north()) > 20);
    let nobody = requester(&app, &lent);
    assert_ne!(nobody, app.student().user_id());
    let member = app.staff().get(&format!("/members/{}", nobody.as_str().unwrap())).expect(200);
    assert_eq!(member.json()["full_name"], "Erased person");
    let after = app.staff().get(&path(&lent, "")).expect(200).json();
    for kept in ["start_at", "end_at", "status", "decided_by", "created_at"] {
        assert_eq!(after[kept], lent[kept], "{kept}");
    }
    assert_eq!((&after["purpose"], &after["decision_note"]), (&json!(""), &Value::Null));
    assert_eq!(after["items"][0]["return_condition"], "WORN");
    let fine = app.staff().get(&format!("/fines/{}", fine["id"].as_str().unwrap())).expect(200);
    let fine = fine.json();
    assert_eq!((&fine["user_id"], &fine["status"]), (&nobody, &json!("PAID")));
    assert_eq!((&fine["amount_cents"], &fine["note"]), (&json!(700), &Value::Null));
    // The account is the person's still; what was said with bookings, wishes and fines is gone.
    let all = everything(&app);
    let said = WORDS.iter().filter(|word| word.contains('-'));
    none(said.filter(|word| all.contains(**word)).map(|word| (*word).to_owned()));
    assert!(app.student().get("/bookings").expect(200).data().is_empty());
    assert!(app.student().get("/me/fines").expect(200).data().is_empty());
    assert!(app.student().get("/me/notifications").expect(200).data().is_empty());
}

/// Goes red with the seeded bug `retention_too_early`.
#[test]
fn nothing_passes_on_before_its_time() {
    let Life { app, lent, .. } = Life::lived();
    keep(&app, 12);
    // It was over on the third of March 2026, and its fine settled on the same day.
    for (now, is_nobodys) in [("2027-03-02T23:59:59Z", false), ("2027-03-04T00:00:00Z", true)] {
        app.clock.set(Timestamp::parse(now).unwrap());
        app.run_jobs();
        app.tidy();
        let is_students = requester(&app, &lent) == app.student().user_id();
        assert_eq!(!is_students, is_nobodys, "{now}");
    }
}

#[test]
fn what_came_back_late_is_kept_for_a_year_from_then() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 0, 2);
    app.staff().act(&path(&booking, "/approve")).expect(200);
    app.staff().act(&path(&booking, "/check-out")).expect(200);
    app.clock.advance(60 * DAY);
    let item = json!({ "item_id": booking["items"][0]["id"], "condition": "GOOD" });
    app.staff().post(&path(&booking, "/return"), &json!({ "items": [item] })).expect(200);
    keep(&app, 12);
    later(&app, 13);
    app.tidy();
    assert_eq!(requester(&app, &booking), app.student().user_id());
    later(&app, 15);
    app.tidy();
    assert_ne!(requester(&app, &booking), app.student().user_id());
    app.verify();
}

/// Goes red with the seeded bug `retention_with_open_fine`.
#[test]
fn who_owes_something_is_not_forgotten() {
    let Life { app, lent, .. } = Life::lived();
    let body = json!({ "user_id": app.student().user_id(), "kind": "DAMAGE", "amount_cents": 900,
        "booking_id": lent["id"] });
    let fine = app.staff().post("/fines", &body).expect(201).json();
    keep(&app, 12);
    later(&app, 40);
    app.tidy();
    assert_eq!(requester(&app, &lent), app.student().user_id());
    app.staff().pay(&fine, 900).expect(201);
    app.tidy();
    assert_eq!(requester(&app, &lent), app.student().user_id(), "it was settled just now");
    later(&app, 53);
    app.tidy();
    assert_ne!(requester(&app, &lent), app.student().user_id());
    app.verify();
}

#[test]
fn what_runs_and_the_other_organization_are_left_alone() {
    let Life { app, stock, .. } = Life::lived();
    keep(&app, 12);
    let south = app.south_staff().resource_with_units(1);
    let there = app.south_staff().book(south.unit(), 200, 202);
    later(&app, 14);
    let hours = 14 * 31 * 24;
    let here = app.booking(stock.unit(), hours + 24, hours + 26);
    app.tidy();
    assert_eq!(requester(&app, &here), app.student().user_id());
    let there = app.south_staff().get(&path(&there, "")).expect(200).json();
    assert_eq!(there["requester_user_id"], app.south_staff().user_id());
    assert_eq!(erased_payloads(&app, app.south()), 0);
}

#[test]
fn a_long_backlog_passes_on_in_small_steps_and_each_booking_tells_it_once() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let bookings: Vec<Value> = (0..45)
        .map(|at| {
            let booking = app.student().book(stock.unit(), 24 + at, 25 + at);
            app.student().act(&path(&booking, "/cancel")).expect(200);
            booking
        })
        .collect();
    keep(&app, 12);
    later(&app, 14);
    let before = app.db().writer_stats().jobs;
    app.tidy();
    assert!(app.db().writer_stats().jobs - before >= 3 + 5, "more than twenty in one write");
    for booking in &bookings {
        let id = booking["id"].as_str().unwrap();
        let events = app.staff().get(&format!("/audit?entity_id={id}")).expect(200).data();
        let told = events.iter().filter(|event| !event["after"].is_null()).count();
        assert_eq!((events.len(), told), (3, 1));
        assert_eq!(events[0]["after"]["version"], 3);
    }
    app.verify();
}
