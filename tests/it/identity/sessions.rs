//! Signing in, refreshing, signing out.

use serde_json::json;

use super::{login, sign_in, with};
use crate::support::{Options, PASSWORD, Person, TestApp};

#[test]
fn signing_in_gives_a_token_that_works() {
    let app = TestApp::new();
    let sign_in = login(&app, " STUDENT@North.example", PASSWORD).expect(200);
    assert_eq!(sign_in.header("cache-control"), Some("no-store"));
    let sign_in = sign_in.json();
    assert_eq!(sign_in["token_type"], "Bearer");
    assert_eq!(sign_in["expires_in"], 900);
    assert_eq!(sign_in["user"]["email"], "student@north.example");
    assert_eq!(sign_in["organizations"][0]["roles"], json!(["student"]));
    assert_eq!(sign_in["organizations"][0]["timezone"], "Europe/Berlin");
    let me = with(&app.student(), &sign_in).get("/me").expect(200);
    assert_eq!(me.json()["user"], sign_in["user"]);
    assert!(me.seq() > 0);
}

#[test]
fn a_wrong_password_an_unknown_and_a_closed_account_are_answered_alike() {
    let app = TestApp::new();
    let etag = app.admin().get(&member(&app, Person::Student)).expect(200).etag();
    app.admin()
        .patch(&member(&app, Person::Student), &etag, &json!({ "is_active": false }))
        .expect(200);
    let wrong =
        login(&app, "staff@north.example", "not the password").refused(401, "invalid_credentials");
    let unknown = login(&app, "nobody@north.example", PASSWORD).refused(401, "invalid_credentials");
    let closed = login(&app, "student@north.example", PASSWORD).refused(401, "invalid_credentials");
    assert_eq!(wrong.bytes(), unknown.bytes());
    assert_eq!(wrong.bytes(), closed.bytes());
    assert_eq!(wrong.header("www-authenticate"), Some("Bearer"));
}

fn member(app: &TestApp, person: Person) -> String {
    format!("/members/{}", app.user_id(person))
}

#[test]
fn an_access_token_lasts_fifteen_minutes() {
    let app = TestApp::new();
    let student = with(&app.student(), &sign_in(&app, Person::Student));
    app.clock.advance(899_000);
    student.get("/me").expect(200);
    app.clock.advance(1_000);
    student.get("/me").refused(401, "token_expired");
}

#[test]
fn a_refresh_token_works_once_and_its_reuse_ends_the_session() {
    let app = TestApp::new();
    let first = sign_in(&app, Person::Student);
    let refresh = |token: &serde_json::Value| {
        app.anonymous().post("/auth/refresh", &json!({ "refresh_token": token })).send()
    };
    let second = refresh(&first["refresh_token"]).expect(200).json();
    assert_eq!(second["user"], first["user"]);
    with(&app.student(), &second).get("/me").expect(200);
    let other_session = sign_in(&app, Person::Student);
    refresh(&first["refresh_token"]).refused(401, "unauthenticated");
    refresh(&second["refresh_token"]).refused(401, "unauthenticated");
    with(&app.student(), &second).get("/me").refused(401, "unauthenticated");
    with(&app.student(), &other_session).get("/me").expect(200);
}

#[test]
fn a_refresh_token_runs_out_after_thirty_days() {
    let app = TestApp::new();
    let sign_in = sign_in(&app, Person::Student);
    let body = json!({ "refresh_token": sign_in["refresh_token"] });
    app.advance_minutes(30 * 24 * 60);
    app.anonymous().post("/auth/refresh", &body).refused(401, "token_expired");
}

#[test]
fn of_two_refreshes_at_once_one_is_too_late() {
    let app = TestApp::new();
    let sign_in = sign_in(&app, Person::Student);
    let ask = app
        .anonymous()
        .post("/auth/refresh", &json!({ "refresh_token": sign_in["refresh_token"] }));
    let statuses = std::thread::scope(|scope| {
        let asks: Vec<_> = (0..2).map(|_| scope.spawn(|| ask.send().status())).collect();
        let mut statuses: Vec<u16> = asks.into_iter().map(|ask| ask.join().unwrap()).collect();
        statuses.sort_unstable();
        statuses
    });
    assert_eq!(statuses, [200, 401]);
}

#[test]
fn signing_out_ends_the_session_at_once() {
    let app = TestApp::new();
    let sign_in = sign_in(&app, Person::Student);
    let student = with(&app.student(), &sign_in);
    student.act("/auth/logout").expect(204);
    student.get("/me").refused(401, "unauthenticated");
    student.act("/auth/logout").refused(401, "unauthenticated");
    app.anonymous()
        .post("/auth/refresh", &json!({ "refresh_token": sign_in["refresh_token"] }))
        .refused(401, "unauthenticated");
    app.student().get("/me").expect(200);
}

#[test]
fn what_needs_a_token_needs_the_organization_too() {
    let app = TestApp::new();
    for (method, path) in [("GET", "/me"), ("POST", "/auth/logout"), ("POST", "/auth/password")] {
        app.anonymous().ask(method, path).refused(401, "unauthenticated");
        app.student().without_org().ask(method, path).refused(400, "org_header_missing");
        app.student().in_org(app.south()).ask(method, path).refused(403, "not_a_member");
    }
}

#[test]
fn no_secret_is_stored_or_shown_as_it_is() {
    let app = TestApp::new();
    let sign_in = sign_in(&app, Person::Student);
    let dump = format!("{:?}", app.file().dump());
    for secret in [&sign_in["refresh_token"], &sign_in["access_token"], &json!(PASSWORD)] {
        assert!(!dump.contains(secret.as_str().unwrap()));
    }
    let refused = app.anonymous().post(
        "/auth/login",
        &json!({ "email": "a@b.org", "password": "secret-in-a-bad-body", "x": 1 }),
    );
    let refused = refused.refused(422, "validation_failed");
    assert!(!String::from_utf8_lossy(refused.bytes()).contains("secret-in-a-bad-body"));
}

#[test]
fn guessing_is_slowed_down_without_locking_the_account_for_good() {
    let app = Options::default().config(pret::config::Config::default()).start();
    for _ in 0..10 {
        login(&app, "student@north.example", "a wrong password")
            .refused(401, "invalid_credentials");
    }
    let refused = login(&app, "student@north.example", PASSWORD).refused(429, "rate_limited");
    let wait: i64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=31).contains(&wait), "{wait}");
    login(&app, "staff@north.example", PASSWORD).expect(200);
    app.clock.advance(wait * 1_000);
    login(&app, "student@north.example", PASSWORD).expect(200);
}
