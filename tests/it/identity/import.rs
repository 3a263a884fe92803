//! People in bulk: shown first, all or nothing, nobody changed who is here already.

use std::time::Instant;

use serde_json::{Value, json};

use super::{events, login};
use crate::support::{Ask, Options, Person, Reply, TestApp, say};

const NEW: &str = "paper boat on a long river";

/// A sheet of these rows.
fn sheet(rows: &[&str]) -> String {
    format!("email,full_name,roles\r\n{}\r\n", rows.join("\r\n"))
}

fn preview(app: &TestApp, rows: &[&str]) -> Ask {
    app.admin().post("/members/import", &json!({ "csv": sheet(rows) }))
}

fn import(app: &TestApp, rows: &[&str]) -> Ask {
    app.admin().post("/members/import", &json!({ "csv": sheet(rows), "preview": false }))
}

fn people(reply: &Reply) -> Vec<Value> {
    reply.json()["people"].as_array().unwrap().clone()
}

fn outcomes(reply: &Reply) -> Vec<String> {
    people(reply).iter().map(|one| one["outcome"].as_str().unwrap().to_owned()).collect()
}

/// The faults of a refusal, in words.
fn faults(reply: &Reply) -> Vec<String> {
    let faults = reply.json()["errors"].as_array().unwrap().clone();
    assert!(faults.iter().all(|fault| fault["pointer"] == "/csv"), "{reply}");
    faults.iter().map(|fault| fault["detail"].as_str().unwrap().to_owned()).collect()
}

fn token(person: &Value) -> String {
    let link = person["link"].as_str().unwrap();
    let (page, token) = link.split_once('#').unwrap();
    assert_eq!(page, "http://127.0.0.1:8080/set-password");
    token.to_owned()
}

fn set_password(app: &TestApp, token: &str) -> Reply {
    let body = json!({ "token": token, "new_password": NEW });
    app.anonymous().post("/auth/reset", &body).send()
}

const EVERYBODY: [&str; 4] = [
    "Nia@North.example,Nia Neu,staff student",
    "student@south.example,Whatever,staff",
    "staff@north.example,Somebody Else,admin",
    "noe@north.example,Noé Neu,",
];

#[test]
fn a_preview_changes_no_row() {
    let app = TestApp::new();
    let before = app.file().dump();
    let shown = preview(&app, &EVERYBODY).expect(200);
    assert_eq!(before.difference(&app.file().dump()), "");
    assert_eq!(shown.json()["preview"], true);
    assert_eq!(outcomes(&shown), ["added", "added", "unchanged", "added"]);
    let kept = preview(&app, &EVERYBODY).key("looked").expect(200);
    assert_eq!(kept.bytes(), shown.bytes());
    let again = preview(&app, &EVERYBODY).key("looked").expect(200);
    assert_eq!(again.bytes(), kept.bytes());
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let changed = before.difference(&app.file().dump());
    assert_eq!(changed.lines().count(), 1, "the key alone: {changed}");
}

#[test]
fn an_import_does_what_its_preview_said() {
    let app = TestApp::new();
    let shown = preview(&app, &EVERYBODY).expect(200);
    let done = import(&app, &EVERYBODY).expect(200);
    assert_eq!(outcomes(&done), ["created", "invited", "unchanged", "created"]);
    for (shown, done) in people(&shown).iter().zip(people(&done)) {
        let stays = done["outcome"] == "unchanged";
        assert_eq!(shown["outcome"] == "unchanged", stays, "{shown} {done}");
        for field in ["row", "email", "full_name", "roles"] {
            assert_eq!(shown[field], done[field]);
        }
    }
    let counts = |reply: &Reply| {
        let json = reply.json();
        ["added", "created", "invited", "unchanged"].map(|name| json[name].clone())
    };
    assert_eq!(counts(&shown), [json!(3), json!(null), json!(null), json!(1)]);
    assert_eq!(counts(&done), [json!(3), json!(2), json!(1), json!(1)]);
    assert_eq!(people(&done)[0]["roles"], json!(["student", "staff"]));
    assert_eq!(people(&done)[3]["roles"], json!(["student"]));
    let rows: Vec<_> = people(&done).iter().map(|one| one["row"].clone()).collect();
    assert_eq!(rows, [2, 3, 4, 5]);
    let again = import(&app, &EVERYBODY).expect(200);
    assert_eq!(outcomes(&again), ["unchanged", "invited", "unchanged", "unchanged"]);
}

#[test]
fn a_preview_does_not_tell_who_is_known_elsewhere() {
    let app = TestApp::new();
    let rows = ["student@south.example,A,", "nobody@south.example,A,"];
    let shown = people(&preview(&app, &rows).expect(200));
    let hidden = |mut one: Value| {
        (one["row"], one["email"]) = (json!(0), json!(""));
        one
    };
    assert_eq!(hidden(shown[0].clone()), hidden(shown[1].clone()));
}

#[test]
fn one_bad_row_and_nobody_is_imported() {
    let app = TestApp::new();
    let before = app.file().dump();
    let rows = ["nia@north.example,Nia,", "noe@north.example,=1+1,king", "NIA@north.example,Nia,"];
    for ask in [preview(&app, &rows), import(&app, &rows), import(&app, &rows).key("bad")] {
        let named = faults(&ask.refused(422, "validation_failed"));
        assert_eq!(named.len(), 3, "{named:?}");
        assert!(named[0].starts_with("row 3, full_name: must not begin with ="), "{named:?}");
        assert!(
            named[1].starts_with("row 3, roles: \"king\" is no role; allowed are"),
            "{named:?}"
        );
        assert_eq!(named[2], "row 4, email: stands in row 2 already");
    }
    assert_eq!(before.difference(&app.file().dump()), "");
    let good = import(&app, &["nia@north.example,Nia,"]).key("bad").expect(200);
    assert_eq!(outcomes(&good), ["created"], "a refusal for its shape keeps no key");
}

#[test]
fn what_is_no_sheet_is_refused_in_words() {
    let app = TestApp::new();
    let ask =
        |csv: &str| app.admin().post("/members/import", &json!({ "csv": csv, "preview": false }));
    for (csv, words) in [
        ("", "must name the columns email, full_name, roles"),
        ("email,full_name,role\n", "\"role\" is no column; allowed are email, full_name, roles"),
        ("email,full_name,roles\n", "no row below its header"),
        ("email|full_name|roles\na@b.org|A|\n", "a comma, a semicolon or a tab"),
        ("email,full_name,roles\na@b.org;A;\n", "row 2: has 1 cells, the header has 3"),
        ("email,full_name,roles\na@b.org,Zo\u{fffd},\n", "row 2, full_name: is no UTF-8"),
        ("e\0m\0a\0i\0l\0", "row 1: is no UTF-8"),
    ] {
        let named = faults(&ask(csv).refused(422, "validation_failed"));
        assert!(named.iter().any(|fault| fault.contains(words)), "{csv:?}: {named:?}");
    }
    let many: String = (0..2_001).map(|number| format!("{number}@b.org,A,\n")).collect();
    let named =
        faults(&ask(&format!("email,full_name,roles\n{many}")).refused(422, "validation_failed"));
    assert!(named[0].contains("at most 2000 rows, has 2001"), "{named:?}");
    let long = ask(&"x".repeat(500_001)).refused(422, "validation_failed");
    assert!(faults(&long)[0].contains("at most 500000 characters"));
    ask(&"x".repeat(1024 * 1024)).refused(413, "payload_too_large");
    let good = "\u{feff}roles;full_name;email\r\n;\"Neu, \"\"Nia\"\"\";nia@north.example\r\n";
    assert_eq!(people(&ask(good).expect(200))[0]["full_name"], "Neu, \"Nia\"");
}

#[test]
fn who_is_a_member_stays_as_is() {
    let app = TestApp::new();
    let staff = format!("/members/{}", app.user_id(Person::Staff));
    let closed = format!("/members/{}", app.user_id(Person::OtherStudent));
    app.admin().patch(&closed, "*", &json!({ "is_active": false })).expect(200);
    let before = (app.admin().get(&staff).expect(200).json(), events(&app, app.north()));
    let done = import(&app, &["staff@north.example,X,admin", "other@north.example,X,admin"]);
    let done = done.expect(200);
    assert_eq!(outcomes(&done), ["unchanged", "unchanged"]);
    assert_eq!(people(&done)[0]["roles"], json!(["staff"]));
    assert_eq!(people(&done)[0]["user_id"], app.user_id(Person::Staff));
    assert_eq!(people(&done)[0]["link"], json!(null));
    assert_eq!(before, (app.admin().get(&staff).expect(200).json(), events(&app, app.north())));
}

#[test]
fn who_has_an_account_and_is_no_member_is_invited_as_by_hand() {
    let app = TestApp::new();
    app.admin().delete(&format!("/members/{}", app.user_id(Person::OtherStudent))).expect(204);
    let before = events(&app, app.north());
    let done = import(&app, &["student@south.example,X,staff", "other@north.example,X,"]);
    let done = done.expect(200);
    assert_eq!(outcomes(&done), ["invited", "invited"]);
    assert!(people(&done).iter().all(|one| one["user_id"].is_null() && one["link"].is_null()));
    assert_eq!(events(&app, app.north()), before + 2, "one invitation each");
    let me = app.south_student().get("/me").expect(200).json();
    let invitation = &me["invitations"][0];
    assert_eq!(invitation["roles"], json!(["staff"]));
    let accept = format!("/me/invitations/{}/accept", invitation["id"].as_str().unwrap());
    app.south_student().act(&accept).expect(200);
    app.south_student().in_org(app.north()).get("/members").expect(200);
}

#[test]
fn a_new_member_leaves_the_events_of_a_single_one() {
    let app = TestApp::new();
    let before = events(&app, app.north());
    import(&app, &["nia@north.example,Nia Neu,staff"]).expect(200);
    let trail = app.admin().get("/audit?limit=2").expect(200).data();
    assert_eq!(events(&app, app.north()), before + 2);
    let kinds: Vec<_> =
        trail.iter().map(|event| (&event["entity_type"], &event["action"])).collect();
    assert_eq!(kinds, [(&json!("member"), &json!("CREATE")), (&json!("user"), &json!("CREATE"))]);
    assert_eq!(trail[0]["actor_user_id"], app.user_id(Person::Admin));
    assert_eq!(trail[1]["after"]["full_name"], "Nia Neu");
}

#[test]
fn a_link_sets_the_first_password_once() {
    let app = TestApp::new();
    let done =
        people(&import(&app, &["nia@north.example,Nia,", "noe@north.example,Noé,"]).expect(200));
    let (nia, noe) = (token(&done[0]), token(&done[1]));
    assert_ne!(nia, noe);
    let unknown = login(&app, "nobody@north.example", NEW).refused(401, "invalid_credentials");
    for password in ["", NEW, "!", "$argon2id$"] {
        let refused = login(&app, "nia@north.example", password);
        assert_eq!(refused.refused(401, "invalid_credentials").bytes(), unknown.bytes());
    }
    set_password(&app, &nia).expect(204);
    let session = login(&app, "nia@north.example", NEW).expect(200).json();
    assert_eq!(session["organizations"][0]["roles"], json!(["student"]));
    set_password(&app, &nia).refused(401, "unauthenticated");
    login(&app, "noe@north.example", NEW).refused(401, "invalid_credentials");
}

#[test]
fn a_link_is_good_for_seven_days_and_a_newer_one_replaces_it() {
    let app = TestApp::new();
    let done =
        people(&import(&app, &["nia@north.example,Nia,", "noe@north.example,Noé,"]).expect(200));
    assert_eq!(done[0]["link_expires_at"], "2026-03-09T09:00:00Z");
    app.advance_minutes(7 * 24 * 60 - 1);
    set_password(&app, &token(&done[0])).expect(204);
    app.advance_minutes(1);
    set_password(&app, &token(&done[1])).refused(401, "token_expired");
    let path = format!("/members/{}/password-reset", done[1]["user_id"].as_str().unwrap());
    let newer = app.admin().act(&path).expect(200).json();
    assert_eq!(token(&newer), newer["token"].as_str().unwrap());
    set_password(&app, &token(&done[1])).refused(401, "unauthenticated");
    set_password(&app, &token(&newer)).expect(204);
}

#[test]
fn a_replay_shows_the_same_links_though_they_are_stored_nowhere() {
    let app = TestApp::new();
    let first = import(&app, &EVERYBODY).key("once").expect(200);
    let again = import(&app, &EVERYBODY).key("once").expect(200);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(first.bytes(), again.bytes());
    let all = format!("{:?}", app.file().dump());
    for person in people(&first).iter().filter(|one| !one["link"].is_null()) {
        assert!(!all.contains(&token(person)));
    }
    set_password(&app, &token(&people(&again)[0])).expect(204);
    import(&app, &EVERYBODY[..1]).key("once").refused(422, "idempotency_key_reused");
}

#[test]
fn links_begin_with_the_public_url_and_never_with_what_a_request_says() {
    let mut config = crate::support::unlimited();
    config.public_url = Some("https://pret.example.edu".to_owned());
    let app = Options::default().config(config).start();
    let ask = import(&app, &["nia@north.example,Nia,"]).header("x-forwarded-host", "evil.example");
    let link = people(&ask.expect(200))[0]["link"].clone();
    assert!(link.as_str().unwrap().starts_with("https://pret.example.edu/set-password#"), "{link}");
}

#[test]
fn many_sheets_are_slowed_down_and_looking_is_not() {
    let app = Options::default().config(pret::config::Config::default()).start();
    for number in 0..20 {
        import(&app, &[&format!("n{number}@north.example,N,")]).expect(200);
    }
    let refused = import(&app, &["n20@north.example,N,"]).refused(429, "rate_limited");
    assert!(refused.header("retry-after").is_some());
    preview(&app, &["n20@north.example,N,"]).expect(200);
}

#[test]
fn a_thousand_people_are_one_transaction() {
    let app = TestApp::new();
    let rows: Vec<String> =
        (0..1_000).map(|number| format!("n{number}@north.example,Number {number},")).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let commits = app.db().writer_stats().commits;
    let (ask, began) = (import(&app, &rows), Instant::now());
    let done = ask.expect(200);
    say(&format!("1,000 people imported in {} ms", began.elapsed().as_millis()));
    assert_eq!(done.json()["created"], 1_000);
    assert_eq!(app.db().writer_stats().commits, commits + 1);
    assert_eq!(app.file().number("SELECT count(*) FROM user_roles WHERE role_id = 1"), 1_003);
    app.verify();
}
