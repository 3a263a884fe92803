//! What is removed by age: not a moment before it may go, and in small steps.

use pret::kernel::clock::{DAY, HOUR};
use serde_json::{Value, json};

use crate::support::{Options, PASSWORD, TestApp, booking_of_unit, unlimited};

fn count(app: &TestApp, table: &str) -> i64 {
    app.file().number(&format!("SELECT count(*) FROM {table}"))
}

/// Goes red with the seeded bug `pruned_too_early`.
#[test]
fn an_answer_is_given_again_for_as_long_as_was_promised() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let body = booking_of_unit(stock.unit(), 24 * 30, 24 * 30 + 2);
    let ask = || app.student().post("/bookings", &body).key("mine");
    let first = ask().expect(201).json();
    app.clock.advance(48 * HOUR - 1);
    app.tidy();
    assert_eq!(ask().expect(201).json(), first);
    app.clock.advance(1);
    app.tidy();
    assert_eq!(count(&app, "idempotency_keys"), 0);
}

#[test]
fn how_long_answers_and_what_was_read_are_kept_can_be_set() {
    let mut config = unlimited();
    config.retention.answers_hours = 24;
    config.retention.read_notifications_days = 1;
    let app = Options::default().config(config).start();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 72, 74);
    let approve = format!("/bookings/{}/approve", booking["id"].as_str().unwrap());
    app.staff().act(&approve).expect(200);
    app.student().act("/me/notifications/read").expect(200);
    app.clock.advance(DAY - 1);
    app.tidy();
    assert_eq!((count(&app, "idempotency_keys"), count(&app, "notifications")), (1, 1));
    app.clock.advance(1);
    app.tidy();
    assert_eq!((count(&app, "idempotency_keys"), count(&app, "notifications")), (0, 0));
}

/// Goes red with the seeded bug `unread_pruned`.
#[test]
fn what_was_not_read_stays() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 24, 26);
    let reject = format!("/bookings/{}/reject", booking["id"].as_str().unwrap());
    app.staff().act(&reject).expect(200);
    app.clock.advance(5 * 365 * DAY);
    app.tidy();
    assert_eq!(app.student().get("/me/notifications").expect(200).data().len(), 1);
    app.student().act("/me/notifications/read").expect(200);
    app.clock.advance(90 * DAY);
    app.tidy();
    assert_eq!(count(&app, "notifications"), 0);
}

fn sign_in(app: &TestApp) -> Value {
    let body = json!({ "email": "student@north.example", "password": PASSWORD });
    app.anonymous().post("/auth/login", &body).expect(200).json()
}

/// Goes red with the seeded bug `reuse_forgotten`.
#[test]
fn a_token_that_was_used_is_remembered_while_its_session_lives() {
    let app = TestApp::new();
    let refresh = |token: &Value| {
        app.anonymous().post("/auth/refresh", &json!({ "refresh_token": token })).send()
    };
    let stolen = sign_in(&app)["refresh_token"].clone();
    app.clock.advance(15 * DAY);
    let mut newest = refresh(&stolen).expect(200).json()["refresh_token"].clone();
    app.clock.advance(15 * DAY - 1);
    app.tidy();
    newest = refresh(&newest).expect(200).json()["refresh_token"].clone();
    app.tidy();
    refresh(&stolen).refused(401, "unauthenticated");
    refresh(&newest).refused(401, "unauthenticated");
}

#[test]
fn a_session_goes_a_week_after_its_end_or_its_last_token() {
    let app = TestApp::new();
    app.sql("DELETE FROM refresh_tokens; DELETE FROM sessions").unwrap();
    let signed_in = sign_in(&app);
    let token = signed_in["access_token"].as_str().unwrap();
    let ended = sign_in(&app);
    let ended = app.student().with_token(ended["access_token"].as_str().unwrap());
    ended.act("/auth/logout").send();
    app.clock.advance(7 * DAY - 1);
    app.tidy();
    assert_eq!(count(&app, "sessions"), 2);
    app.clock.advance(1);
    app.tidy();
    assert_eq!((count(&app, "sessions"), count(&app, "refresh_tokens")), (1, 1));
    // Thirty days for the token, and a week in which who presents it learns that it has expired.
    app.clock.advance(30 * DAY - 1);
    app.tidy();
    let late = json!({ "refresh_token": signed_in["refresh_token"] });
    app.anonymous().post("/auth/refresh", &late).refused(401, "token_expired");
    app.clock.advance(1);
    app.tidy();
    assert_eq!((count(&app, "sessions"), count(&app, "refresh_tokens")), (0, 0));
    app.anonymous().post("/auth/refresh", &late).refused(401, "unauthenticated");
    app.student().with_token(token).get("/me").refused(401, "token_expired");
}

#[test]
fn a_one_time_token_is_forgotten_a_week_after_it_ran_out() {
    let app = TestApp::new();
    let reset = format!("/members/{}/password-reset", app.student().user_id());
    let token = app.admin().act(&reset).expect(200).json()["token"].clone();
    let body = json!({ "token": token, "new_password": "another good password" });
    app.clock.advance(8 * DAY - 1);
    app.tidy();
    app.anonymous().post("/auth/reset", &body).refused(401, "token_expired");
    app.clock.advance(1);
    app.tidy();
    app.anonymous().post("/auth/reset", &body).refused(401, "unauthenticated");
    assert_eq!(
        app.file().number("SELECT count(*) FROM users WHERE reset_token_hash IS NOT NULL"),
        0
    );
}

/// Goes red with the seeded bug `pruning_unbounded`.
#[test]
fn no_single_write_removes_more_than_a_few() {
    let app = TestApp::new();
    app.sql(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1001)
         INSERT INTO idempotency_keys
         SELECT u.org_id, u.id, 'old ' || n.i, 'f', 201, NULL, NULL, CAST('{}' AS BLOB), 1, 0
         FROM n JOIN users AS u ON u.email = 'student@north.example'",
    )
    .unwrap();
    let before = app.db().writer_stats().jobs;
    app.tidy();
    let jobs = app.db().writer_stats().jobs - before;
    assert_eq!(count(&app, "idempotency_keys"), 0);
    // 1001 keys of 200 at once and the look that finds none, and a look for each other kind.
    assert!(jobs >= 7, "{jobs} writes");
}

#[test]
fn tidying_up_again_changes_nothing() {
    let super::Life { app, .. } = super::Life::lived();
    app.clock.advance(400 * DAY);
    app.run_jobs();
    app.tidy();
    let before = app.file().dump();
    app.tidy();
    assert_eq!(before.difference(&app.file().dump()), "");
    app.verify();
}
