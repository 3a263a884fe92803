//! Decisions about bookings.

use serde_json::{Value, json};

use crate::support::{Person, TestApp};

fn act(booking: &Value, action: &str) -> String {
    format!("/bookings/{}/{action}", booking["id"].as_str().unwrap())
}

#[test]
fn approving_notes_who_and_why() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 24, 26);
    let note = json!({ "note": "mind the lens" });
    let approved = app.staff().post(&act(&booking, "approve"), &note).expect(200).json();
    assert_eq!(approved["status"], "APPROVED");
    assert_eq!(approved["decided_by"], app.user_id(Person::Staff));
    assert_eq!(approved["decision_note"], "mind the lens");
    assert_eq!(approved["version"], 2);
    app.staff().act(&act(&booking, "approve")).refused(409, "invalid_transition");
    app.student().act(&act(&booking, "approve")).refused(403, "forbidden");
}

#[test]
fn approving_checks_the_policy_of_today() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 24, 24 + 5 * 24);
    let etag = app.admin().get("/organization").expect(200).etag();
    let strict = json!({ "policy": { "max_booking_days": 3 } });
    app.admin().patch("/organization", &etag, &strict).expect(200);
    let refusal = app.staff().act(&act(&booking, "approve")).refused(409, "policy_violation");
    assert_eq!(refusal.json()["rule"], "max_booking_days");
    app.staff().act(&act(&booking, "reject")).expect(200);
}

#[test]
fn what_was_not_decided_by_its_start_is_not_granted_any_more() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 24, 26);
    app.advance_minutes(24 * 60);
    app.staff().act(&act(&booking, "approve")).refused(409, "invalid_transition");
}

#[test]
fn rejecting_and_cancelling_free_the_units() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let rejected = app.booking(stock.unit(), 24, 26);
    let reply =
        app.staff().post(&act(&rejected, "reject"), &json!({ "note": "exams" })).expect(200);
    assert_eq!(reply.json()["status"], "REJECTED");
    let cancelled = app.booking(stock.unit(), 24, 26);
    let reply = app.student().act(&act(&cancelled, "cancel")).expect(200).json();
    assert_eq!(reply["status"], "CANCELLED");
    assert_eq!(reply["cancelled_at"], crate::support::START);
    app.booking(stock.unit(), 24, 26);
    app.student().act(&act(&cancelled, "cancel")).refused(409, "invalid_transition");
}

#[test]
fn a_version_that_was_sent_with_an_action_is_compared() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 24, 26);
    let stale = app.staff().act(&act(&booking, "approve")).header("if-match", "\"7\"");
    stale.refused(412, "precondition_failed");
    app.staff().act(&act(&booking, "approve")).header("if-match", "\"1\"").expect(200);
}

#[test]
fn somebody_elses_booking_is_not_there_for_a_student() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 24, 26);
    let place = format!("/bookings/{}", booking["id"].as_str().unwrap());
    app.other_student().get(&place).refused(404, "not_found");
    app.other_student().act(&act(&booking, "cancel")).refused(404, "not_found");
    app.other_student().patch(&place, "*", &json!({ "purpose": "x" })).refused(404, "not_found");
    app.south_admin().get(&place).refused(404, "not_found");
    app.staff().get(&place).expect(200);
}
