//! Joining: what can be waited for, and where somebody then stands.

use serde_json::json;

use super::{body, booking_path, path, verify};
use crate::support::{TestApp, at, booking_of_unit, start};

#[test]
fn who_joins_has_a_request_a_score_and_a_place() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    app.other_student().book(stock.unit(), 24, 48);
    let reply = app.student().post("/waitlist", &booking_of_unit(stock.unit(), 30, 40)).expect(201);
    let entry = reply.json();
    assert_eq!(reply.header("location"), Some(path(&entry, "").as_str()));
    assert!(reply.etag().starts_with("\"1."), "{reply}");
    assert_eq!(entry["status"], "WAITING");
    assert_eq!(entry["requester_user_id"], app.student().user_id());
    assert_eq!(entry["items"][0]["resource_unit_id"], stock.unit());
    assert_eq!(entry["items"][0]["resource_id"], stock.resource.as_str());
    assert_eq!(
        (&entry["items"][0]["quantity"], &entry["items"][0]["position"]),
        (&json!(1), &json!(1))
    );
    assert_eq!((&entry["offer"], &entry["last_skip"]), (&json!(null), &json!(null)));
    assert_eq!(entry["created_at"], start().to_string());
    let request =
        app.student().get(&format!("/bookings/{}", entry["booking_id"].as_str().unwrap()));
    assert_eq!(request.expect(200).json()["status"], "WAITLISTED");
    verify(&app);
}

#[test]
fn nobody_waits_for_what_is_free() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    app.other_student().book(&stock.units[0], 24, 48);
    app.student().post("/waitlist", &body(&[(&stock.resource, 1)])).refused(409, "available_now");
    let entry = app.student().post("/waitlist", &body(&[(&stock.resource, 2)])).expect(201).json();
    assert_eq!(entry["items"][0]["quantity"], 2);
    // Nothing of the refused request was kept.
    assert_eq!(app.file().number("SELECT count(*) FROM bookings WHERE status = 'WAITLISTED'"), 1);
}

#[test]
fn a_request_to_wait_is_checked_as_a_booking_is() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    app.other_student().book(stock.unit(), 24, 48);
    let student = app.student();
    let wait = |change: serde_json::Value| {
        let mut body = booking_of_unit(stock.unit(), 24, 48);
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        student.post("/waitlist", &body)
    };
    let draft = wait(json!({ "draft": true, "purpose": "\u{7}" })).key("");
    let refused = draft.refused(422, "validation_failed").json();
    assert_eq!(refused["errors"].as_array().map(Vec::len), Some(2), "{refused}");
    wait(json!({ "start_at": at(0) })).refused(422, "validation_failed");
    wait(json!({ "end_at": at(24) })).refused(422, "validation_failed");
    wait(json!({ "items": [] })).refused(422, "validation_failed");
    wait(json!({ "end_at": at(24 * 40) })).refused(409, "policy_violation");
    let staff = app.staff().user_id().to_owned();
    wait(json!({ "requester_user_id": staff })).refused(403, "forbidden");
    let nowhere = json!([{ "resource_id": "019a2f64-5c00-7000-8000-00000000dead", "quantity": 1 }]);
    wait(json!({ "items": nowhere })).refused(422, "unknown_reference");
    let path = format!("/resources/{}", stock.resource);
    app.staff()
        .act(&format!(
            "/bookings/{}/cancel",
            app.staff().get("/bookings").expect(200).data()[0]["id"].as_str().unwrap()
        ))
        .expect(200);
    app.staff().patch(&path, "*", &json!({ "status": "MAINTENANCE" })).expect(200);
    wait(json!({})).refused(409, "not_bookable");
    assert_eq!(app.file().number("SELECT count(*) FROM waitlist_entries"), 0);
}

#[test]
fn staff_wait_for_somebody_else() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    app.other_student().book(stock.unit(), 24, 48);
    let mut body = booking_of_unit(stock.unit(), 24, 48);
    body["requester_user_id"] = json!(app.student().user_id());
    let entry = app.staff().post("/waitlist", &body).expect(201).json();
    assert_eq!(app.student().entry(&entry)["requester_user_id"], app.student().user_id());
}

#[test]
fn a_request_that_waits_is_ended_through_its_entry_alone() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    app.other_student().book(stock.unit(), 24, 48);
    let entry = app.student().wait(stock.unit(), 24, 48);
    let request = json!({ "id": entry["booking_id"] });
    for action in ["/cancel", "/approve", "/reject", "/submit"] {
        let reply = app.staff().act(&booking_path(&request, action));
        reply.refused(409, "invalid_transition");
    }
    let patch = json!({ "purpose": "another" });
    app.student()
        .patch(&booking_path(&request, ""), "*", &patch)
        .refused(409, "invalid_transition");
}
