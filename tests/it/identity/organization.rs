//! The organization and its policy.

use serde_json::json;

use super::{events, last_event};
use crate::support::TestApp;

#[test]
fn staff_see_it_and_admins_change_it() {
    let app = TestApp::new();
    app.student().get("/organization").refused(403, "forbidden");
    let seen = app.staff().get("/organization").expect(200);
    assert_eq!(seen.json()["policy"]["max_booking_days"], 30);
    assert_eq!(seen.json()["policy"]["auto_approve"]["student"], false);
    let patch = json!({ "name": "North School" });
    app.staff().patch("/organization", &seen.etag(), &patch).refused(403, "forbidden");
    let before = events(&app, app.north());
    let changed = app.admin().patch("/organization", &seen.etag(), &patch).expect(200);
    assert_eq!(changed.etag(), "\"2\"");
    assert_eq!(events(&app, app.north()), before + 1);
    assert_eq!(last_event(&app, app.north()), "UPDATE organization");
    let same = app.admin().patch("/organization", &changed.etag(), &patch).expect(200);
    assert_eq!((same.etag(), events(&app, app.north())), ("\"2\"".to_owned(), before + 1));
    app.admin().patch("/organization", &seen.etag(), &patch).refused(412, "precondition_failed");
}

#[test]
fn a_policy_is_merged_field_by_field_and_null_switches_a_limit_off() {
    let app = TestApp::new();
    let before = app.admin().get("/organization").expect(200);
    let patch = json!({
        "timezone": "pacific/auckland", "currency": "NZD",
        "policy": {
            "auto_approve": { "student": true },
            "max_active_bookings": { "student": null, "staff": 5 },
            "max_booking_days": null, "buffer_minutes": 15,
        },
    });
    let after = app.admin().patch("/organization", &before.etag(), &patch).expect(200).json();
    assert_eq!(after["timezone"], "Pacific/Auckland");
    assert_eq!(
        after["policy"],
        json!({
            "auto_approve": { "student": true, "staff": true, "admin": true },
            "max_active_bookings": { "student": null, "staff": 5, "admin": null },
            "max_booking_days": null, "max_advance_days": 365,
            "min_lead_minutes": 0, "buffer_minutes": 15,
        })
    );
}

#[test]
fn every_field_has_its_range_and_says_so() {
    let app = TestApp::new();
    for (body, place) in [
        (json!({ "name": "" }), "/name"),
        (json!({ "name": null }), "/name"),
        (json!({ "timezone": "Berlin" }), "/timezone"),
        (json!({ "currency": "euro" }), "/currency"),
        (json!({ "policy": null }), "/policy"),
        (json!({ "policy": { "max_booking_days": 0 } }), "/policy/max_booking_days"),
        (json!({ "policy": { "max_advance_days": 3651 } }), "/policy/max_advance_days"),
        (json!({ "policy": { "min_lead_minutes": null } }), "/policy/min_lead_minutes"),
        (json!({ "policy": { "min_lead_minutes": -1 } }), "/policy/min_lead_minutes"),
        (json!({ "policy": { "buffer_minutes": 10_081 } }), "/policy/buffer_minutes"),
        (
            json!({ "policy": { "max_active_bookings": { "staff": 10_001 } } }),
            "/policy/max_active_bookings/staff",
        ),
        (json!({ "policy": { "auto_approve": { "guest": true } } }), "/policy/auto_approve"),
    ] {
        let refused =
            app.admin().patch("/organization", "*", &body).refused(422, "validation_failed");
        let fault = refused.json()["errors"][0].clone();
        assert!(fault["pointer"].as_str().unwrap().starts_with(place), "{fault} for {body}");
    }
    let both = json!({ "name": "", "policy": { "max_booking_days": 0 } });
    let refused = app.admin().patch("/organization", "*", &both).refused(422, "validation_failed");
    assert_eq!(refused.json()["errors"].as_array().unwrap().len(), 2);
    assert_eq!(app.admin().get("/organization").expect(200).etag(), "\"1\"");
}
