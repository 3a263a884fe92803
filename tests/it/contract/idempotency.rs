//! A key makes a request safe to repeat: done once, answered the same.

use serde_json::{Value, json};

use crate::support::{Reply, Stock, TestApp, at, at_once, booking_of_unit};

fn body(stock: &Stock) -> Value {
    json!({
        "start_at": at(24),
        "end_at": at(48),
        "purpose": "a film about the harbour",
        "items": [{ "resource_id": stock.resource, "quantity": 1 }],
    })
}

fn bookings(app: &TestApp) -> i64 {
    app.file().number("SELECT count(*) FROM bookings")
}

/// What must be the same each time.
fn told(reply: &Reply) -> (u16, Vec<u8>, Option<String>, Option<String>) {
    let header = |name| reply.header(name).map(str::to_owned);
    (reply.status(), reply.bytes().to_vec(), header("etag"), header("location"))
}

/// Goes red with the seeded bug `key_stored_apart`.
#[test]
fn the_same_key_eight_times_at_once_books_once() {
    let app = TestApp::new();
    let stock = app.resource_with_units(10);
    let ask = app.student().post("/bookings", &body(&stock)).key("eight at once");
    let replies = at_once(&vec![ask.clone(); 8]);
    for reply in &replies {
        assert_eq!(told(reply), told(&replies[0]), "{reply}");
    }
    assert_eq!(replies[0].status(), 201);
    assert_eq!(bookings(&app), 1);
    let fresh = replies.iter().filter(|reply| reply.header("idempotency-replayed").is_none());
    assert_eq!(fresh.count(), 1);
}

#[test]
fn a_refusal_is_replayed_too_and_to_all_at_once() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    app.booking(stock.unit(), 24, 48);
    let ask = app.other_student().post("/bookings", &body(&stock)).key("refused");
    let replies = at_once(&vec![ask.clone(); 8]);
    for reply in &replies {
        assert_eq!(reply.code(), "unit_unavailable", "{reply}");
        assert_eq!(told(reply), told(&replies[0]), "{reply}");
    }
    assert!(replies[0].json()["alternatives"].is_array());
    // The unit is free again, and still the same request gets the same answer.
    let taken = &app.staff().get("/bookings").expect(200).data()[0]["id"];
    let path = format!("/bookings/{}/cancel", taken.as_str().unwrap());
    app.staff().act(&path).expect(200);
    let again = ask.refused(409, "unit_unavailable");
    assert_eq!(told(&again), told(&replies[0]));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
}

#[test]
fn a_restart_and_the_start_of_the_booking_change_nothing() {
    let mut app = TestApp::new();
    let stock = app.resource_with_units(1);
    let request = body(&stock);
    let post = |app: &TestApp| app.student().post("/bookings", &request).key("patience").send();
    let first = post(&app).expect(201);
    app.restart();
    let restarted = post(&app);
    assert_eq!(told(&restarted), told(&first));
    // By now the period has begun: a new request for it would be refused.
    app.advance_minutes(24 * 60 - 1);
    app.restart();
    app.advance_minutes(60);
    let late = post(&app);
    assert_eq!(told(&late), told(&first));
    assert_eq!(late.header("idempotency-replayed"), Some("true"));
    assert_eq!(bookings(&app), 1);
}

#[test]
fn another_request_with_the_key_is_refused() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let ask = app.student().post("/bookings", &body(&stock)).key("one thing");
    ask.expect(201);
    let mut other = body(&stock);
    other["purpose"] = json!("something else");
    ask.clone().json(&other).refused(422, "idempotency_key_reused");
    let cancel = app.student().act("/bookings/019a2f64-5c00-7000-8000-00000000dead/cancel");
    cancel.key("one thing").refused(422, "idempotency_key_reused");
    assert_eq!(bookings(&app), 1);
}

#[test]
fn the_same_value_written_in_another_way_is_the_same_request() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let ask = app.student().post("/bookings", &body(&stock)).key("same value");
    let first = ask.expect(201);
    let pretty = serde_json::to_string_pretty(&body(&stock)).unwrap();
    let again = ask.body(pretty).expect(201);
    assert_eq!(told(&again), told(&first));
}

#[test]
fn a_key_counts_per_person_and_organization() {
    let app = TestApp::new();
    let (north, south) = (app.resource_with_units(3), app.south_staff().resource_with_units(1));
    app.student().post("/bookings", &body(&north)).key("shared").expect(201);
    app.other_student().post("/bookings", &body(&north)).key("shared").expect(201);
    app.south_student().post("/bookings", &body(&south)).key("shared").expect(201);
    assert_eq!(bookings(&app), 3);
}

#[test]
fn a_key_counts_whatever_token_is_used() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let ask = |app: &TestApp| app.student().post("/bookings", &body(&stock)).key("two sessions");
    let first = ask(&app).expect(201);
    // By then a new token is used.
    app.advance_minutes(30);
    assert_eq!(told(&ask(&app).expect(201)), told(&first));
}

#[test]
fn what_was_wrong_with_the_request_is_not_kept() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let wrong = json!({ "start_at": at(24), "end_at": at(24), "purpose": "", "items": [] });
    let ask = app.student().post("/bookings", &wrong).key("corrected");
    ask.refused(422, "validation_failed");
    let mut nowhere = booking_of_unit("019a2f64-5c00-7000-8000-00000000dead", 24, 48);
    ask.clone().json(&nowhere).refused(422, "unknown_reference");
    nowhere["items"] = json!([{ "resource_unit_id": stock.unit() }]);
    ask.json(&nowhere).expect(201);
}

#[test]
fn a_key_is_taken_on_actions_and_other_posts_as_well() {
    let app = TestApp::new();
    let ask = app.staff().post("/tags", &json!({ "name": "sound" })).key("tag");
    let first = ask.expect(201);
    assert_eq!(told(&ask.expect(201)), told(&first));
    app.staff().post("/tags", &json!({ "name": "sound" })).refused(409, "already_exists");
}

#[test]
fn who_lost_the_role_gets_no_replay() {
    let app = TestApp::new();
    let ask = app.staff().post("/tags", &json!({ "name": "sound" })).key("tag");
    ask.expect(201);
    let staff = app.user_id(crate::support::Person::Staff);
    app.sql(&format!("UPDATE user_roles SET role_id = 1 WHERE user_id = '{staff}'")).unwrap();
    ask.refused(403, "forbidden");
}
