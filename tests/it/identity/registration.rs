//! The first organization, and members with new accounts.

use serde_json::{Value, json};

use super::{events, last_event, login};
use crate::support::{Options, Server, TestApp};

fn new_member(email: &str) -> Value {
    json!({ "email": email, "password": "a password of mine", "full_name": "Nora Neu" })
}

#[test]
fn an_admin_makes_members() {
    let app = TestApp::new();
    let before = events(&app, app.north());
    let made = app.admin().post("/auth/register", &new_member("Nora@North.example")).expect(201);
    assert_eq!(made.json()["email"], "nora@north.example");
    assert_eq!(made.json()["roles"], json!(["student"]));
    let place = made.header("location").unwrap().to_owned();
    assert_eq!(app.staff().get(&place).expect(200).json(), made.json());
    assert_eq!(events(&app, app.north()), before + 2, "one for the account, one for the member");
    login(&app, "nora@north.example", "a password of mine").expect(200);
}

#[test]
fn nobody_but_an_admin_does() {
    let app = TestApp::new();
    let body = new_member("nora@north.example");
    let dump = app.file().dump();
    app.anonymous().post("/auth/register", &body).refused(401, "unauthenticated");
    app.staff().post("/auth/register", &body).refused(403, "forbidden");
    app.admin().in_org(app.south()).post("/auth/register", &body).refused(403, "not_a_member");
    app.admin().without_org().post("/auth/register", &body).refused(400, "org_header_missing");
    let long = json!({ "email": "n@n.org", "full_name": "N", "password": "x".repeat(129) });
    app.admin().post("/auth/register", &long).refused(422, "validation_failed");
    assert_eq!(dump.difference(&app.file().dump()), "");
}

#[test]
fn an_address_in_use_is_refused_and_the_attempt_is_on_record() {
    let app = TestApp::new();
    for email in ["student@north.example", "STUDENT@south.example"] {
        app.admin().post("/auth/register", &new_member(email)).refused(409, "already_exists");
        assert_eq!(last_event(&app, app.north()), "CREATE registration");
    }
}

#[test]
fn asking_for_many_addresses_is_slowed_down() {
    let app = Options::default().config(pret::config::Config::default()).start();
    let mut ask = app.admin().post("/auth/register", &json!({}));
    for _ in 0..100 {
        ask = app.admin().post(
            "/auth/register",
            &json!({ "email": "student@north.example",
            "password": "a password of mine", "full_name": "N" }),
        );
        ask.refused(409, "already_exists");
    }
    assert!(ask.refused(429, "rate_limited").header("retry-after").is_some());
}

#[test]
fn the_form_for_the_first_organization_is_gone_once_there_is_one() {
    let app = TestApp::new();
    app.anonymous().post("/auth/register", &first("anything")).refused(401, "unauthenticated");
}

fn first(token: &str) -> Value {
    json!({
        "bootstrap_token": token,
        "organization": { "name": "Nordhafen", "timezone": "Europe/Oslo" },
        "email": "ada@nordhafen.example",
        "password": "a password of mine",
        "full_name": "Ada Nordhafen",
    })
}

#[test]
fn the_first_organization_is_made_by_the_token_in_the_file_which_goes_away() {
    let server = Server::start();
    let file = server.beside(".bootstrap-token");
    let token = std::fs::read_to_string(&file).unwrap().trim().to_owned();
    let register = |body: &Value| Server::send(server.ask("POST", "/auth/register").json(body));
    register(&first("not the token")).refused(401, "unauthenticated");
    register(&json!({ "email": "a@b.org" })).refused(422, "validation_failed");
    let made = register(&first(&token)).expect(201).json();
    assert_eq!(made["organization"]["timezone"], "Europe/Oslo");
    assert_eq!(made["member"]["roles"], json!(["admin"]));
    assert!(!file.exists());
    register(&first(&token)).refused(401, "unauthenticated");
    let login = json!({ "email": "ada@nordhafen.example", "password": "a password of mine" });
    let sign_in = Server::send(server.ask("POST", "/auth/login").json(&login)).expect(200).json();
    assert_eq!(sign_in["organizations"][0]["id"], made["organization"]["id"]);
}

#[test]
fn of_many_first_organizations_at_once_one_is_made() {
    let server = Server::with(&[("PRET_BOOTSTRAP_TOKEN", "a token of sixteen or more")]);
    let made = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..4)
            .map(|_| {
                let body = first("a token of sixteen or more");
                let ask = server.ask("POST", "/auth/register").json(&body);
                scope.spawn(|| ask.send().unwrap().status().as_u16())
            })
            .collect();
        let statuses = tries.into_iter().map(|one| one.join().unwrap());
        statuses.filter(|status| *status == 201).count()
    });
    assert_eq!(made, 1);
}
