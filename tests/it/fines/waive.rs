//! Forgiving.

use serde_json::json;

use super::{NOWHERE, path, trail, verify};
use crate::support::TestApp;

#[test]
fn what_is_left_is_forgiven_and_what_was_paid_stays() {
    let app = TestApp::new();
    let fine = app.staff().fine(app.student().user_id(), 500);
    app.staff().pay(&fine, 200).expect(201);
    let waived = app.staff().post(&path(&fine, "/waive"), &json!({ "note": "a fault of ours" }));
    let waived = waived.expect(200);
    assert_eq!(waived.etag(), "\"3\"");
    let mut expected = fine.clone();
    for (field, value) in [
        ("status", json!("WAIVED")),
        ("paid_cents", json!(200)),
        ("note", json!("a fault of ours")),
        ("version", json!(3)),
    ] {
        expected[field] = value;
    }
    assert_eq!(waived.json(), expected);
    assert_eq!(app.student().get(&path(&fine, "")).expect(200).json(), expected);
    assert_eq!(trail(&app, "fine", &fine["id"]), ["CREATE", "UPDATE", "STATUS_CHANGE"]);
    verify(&app);
}

/// Goes red with the seeded bug `settled_fine_waived`.
#[test]
fn only_what_is_open_is_forgiven() {
    let app = TestApp::new();
    let waive = |fine| app.staff().post(&path(fine, "/waive"), &json!({ "note": "forgiven" }));
    let paid = app.staff().fine(app.student().user_id(), 500);
    app.staff().pay(&paid, 500).expect(201);
    let waived = app.staff().fine(app.student().user_id(), 500);
    waive(&waived).expect(200);
    for (fine, status) in [(&paid, "PAID"), (&waived, "WAIVED")] {
        let refused = waive(fine).refused(409, "invalid_transition").json();
        assert_eq!(refused["current_status"], status);
        assert_eq!(refused["allowed"], json!([]));
    }
}

/// Goes red with the seeded bug `own_fine_paid`.
#[test]
fn nobody_forgives_their_own() {
    let app = TestApp::new();
    for (own, other) in [(app.staff(), app.admin()), (app.admin(), app.staff())] {
        let fine = other.fine(own.user_id(), 500);
        let waive = json!({ "note": "forgiven" });
        // Before the version is looked at, and before the state.
        let own = own.post(&path(&fine, "/waive"), &waive).header("if-match", "\"7\"");
        own.refused(403, "forbidden");
        other.post(&path(&fine, "/waive"), &waive).expect(200);
        own.refused(403, "forbidden");
    }
}

#[test]
fn a_reason_is_needed_and_versions_are_heard() {
    let app = TestApp::new();
    let fine = app.staff().fine(app.student().user_id(), 500);
    let waive = path(&fine, "/waive");
    app.staff().act(&waive).refused(422, "validation_failed");
    for note in [json!(""), json!(" \n "), json!(null), json!("x".repeat(2_001)), json!("a\u{7}")] {
        let refused = app.staff().post(&waive, &json!({ "note": note }));
        let refused = refused.refused(422, "validation_failed");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/note", "{refused}");
    }
    let note = json!({ "note": "forgiven" });
    let stale = app.staff().post(&waive, &note).header("if-match", "\"2\"");
    assert_eq!(stale.refused(412, "precondition_failed").etag(), "\"1\"");
    app.staff().post(&waive, &note).header("if-match", "\"1\"").expect(200);
    let nowhere = format!("/fines/{NOWHERE}/waive");
    app.staff().post(&nowhere, &note).refused(404, "not_found");
    app.south_staff().post(&waive, &note).refused(404, "not_found");
}
