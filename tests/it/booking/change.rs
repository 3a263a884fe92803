//! Changing bookings.

use serde_json::{Value, json};

use crate::support::{TestApp, at, booking_of_unit};

fn place(booking: &Value) -> String {
    format!("/bookings/{}", booking["id"].as_str().unwrap())
}

#[test]
fn a_moved_booking_frees_the_old_period_and_holds_the_new_one() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 24, 26);
    let patch = json!({ "start_at": at(25), "end_at": at(27) });
    let reply = app.student().patch(&place(&booking), "\"1\"", &patch).expect(200);
    assert_eq!(reply.etag(), "\"2\"");
    assert_eq!(reply.json()["status"], "PENDING");
    app.other_student().book(stock.unit(), 24, 25);
    let taken = booking_of_unit(stock.unit(), 26, 28);
    app.other_student().post("/bookings", &taken).refused(409, "unit_unavailable");
}

#[test]
fn a_refused_change_changes_nothing() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let booking = app.booking(&stock.units[0], 24, 26);
    app.other_student().book(&stock.units[1], 24, 26);
    let before = app.file().dump();
    for (patch, code) in [
        (
            json!({ "items": [{ "resource_id": stock.resource, "quantity": 2 }] }),
            "unit_unavailable",
        ),
        (json!({ "end_at": at(24 * 60) }), "policy_violation"),
    ] {
        let refusal = app.student().patch(&place(&booking), "\"1\"", &patch).refused(409, code);
        assert_eq!(refusal.json()["alternatives"].is_array(), code == "unit_unavailable");
    }
    let invalid = json!({ "end_at": at(23) });
    app.student().patch(&place(&booking), "\"1\"", &invalid).refused(422, "validation_failed");
    assert_eq!(before.difference(&app.file().dump()), "");
}

#[test]
fn the_same_unit_is_kept_where_it_is_still_free() {
    let app = TestApp::new();
    let stock = app.resource_with_units(3);
    let body = json!({
        "start_at": at(24), "end_at": at(26), "purpose": "x",
        "items": [{ "resource_id": stock.resource, "quantity": 1 }],
    });
    let booking = app.student().post("/bookings", &body).expect(201).json();
    let unit = booking["items"][0]["resource_unit_id"].clone();
    // A tighter gap on another unit must not tempt it away.
    let other = stock.units.iter().find(|other| **other != unit).unwrap();
    app.other_student().book(other, 20, 24);
    app.other_student().book(other, 27, 30);
    let moved = app.student().patch(&place(&booking), "\"1\"", &json!({ "end_at": at(27) }));
    let moved = moved.expect(200).json();
    assert_eq!(moved["items"][0]["resource_unit_id"], unit);
    assert_eq!(moved["items"][0]["id"], booking["items"][0]["id"]);
}

#[test]
fn a_patch_that_changes_nothing_keeps_the_version_and_leaves_no_event() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 24, 26);
    let before = app.file().dump();
    let same = json!({
        "purpose": booking["purpose"], "end_at": at(26),
        "items": [{ "resource_unit_id": stock.unit() }],
    });
    for patch in [json!({}), same] {
        let reply = app.student().patch(&place(&booking), "\"1\"", &patch).expect(200);
        assert_eq!((reply.etag().as_str(), reply.json()), ("\"1\"", booking.clone()));
    }
    assert_eq!(before.difference(&app.file().dump()), "");
}

#[test]
fn only_staff_change_what_is_approved_and_nobody_what_is_over() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 24, 26);
    app.staff().act(&format!("{}/approve", place(&booking))).expect(200);
    let patch = json!({ "purpose": "another film" });
    let refusal = app.student().patch(&place(&booking), "*", &patch);
    let refusal = refusal.refused(409, "invalid_transition").json();
    assert_eq!(refusal["current_status"], "APPROVED");
    assert_eq!(refusal["allowed"], json!(["cancel"]));
    let changed = app.staff().patch(&place(&booking), "\"2\"", &patch).expect(200).json();
    assert_eq!(
        (&changed["status"], &changed["purpose"]),
        (&json!("APPROVED"), &json!("another film"))
    );
    app.student().act(&format!("{}/cancel", place(&booking))).expect(200);
    let patch = json!({ "purpose": "too late" });
    app.staff().patch(&place(&booking), "*", &patch).refused(409, "invalid_transition");
}

#[test]
fn a_lost_update_is_refused_with_the_current_tag() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 24, 26);
    let (mine, theirs) = (json!({ "purpose": "mine" }), json!({ "purpose": "theirs" }));
    app.student().patch(&place(&booking), "\"1\"", &mine).expect(200);
    let refusal = app.staff().patch(&place(&booking), "\"1\"", &theirs);
    assert_eq!(refusal.refused(412, "precondition_failed").etag(), "\"2\"");
    let missing = app.staff().patch(&place(&booking), "", &theirs).without("if-match");
    missing.refused(428, "precondition_required");
    app.staff().patch(&place(&booking), "2", &theirs).refused(400, "invalid_if_match");
    assert_eq!(app.student().get(&place(&booking)).expect(200).json()["purpose"], "mine");
}
