//! Changing passwords, and setting forgotten ones anew.

use serde_json::json;

use super::{events, last_event, login, sign_in, with};
use crate::support::{PASSWORD, Person, TestApp};

const NEW: &str = "paper boat on a long river";

#[test]
fn a_new_password_ends_the_other_sessions() {
    let app = TestApp::new();
    let (here, there) = (sign_in(&app, Person::Student), sign_in(&app, Person::Student));
    let student = with(&app.student(), &here);
    let change = |current: &str, new: &str| {
        student.post("/auth/password", &json!({ "current_password": current, "new_password": new }))
    };
    change("not the password", NEW).refused(401, "invalid_credentials");
    change(PASSWORD, "too short").refused(422, "validation_failed");
    let before = events(&app, app.north());
    change(PASSWORD, NEW).expect(204);
    assert_eq!(events(&app, app.north()), before + 1);
    assert_eq!(last_event(&app, app.north()), "UPDATE user");
    student.get("/me").expect(200);
    with(&app.student(), &there).get("/me").refused(401, "unauthenticated");
    login(&app, "student@north.example", PASSWORD).refused(401, "invalid_credentials");
    login(&app, "student@north.example", NEW).expect(200);
}

#[test]
fn a_forgotten_password_is_set_by_a_token_that_works_once() {
    let app = TestApp::new();
    let session = sign_in(&app, Person::Student);
    let path = format!("/members/{}/password-reset", app.user_id(Person::Student));
    let made = app.admin().act(&path).expect(200).json();
    let set = |password: &str| {
        app.anonymous()
            .post("/auth/reset", &json!({ "token": made["token"], "new_password": password }))
    };
    set("too short").refused(422, "validation_failed");
    set(NEW).expect(204);
    with(&app.student(), &session).get("/me").refused(401, "unauthenticated");
    login(&app, "student@north.example", NEW).expect(200);
    set(PASSWORD).refused(401, "unauthenticated");
    let trail = format!("{:?}", app.file().dump());
    assert!(!trail.contains(made["token"].as_str().unwrap()));
    assert!(!trail.contains(NEW));
}

#[test]
fn a_token_for_a_new_password_lasts_a_day_and_gives_way_to_the_next() {
    let app = TestApp::new();
    let path = format!("/members/{}/password-reset", app.user_id(Person::Student));
    let first = app.admin().act(&path).expect(200).json();
    let second = app.admin().act(&path).expect(200).json();
    let set = |made: &serde_json::Value| {
        let body = json!({ "token": made["token"], "new_password": NEW });
        app.anonymous().post("/auth/reset", &body).send()
    };
    set(&first).refused(401, "unauthenticated");
    app.advance_minutes(24 * 60);
    set(&second).refused(401, "token_expired");
}

#[test]
fn a_replay_shows_the_same_token_though_it_is_stored_nowhere() {
    let app = TestApp::new();
    let path = format!("/members/{}/password-reset", app.user_id(Person::Student));
    let first = app.admin().act(&path).key("once").expect(200);
    let again = app.admin().act(&path).key("once").expect(200);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(first.bytes(), again.bytes());
    let token = first.json()["token"].as_str().unwrap().to_owned();
    assert!(!format!("{:?}", app.file().dump()).contains(&token));
}

#[test]
fn only_an_admin_of_the_home_organization_may_give_a_token() {
    let app = TestApp::new();
    let path = format!("/members/{}/password-reset", app.user_id(Person::Student));
    app.staff().act(&path).refused(403, "forbidden");
    app.south_admin().act(&path).refused(404, "not_found");
    super::members::join_south(&app, Person::Student);
    app.south_admin().act(&path).refused(403, "forbidden");
}
