//! Keeping what is out for longer.

use serde_json::{Value, json};

use super::path;
use crate::support::{TestApp, at, booking_of_unit};

fn set(app: &TestApp, policy: &Value) {
    app.admin().patch("/organization", "*", &json!({ "policy": policy })).expect(200);
}

#[test]
fn what_is_out_may_be_kept_longer_by_who_has_it() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.lent(&stock, 1, 0, 4);
    app.other_student().extend(&booking, 6).refused(404, "not_found");
    let longer = app.student().extend(&booking, 6).expect(200).json();
    assert_eq!((&longer["end_at"], &longer["status"]), (&json!(at(6)), &json!("CHECKED_OUT")));
    app.other_student()
        .post("/bookings", &booking_of_unit(stock.unit(), 5, 7))
        .refused(409, "unit_unavailable");
    app.other_student().book(stock.unit(), 6, 7);
    app.advance_minutes(5 * 60);
    assert_eq!(app.staff().get("/bookings?overdue=true").expect(200).data().len(), 0);
    app.verify();
}

#[test]
fn a_claim_is_not_crossed_and_the_longest_end_is_told() {
    let app = TestApp::new();
    set(&app, &json!({ "buffer_minutes": 30 }));
    let stock = app.resource_with_units(1);
    let booking = app.lent(&stock, 1, 0, 4);
    set(&app, &json!({ "buffer_minutes": 0 }));
    app.other_student().book(stock.unit(), 10, 12);
    for caller in [app.student(), app.staff()] {
        let refusal = caller.extend(&booking, 10).refused(409, "unit_unavailable").json();
        assert_eq!(refusal["longest_end_at"], "2026-03-02T18:30:00Z", "the buffer stays");
        assert_eq!(refusal["conflicts"][0]["start_at"], at(10));
        assert_eq!(refusal["alternatives"], json!([]));
    }
    assert_eq!(app.staff().see(&booking), booking);
    let half_past = json!({ "end_at": "2026-03-02T18:30:00Z" });
    app.student().patch(&path(&booking, ""), "*", &half_past).expect(200);
    app.verify();
}

/// Goes red with the seeded bug `extended_past_who_waits`.
#[test]
fn the_requester_does_not_pass_who_waits_and_the_desk_may() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.lent(&stock, 1, 0, 4);
    let waits = booking_of_unit(stock.unit(), 3, 5);
    app.other_student().post("/waitlist", &waits).expect(201);
    let refusal = app.student().extend(&booking, 6).refused(409, "unit_unavailable").json();
    assert_eq!((&refusal["longest_end_at"], &refusal["conflicts"]), (&json!(at(4)), &json!([])));
    app.staff().extend(&booking, 6).expect(200);
    app.verify();
}

#[test]
fn ones_own_wish_for_it_does_not_stand_in_ones_way() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.lent(&stock, 1, 0, 4);
    app.student().post("/waitlist", &booking_of_unit(stock.unit(), 3, 5)).expect(201);
    app.student().extend(&booking, 5).expect(200);
    app.verify();
}

#[test]
fn a_waiting_period_that_is_not_passed_limits_nothing_but_the_longest_end() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.lent(&stock, 1, 0, 4);
    let other = app.other_student().book(stock.unit(), 20, 22);
    let waits = booking_of_unit(stock.unit(), 21, 24);
    app.staff().post("/waitlist", &waits).expect(201);
    app.student().extend(&booking, 10).expect(200);
    let refusal = app.student().extend(&booking, 30).refused(409, "unit_unavailable").json();
    assert_eq!(refusal["longest_end_at"], at(20));
    assert_eq!(other["status"], "PENDING");
    app.verify();
}

#[test]
fn nothing_but_a_later_end_changes_what_is_out() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.lent(&stock, 1, 0, 4);
    let patch = |body| app.staff().patch(&path(&booking, ""), "*", &body);
    patch(json!({ "purpose": "another" })).refused(409, "invalid_transition");
    patch(json!({ "start_at": at(1), "end_at": at(6) })).refused(409, "invalid_transition");
    patch(json!({ "end_at": at(3) })).refused(422, "validation_failed");
    patch(json!({ "end_at": at(4) })).expect(200);
    app.student().extend(&booking, 31 * 24).refused(409, "policy_violation");
    assert_eq!(app.staff().see(&booking), booking);
}

#[test]
fn what_is_late_is_extended_by_the_desk_alone_and_then_endangers_nobody() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.lent(&stock, 1, 0, 4);
    let next = app.granted_to(&app.other_student(), &stock, 1, 8, 9);
    app.advance_minutes(4 * 60 + 1);
    app.run_jobs();
    assert_eq!(app.staff().see(&next)["at_risk"], true);
    app.student().extend(&booking, 6).refused(409, "invalid_transition");
    app.staff().extend(&booking, 9).refused(409, "unit_unavailable");
    app.staff().extend(&booking, 8).expect(200);
    assert_eq!(app.staff().see(&next)["at_risk"], false);
    app.verify();
    app.advance_minutes(4 * 60);
    app.run_jobs();
    assert_eq!(app.staff().see(&next)["at_risk"], true, "late again");
    app.verify();
}
