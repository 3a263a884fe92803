//! What nobody decides or fetches ends by itself, and its units are free.

use serde_json::{Value, json};

use super::{item, path, unit_of};
use crate::support::{TestApp, at, booking_of_unit, minutes};

fn set(app: &TestApp, policy: &Value) {
    app.admin().patch("/organization", "*", &json!({ "policy": policy })).expect(200);
}

/// Goes red with the seeded bug `undecided_for_ever`.
#[test]
fn a_request_that_nobody_decides_expires_at_its_start_and_serves_who_waits() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let pending = app.booking(stock.unit(), 24, 48);
    let waits = booking_of_unit(stock.unit(), 30, 40);
    let entry = app.other_student().post("/waitlist", &waits).expect(201).json();
    app.advance_minutes(24 * 60 - 1);
    app.run_jobs();
    assert_eq!(app.student().see(&pending)["status"], "PENDING");
    app.advance_minutes(1);
    app.run_jobs();
    let expired = app.student().see(&pending);
    assert_eq!((&expired["status"], &expired["cancelled_at"]), (&json!("EXPIRED"), &json!(null)));
    let entry = app.staff().get(&format!("/waitlist/{}", entry["id"].as_str().unwrap()));
    assert_eq!(entry.expect(200).json()["status"], "OFFERED");
    let told = app.student().get("/me/notifications").expect(200).data();
    assert_eq!((&told[0]["kind"], &told[0]["booking_id"]), (&json!("EXPIRED"), &pending["id"]));
    let trail = format!("/audit?entity_id={}", pending["id"].as_str().unwrap());
    let last = &app.staff().get(&trail).expect(200).data()[0];
    assert_eq!((&last["actor_user_id"], &last["action"]), (&json!(null), &json!("STATUS_CHANGE")));
    app.verify();
}

#[test]
fn what_nobody_fetches_is_kept_for_the_grace_and_no_longer() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.granted(&stock, 1, 1, 24);
    app.advance_minutes(60 + 119);
    app.run_jobs();
    assert_eq!(app.staff().see(&booking)["status"], "APPROVED");
    app.advance_minutes(1);
    // Whoever writes next finds it free.
    let now = json!({
        "start_at": minutes(180), "end_at": at(5), "purpose": "tests",
        "items": [{ "resource_unit_id": stock.unit() }],
    });
    app.other_student().post("/bookings", &now).expect(201);
    assert_eq!(app.staff().see(&booking)["status"], "EXPIRED");
    app.verify();
}

#[test]
fn the_grace_is_the_policys_and_never_longer_than_the_booking() {
    let app = TestApp::new();
    let stock = app.resource_with_units(3);
    let short = app.granted(&stock, 1, 1, 2);
    let long = app.granted(&stock, 1, 1, 24);
    let kept = app.granted(&stock, 1, 1, 24);
    app.advance_minutes(120);
    app.run_jobs();
    assert_eq!(app.staff().see(&short)["status"], "EXPIRED");
    set(&app, &json!({ "no_show_grace_minutes": 90 }));
    app.verify();
    app.advance_minutes(30);
    app.run_jobs();
    assert_eq!(app.staff().see(&long)["status"], "EXPIRED");
    let other = TestApp::new();
    let stock = other.resource_with_units(1);
    let patient = other.granted(&stock, 1, 1, 24);
    set(&other, &json!({ "no_show_grace_minutes": null }));
    other.advance_minutes(23 * 60);
    other.run_jobs();
    assert_eq!(other.staff().see(&patient)["status"], "APPROVED");
    other.staff().hand_out(&patient, json!({})).expect(200);
    other.verify();
    assert_eq!(app.staff().see(&kept)["status"], "EXPIRED");
}

/// Goes red with the seeded bug `kept_by_changing`.
#[test]
fn who_changes_a_request_again_and_again_keeps_it_no_longer() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let pending = app.booking(stock.unit(), 1, 5);
    let waits = booking_of_unit(stock.unit(), 2, 5);
    let entry = app.other_student().post("/waitlist", &waits).expect(201);
    app.advance_minutes(59);
    let change = |purpose: &str| {
        let change = json!({ "purpose": purpose });
        app.student().patch(&path(&pending, ""), "*", &change).send().status()
    };
    let mut answers = Vec::new();
    for time in ["first", "second", "third", "fourth", "fifth"] {
        answers.push(change(time));
        app.clock.advance(50_000);
    }
    assert_eq!(answers, [200, 200, 200, 200, 409]);
    assert_eq!(app.student().see(&pending)["status"], "EXPIRED");
    let entry = app.staff().get(&format!("/waitlist/{}", entry.id())).expect(200).json();
    assert_eq!(entry["status"], "OFFERED");
    app.verify();
}

/// Goes red with the seeded bug `kept_by_changing`.
#[test]
fn who_keeps_longer_what_is_out_does_not_keep_what_was_not_fetched() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let booking = app.granted(&stock, 2, 0, 3);
    let first = json!({ "items": [{ "item_id": item(&booking, 0)["id"] }] });
    app.staff().hand_out(&booking, first).expect(200);
    app.verify();
    app.clock.advance(2 * 3_600_000 - 30_000);
    let longer = app.student().extend(&booking, 4).expect(200).json();
    assert_eq!(item(&longer, 1)["returned_at"], json!(null));
    app.verify();
    app.clock.advance(30_000);
    app.run_jobs();
    assert_eq!(item(&app.student().see(&booking), 1)["returned_at"], at(2));
    app.verify();
}

/// Goes red with the seeded bug `every_step_a_new_state`.
#[test]
fn of_what_is_fetched_in_part_the_rest_is_let_go() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let booking = app.granted(&stock, 2, 0, 24);
    let first = json!({ "items": [{ "item_id": item(&booking, 0)["id"] }] });
    app.staff().hand_out(&booking, first).expect(200);
    app.advance_minutes(120);
    app.run_jobs();
    let kept = app.staff().see(&booking);
    assert_eq!(kept["status"], "CHECKED_OUT");
    let let_go = item(&kept, 1);
    assert_eq!((&let_go["checked_out_at"], &let_go["returned_at"]), (&json!(null), &json!(at(2))));
    // Its status has not changed, so the trail does not say so.
    let trail = format!("/audit?entity_id={}", booking["id"].as_str().unwrap());
    let last = &app.staff().get(&trail).expect(200).data()[0];
    assert_eq!((&last["action"], &last["actor_user_id"]), (&json!("UPDATE"), &json!(null)));
    app.other_student().book(unit_of(&booking, 1), 3, 5);
    let rest = json!({ "items": [{ "item_id": let_go["id"] }] });
    app.staff().hand_out(&booking, rest).refused(409, "invalid_transition");
    let back = app.staff().take_back(&booking, json!({})).expect(200).json();
    assert_eq!(back["status"], "RETURNED");
    app.verify();
}

#[test]
fn when_all_that_was_out_is_back_the_rest_ends_the_booking() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let booking = app.granted(&stock, 2, 0, 24);
    let first = json!({ "items": [{ "item_id": item(&booking, 0)["id"] }] });
    app.staff().hand_out(&booking, first).expect(200);
    let back = app.staff().take_back(&booking, json!({})).expect(200).json();
    assert_eq!(back["status"], "CHECKED_OUT", "one item is still reserved");
    app.advance_minutes(120);
    app.run_jobs();
    assert_eq!(app.staff().see(&booking)["status"], "RETURNED");
    app.verify();
}

/// Goes red with the seeded bug `let_go_is_late`.
#[test]
fn what_is_let_go_after_the_end_is_no_late_return() {
    let app = TestApp::new();
    let stock = app.resource_with_units(3);
    let booking = app.granted(&stock, 2, 0, 1);
    let first = json!({ "items": [{ "item_id": item(&booking, 0)["id"] }] });
    app.staff().hand_out(&booking, first).expect(200);
    app.advance_minutes(50);
    app.staff().take_back(&booking, json!({})).expect(200);
    // The timer comes a minute after the end.
    app.advance_minutes(11);
    app.run_jobs();
    assert_eq!(app.staff().see(&booking)["status"], "RETURNED");
    let wanted = app.resource_with_units(1);
    app.staff().book(wanted.unit(), 24, 26);
    let waits = booking_of_unit(wanted.unit(), 24, 26);
    let entry = app.student().post("/waitlist", &waits).expect(201).json();
    assert_eq!(entry["score"]["penalties"], 0);
    app.verify();
}

/// A minute, so that what is asked for from now on can be decided and fetched.
#[test]
fn what_begins_now_can_still_be_decided_and_fetched() {
    let app = TestApp::new();
    set(&app, &json!({ "no_show_grace_minutes": 0 }));
    let stock = app.resource_with_units(2);
    let booking = app.granted(&stock, 1, 0, 8);
    app.staff().hand_out(&booking, json!({})).expect(200);
    let other = stock.units.iter().find(|unit| *unit != unit_of(&booking, 0)).unwrap();
    let undecided = app.booking(other, 0, 8);
    app.clock.advance(59_999);
    app.run_jobs();
    assert_eq!(app.staff().see(&undecided)["status"], "PENDING");
    app.clock.advance(1);
    app.run_jobs();
    assert_eq!(app.staff().see(&undecided)["status"], "EXPIRED");
    app.verify();
}

#[test]
fn the_timer_knows_when_the_next_thing_is_due() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let due = |app: &TestApp| {
        app.admin().get("/health/details").expect(200).json()["jobs"]["next_due_at"].clone()
    };
    assert_eq!(due(&app), json!(null));
    let pending = app.booking(&stock.units[0], 5, 9);
    assert_eq!(due(&app), json!(at(5)));
    app.staff().act(&path(&pending, "/approve")).expect(200);
    assert_eq!(due(&app), json!(at(7)));
    app.lent(&stock, 1, 0, 3);
    assert_eq!(due(&app), json!("2026-03-02T12:00:00.001Z"));
}
