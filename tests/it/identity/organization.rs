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
            "no_show_grace_minutes": null, "late_horizon_hours": 1, "late_grace_minutes": 0,
            "late_fine_cents_per_day": 250, "late_fine_cap_cents": null,
            "block_when_fines_exceed_cents": null, "auto_offer": false, "offer_ttl_seconds": 604_800,
            "priority_weights": { "role": { "admin": 0 }, "late_return": 1000 },
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
            "no_show_grace_minutes": null, "late_horizon_hours": 1, "late_grace_minutes": 0,
            "late_fine_cents_per_day": 250, "late_fine_cap_cents": null,
            "block_when_fines_exceed_cents": null, "auto_offer": false, "offer_ttl_seconds": 604_800,
            "priority_weights": {
                "age_per_day": 10, "role": { "student": 0, "staff": 20, "admin": 0 },
                "late_return": 1000, "unpaid_fine": 10, "active_booking": 5,
            },
            "retention_months": null,
        })
    );
}

#[test]
fn who_sets_nothing_sees_the_usual_policy() {
    let app = TestApp::new();
    assert_eq!(
        app.staff().get("/organization").expect(200).json()["policy"],
        json!({
            "auto_approve": { "student": false, "staff": true, "admin": true },
            "max_active_bookings": { "student": 10, "staff": null, "admin": null },
            "max_booking_days": 30, "max_advance_days": 365,
            "min_lead_minutes": 0, "buffer_minutes": 0,
            "no_show_grace_minutes": 120, "late_horizon_hours": 24, "late_grace_minutes": 30,
            "late_fine_cents_per_day": 0, "late_fine_cap_cents": 5000,
            "block_when_fines_exceed_cents": 2000, "auto_offer": true, "offer_ttl_seconds": 600,
            "priority_weights": {
                "age_per_day": 10, "role": { "student": 0, "staff": 20, "admin": 20 },
                "late_return": 15, "unpaid_fine": 10, "active_booking": 5,
            },
            "retention_months": null,
        })
    );
}

#[test]
fn weights_are_merged_one_by_one_and_the_same_ones_are_no_change() {
    let app = TestApp::new();
    let weights = |weights| json!({ "policy": { "priority_weights": weights } });
    let change = |body| app.admin().patch("/organization", "*", &body).expect(200);
    change(weights(json!({ "role": { "student": 3 }, "unpaid_fine": 0 })));
    let reply = change(weights(json!({ "role": { "staff": 4 }, "age_per_day": 1000 })));
    assert_eq!(
        reply.json()["policy"]["priority_weights"],
        json!({
            "age_per_day": 1000, "role": { "student": 3, "staff": 4, "admin": 20 },
            "late_return": 15, "unpaid_fine": 0, "active_booking": 5,
        })
    );
    let same = change(weights(json!({ "role": { "staff": 4, "admin": 20 } })));
    assert_eq!((reply.etag(), same.etag()), ("\"3\"".to_owned(), "\"3\"".to_owned()));
    assert_eq!(change(weights(json!({ "role": {} }))).etag(), "\"3\"");
}

#[test]
fn times_money_and_weights_have_ranges_that_their_errors_name() {
    let app = TestApp::new();
    let debt = "must be between 0 and 1000000000, or null for no limit";
    let offer = "must be between 1 and 604800 seconds";
    let points = "must be between 0 and 1000 points";
    let minutes = "must be between 0 and 10080, or null for no limit";
    let hours = "must be between 0 and 1440, or null for no limit";
    let cents = "must be between 0 and 1000000000 cents";
    for (place, best, worst, detail) in [
        ("block_when_fines_exceed_cents", 0, 1_000_000_001_i64, debt),
        ("no_show_grace_minutes", 10_080, 10_081, minutes),
        ("late_horizon_hours", 1_440, 1_441, hours),
        ("late_grace_minutes", 10_080, 10_081, "must be between 0 and 10080 minutes"),
        ("late_fine_cents_per_day", 0, 1_000_000_001, cents),
        ("late_fine_cap_cents", 0, 1_000_000_001, debt),
        ("offer_ttl_seconds", 1, 0, offer),
        ("offer_ttl_seconds", 604_800, 604_801, offer),
        ("priority_weights/age_per_day", 1_000, 1_001, points),
        ("priority_weights/role/student", 1_000, 1_001, points),
        ("priority_weights/role/staff", 0, 1_001, points),
        ("priority_weights/role/admin", 1_000, 1_001, points),
        ("priority_weights/late_return", 1_000, 1_001, points),
        ("priority_weights/unpaid_fine", 0, 1_001, points),
        ("priority_weights/active_booking", 1_000, 1_001, points),
    ] {
        let patch = |value: i64| {
            let names = place.rsplit('/');
            let policy = names.fold(json!(value), |inner, name| json!({ name: inner }));
            app.admin().patch("/organization", "*", &json!({ "policy": policy }))
        };
        let pointer = format!("/policy/{place}");
        let accepted = patch(best).expect(200).json();
        assert_eq!(accepted.pointer(&pointer), Some(&json!(best)));
        let refused = patch(worst).refused(422, "validation_failed").json();
        assert_eq!(refused["errors"], json!([{ "pointer": pointer, "detail": detail }]));
    }
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
        (json!({ "policy": { "auto_offer": null } }), "/policy/auto_offer"),
        (json!({ "policy": { "auto_offer": 1 } }), "/policy/auto_offer"),
        (json!({ "policy": { "offer_ttl_seconds": null } }), "/policy/offer_ttl_seconds"),
        (
            json!({ "policy": { "block_when_fines_exceed_cents": -1 } }),
            "/policy/block_when_fines_exceed_cents",
        ),
        (json!({ "policy": { "priority_weights": null } }), "/policy/priority_weights"),
        (
            json!({ "policy": { "priority_weights": { "late_return": 0.5 } } }),
            "/policy/priority_weights/late_return",
        ),
        (
            json!({ "policy": { "priority_weights": { "role": { "staff": null } } } }),
            "/policy/priority_weights/role/staff",
        ),
        (json!({ "policy": { "priority_weights": { "age": 1 } } }), "/policy/priority_weights"),
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
