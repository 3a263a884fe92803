//! Rotating the keys beside a server that runs: nobody is signed out, unless that is what is wanted.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::support::{PASSWORD, Person, Ran, TestApp, pret};

fn key(app: &TestApp, arguments: &[&str]) -> Ran {
    let path = app.path();
    let database = ["--database", path.to_str().unwrap()];
    let arguments: Vec<&str> = ["key"].iter().chain(arguments).chain(&database).copied().collect();
    pret(path.parent().unwrap(), &arguments, "")
}

/// The tokens of a new session.
fn sign_in(app: &TestApp) -> Value {
    let login = json!({"email": Person::Student.email(), "password": PASSWORD});
    app.anonymous().post("/auth/login", &login).expect(200).json()
}

fn refresh(app: &TestApp, tokens: &Value) -> Value {
    let token = json!({"refresh_token": tokens["refresh_token"]});
    app.anonymous().post("/auth/refresh", &token).expect(200).json()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// The id of the key that signed a token.
fn kid(tokens: &Value) -> String {
    let header = text(&tokens["access_token"]).split('.').next().unwrap();
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    text(&header["kid"]).to_owned()
}

fn status(app: &TestApp, tokens: &Value) -> u16 {
    app.anonymous().with_token(text(&tokens["access_token"])).get("/bookings").send().status()
}

/// Tries until it is so: within a second or so, and some more where the machine is busy.
#[track_caller]
fn soon(mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < end, "the server never noticed");
    }
}

#[test]
fn after_a_rotation_the_new_key_signs_and_nobody_is_signed_out() {
    let app = TestApp::new();
    let tokens = sign_in(&app);
    let rotated = key(&app, &["rotate", "--json"]).json();
    let new = text(&rotated["keys"][0]["id"]);
    assert_eq!(rotated["keys"][1]["id"], kid(&tokens));
    assert_eq!(rotated["dropped"], json!([]));
    let mut latest = tokens.clone();
    soon(|| {
        latest = refresh(&app, &latest);
        kid(&latest) == new
    });
    let org = app.north().to_owned();
    for tokens in [&tokens, &latest] {
        let token = text(&tokens["access_token"]);
        app.anonymous().with_token(token).in_org(&org).get("/me").expect(200);
    }
    refresh(&app, &latest);
}

#[test]
fn revoking_ends_every_access_token_and_no_session() {
    let app = TestApp::new();
    let tokens = sign_in(&app);
    assert_eq!(status(&app, &tokens), 400, "no X-Org-Id, but a good token");
    let rotated = key(&app, &["rotate", "--revoke", "--json"]).json();
    assert_eq!(rotated["dropped"], json!([kid(&tokens)]));
    soon(|| status(&app, &tokens) == 401);
    let next = refresh(&app, &tokens);
    assert_eq!(kid(&next), text(&rotated["keys"][0]["id"]));
    assert_eq!(status(&app, &next), 400);
}

#[test]
fn cursors_outlive_a_rotation() {
    let app = TestApp::new();
    for _ in 0..3 {
        app.resource_with_units(1);
    }
    let first = app.staff().get("/resources?limit=1").expect(200).json();
    key(&app, &["rotate", "--revoke"]).ok();
    let mut app = app;
    app.restart();
    let tokens = sign_in(&app);
    let next = format!("/resources?limit=1&cursor={}", text(&first["next_cursor"]));
    let caller = app.anonymous().with_token(text(&tokens["access_token"])).in_org(app.north());
    caller.get(&next).expect(200);
}

#[test]
fn keys_are_listed_without_their_secrets_and_stay_private() {
    let app = TestApp::new();
    let secrets = || {
        let file = fs::read_to_string(key_file(&app.path())).unwrap();
        let file: Value = serde_json::from_str(&file).unwrap();
        let signing = file["signing"].as_array().unwrap().clone();
        let signing = signing.iter().map(|key| text(&key["secret"]).to_owned());
        signing.chain([text(&file["root"]).to_owned()]).collect::<Vec<_>>()
    };
    let told = [key(&app, &["rotate"]).ok(), key(&app, &["show"]).ok()].concat();
    let listed = key(&app, &["show", "--json"]).json();
    let keys = listed.as_array().unwrap();
    assert_eq!(keys.len(), 2);
    assert!(keys[0]["retired_at"].is_null() && keys[1]["verifies_until"].is_string(), "{listed}");
    assert!(told.contains(text(&keys[0]["id"])) && told.contains("verifies until"), "{told}");
    for secret in secrets() {
        assert!(!told.contains(&secret) && !listed.to_string().contains(&secret));
    }
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &fs::metadata(key_file(&app.path())).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn without_a_key_file_it_is_said_who_makes_one() {
    let folder = tempfile::tempdir().unwrap();
    let refusal = pret(folder.path(), &["key", "rotate"], "").refused();
    assert!(refusal.contains("pret serve") && refusal.contains("--database"), "{refusal}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");
}

fn key_file(database: &Path) -> std::path::PathBuf {
    pret::keys::path(database)
}
