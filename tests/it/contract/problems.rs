//! Every code of the closed list: provoked, and answered as a problem that says enough.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, mpsc};
use std::thread;

use pret::db::GlobalWriteTx;
use pret::kernel::Code;
use serde_json::{Value, json};

use crate::support::{
    Options, PASSWORD, Person, Reply, Source, TestApp, at, booking_of_unit, raw, unlimited,
};

const NOWHERE: &str = "019a2f64-5c00-7000-8000-00000000dead";

#[track_caller]
fn fault(reply: &Reply, place: &str) -> String {
    let problem = reply.json();
    let errors = problem["errors"].as_array().unwrap_or_else(|| panic!("no errors in\n{reply}"));
    let at = |error: &&Value| error["pointer"] == place || error["parameter"] == place;
    let fault = errors.iter().find(at).unwrap_or_else(|| panic!("no fault at {place} in\n{reply}"));
    fault["detail"].as_str().unwrap().to_owned()
}

#[test]
fn parameters_that_are_not_valid_are_named() {
    let app = TestApp::new();
    for (path, parameter) in [
        ("/resources?nonsense=1", "nonsense"),
        ("/resources?limit=1&limit=2", "limit"),
        ("/resources?limit=0", "limit"),
        ("/resources?limit=201", "limit"),
        ("/resources?limit=many", "limit"),
        ("/resources?sort=price", "sort"),
        ("/resources?sort=name,-name", "sort"),
        ("/resources?status=BROKEN", "status"),
        ("/resources?created_from=yesterday", "created_from"),
        ("/resources?created_from=2026-03-02T09:00:00", "created_from"),
        ("/resources/no-uuid", "id"),
        ("/resources/019a2f645c007000800000000000dead", "id"),
        ("/bookings/%ff", "id"),
    ] {
        let reply = app.student().get(path).refused(400, "invalid_parameter");
        assert!(!fault(&reply, parameter).is_empty(), "{reply}");
    }
}

#[test]
fn a_cursor_is_good_for_its_own_list_alone() {
    let app = TestApp::new();
    for _ in 0..3 {
        app.resource_with_units(1);
    }
    let page = app.student().get("/resources?limit=1").expect(200).json();
    let cursor = page["next_cursor"].as_str().unwrap();
    app.student().get(&format!("/resources?limit=2&cursor={cursor}")).expect(200);
    let mut changed = cursor.to_owned();
    let last = if changed.ends_with('A') { 'B' } else { 'A' };
    changed.pop();
    changed.push(last);
    for path in [
        format!("/resources?cursor={changed}"),
        format!("/resources?sort=-name&cursor={cursor}"),
        format!("/resources?type=camera&cursor={cursor}"),
        format!("/bookings?cursor={cursor}"),
        format!("/resources?cursor={}", "A".repeat(1025)),
        "/resources?cursor=".to_owned(),
    ] {
        app.student().get(&path).refused(400, "invalid_cursor");
    }
    let south = app.south_student().get(&format!("/resources?limit=1&cursor={cursor}"));
    south.refused(400, "invalid_cursor");
}

#[test]
fn headers_that_are_not_valid_are_told_apart() {
    let app = TestApp::new();
    let get = || app.student().get("/bookings");
    get().without("x-org-id").refused(400, "org_header_missing");
    get().header("x-org-id", "north").refused(400, "org_header_invalid");
    get().and_header("x-org-id", app.north()).refused(400, "org_header_invalid");
    let book = || app.student().post("/bookings", &booking_of_unit(NOWHERE, 1, 2));
    book().without("idempotency-key").refused(400, "idempotency_key_missing");
    for key in ["", &"k".repeat(256), "with\ttab"] {
        book().key(key).refused(400, "idempotency_key_invalid");
    }
    book().and_header("idempotency-key", "second").refused(400, "idempotency_key_invalid");
    book().key(&"k".repeat(255)).refused(422, "unknown_reference");
}

#[test]
fn who_is_not_signed_in_hears_how_to() {
    let app = TestApp::new();
    let token = app.token(Person::Student);
    let org = app.north().to_owned();
    let get = || app.anonymous().get("/bookings").header("x-org-id", &org);
    for authorization in ["", "Bearer", "Bearer ", "Bearer x.y.z", "Basic dXNlcjpwYXNz", &token] {
        let reply = get().header("authorization", authorization).refused(401, "unauthenticated");
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"), "{reply}");
    }
    let bearer = format!("bearer {token}");
    get().header("authorization", &bearer).expect(200);
    let twice = get().header("authorization", &bearer).and_header("authorization", &bearer);
    twice.refused(401, "unauthenticated");
    app.advance_minutes(16);
    let reply = get().header("authorization", &bearer).refused(401, "token_expired");
    assert_eq!(reply.header("www-authenticate"), Some("Bearer"), "{reply}");
}

#[test]
fn membership_does_not_tell_whether_the_organization_exists() {
    let app = TestApp::new();
    let south = app.admin().in_org(app.south()).get("/resources").refused(403, "not_a_member");
    let nowhere = app.admin().in_org(NOWHERE).get("/resources").refused(403, "not_a_member");
    assert_eq!(south.bytes(), nowhere.bytes());
    assert!(south.header("x-commit-seq").is_none(), "{south}");
}

#[test]
fn what_is_not_there_is_answered_like_what_is_elsewhere() {
    let app = TestApp::new();
    let south = app.south_staff().resource_with_units(1);
    for path in ["/resources/{}", "/resources/{}/units"] {
        let theirs =
            app.admin().get(&path.replace("{}", &south.resource)).refused(404, "not_found");
        let nowhere = app.admin().get(&path.replace("{}", NOWHERE)).refused(404, "not_found");
        assert_eq!(theirs.json()["detail"], nowhere.json()["detail"]);
    }
}

#[test]
fn a_method_that_is_not_offered_names_those_that_are() {
    let app = TestApp::new();
    let reply = app.student().ask("PUT", "/bookings").refused(405, "method_not_allowed");
    let allow = reply.header("allow").unwrap();
    assert!(allow.contains("GET") && allow.contains("POST"), "{reply}");
}

#[test]
fn bodies_that_are_no_json_are_told_apart() {
    let app = TestApp::new();
    let post = || app.staff().post("/tags", &json!({ "name": "sound" }));
    for body in ["", "{", "[1", "{\"name\": \"a\"} x", "\u{feff}{}", "nul"] {
        post().body(body).refused(400, "malformed_json");
    }
    post().body(vec![b'"', 0xff, b'"']).refused(400, "malformed_json");
    for media in ["text/plain", "application/x-www-form-urlencoded", "", "json"] {
        post().header("content-type", media).refused(415, "unsupported_media_type");
    }
    post().without("content-type").refused(415, "unsupported_media_type");
    post().header("content-type", "application/json; charset=utf-8").expect(201);
    let large = app.staff().ask("POST", "/tags").body(vec![b' '; 1024 * 1024 + 1]);
    large.refused(413, "payload_too_large");
}

#[test]
fn bodies_of_the_wrong_shape_say_where() {
    let app = TestApp::new();
    let post = |body: &str| {
        let ask = app.staff().post("/resources", &json!({})).body(body);
        ask.refused(422, "validation_failed")
    };
    assert!(!fault(&post("{}"), "/type").is_empty());
    fault(&post(r#"{"type": "a", "name": "b", "colour": "red"}"#), "/colour");
    fault(&post(r#"{"type": "a", "name": 5}"#), "/name");
    fault(&post(r#"{"type": "a", "name": null}"#), "/name");
    fault(&post(r#"{"type": "a", "name": "b", "name": "c"}"#), "/name");
    fault(&post(r#"{"type": "a", "name": "b", "units": [{"barcode": 1}]}"#), "/units/0/barcode");
    // Every fault of value and range at once.
    let long = json!({ "type": " ", "name": "x".repeat(201), "buffer_minutes": 99_999_999,
        "units": [{ "barcode": "a\nb" }] });
    let reply = post(&long.to_string());
    for pointer in ["/type", "/name", "/buffer_minutes", "/units/0/barcode"] {
        fault(&reply, pointer);
    }
    let deep = format!("{}{}", "[".repeat(33), "]".repeat(33));
    post(&format!(r#"{{"type": "a", "name": {deep}}}"#));
}

#[test]
fn a_conditional_change_is_told_what_is_wrong_with_its_condition() {
    let app = TestApp::new();
    let path = format!("/resources/{}", app.resource_with_units(1).resource);
    let change = app.staff().patch(&path, "*", &json!({ "name": "renamed" }));
    change.clone().without("if-match").refused(428, "precondition_required");
    change.clone().header("if-match", "1").refused(400, "invalid_if_match");
    let failed = change.clone().header("if-match", "\"7\"").refused(412, "precondition_failed");
    assert!(failed.etag().starts_with("\"1"), "{failed}");
    change.clone().header("if-match", "W/\"1\"").refused(412, "precondition_failed");
    change.clone().header("if-match", "\"9\", \"1.whatever\"").expect(200);
}

#[test]
fn refusals_of_the_state_say_what_stands_in_the_way() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 24, 48);
    let id = booking["id"].as_str().unwrap();
    let taken = app.other_student().post("/bookings", &booking_of_unit(stock.unit(), 24, 48));
    let taken = taken.refused(409, "unit_unavailable").json();
    let conflict = &taken["conflicts"][0];
    assert_eq!(conflict["resource_unit_id"], stock.unit());
    assert_eq!(conflict["resource_id"], *stock.resource);
    assert_eq!((&conflict["start_at"], &conflict["end_at"]), (&json!(at(24)), &json!(at(48))));
    assert_eq!(conflict.as_object().unwrap().len(), 4, "names nobody: {conflict}");
    assert!(!taken["alternatives"].as_array().unwrap().is_empty());
    for path in [format!("/resources/{}", stock.resource), format!("/units/{}", stock.unit())] {
        let held = app.staff().delete(&path).refused(409, "in_use").json();
        assert_eq!(held["bookings"], json!([id]), "{held}");
    }
    app.student().act(&format!("/bookings/{id}/cancel")).expect(200);
    let over = app.student().act(&format!("/bookings/{id}/cancel"));
    let over = over.refused(409, "invalid_transition").json();
    assert_eq!(over["current_status"], "CANCELLED");
    assert_eq!(over["allowed"], json!([]));
    let long = app.student().post("/bookings", &booking_of_unit(stock.unit(), 24, 24 * 40));
    let long = long.refused(409, "policy_violation").json();
    assert_eq!((&long["rule"], &long["limit"]), (&json!("max_booking_days"), &json!(30)));
    assert!(long["asked"].as_i64().unwrap() > 30, "{long}");
    app.staff().delete(&format!("/units/{}", stock.unit())).expect(204);
    let gone = app.student().post("/bookings", &booking_of_unit(stock.unit(), 24, 48));
    gone.refused(409, "not_bookable");
    let unit = json!({ "barcode": "twice" });
    let other = app.resource_with_units(1).resource;
    app.staff().post(&format!("/resources/{other}/units"), &unit).expect(201);
    let twice = app.staff().post(&format!("/resources/{other}/units"), &unit);
    twice.refused(409, "already_exists");
}

#[test]
fn a_request_that_trickles_in_too_slowly_is_given_up() {
    let mut config = unlimited();
    config.limits.body_seconds = 1;
    let app = Options::default().config(config).start();
    let head = format!(
        "POST /tags HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\nx-org-id: {}\r\n\
         content-type: application/json\r\ncontent-length: 100\r\nconnection: close\r\n\r\n{{",
        app.token(Person::Staff),
        app.north()
    );
    let answer = raw(app.address(), head.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("\"code\":\"request_timeout\""), "{answer}");
}

#[test]
fn a_full_queue_and_a_stopped_writer_say_when_to_come_back() {
    let app = Options::default().database(|options| options.queue = 1).start();
    let (running, begun) = channel();
    let (release, held) = channel::<()>();
    let held = Mutex::new(held);
    let db = app.db().clone();
    let holder = thread::spawn(move || {
        db.write_blocking(move |_: &GlobalWriteTx<'_>| {
            running.send(()).unwrap();
            held.lock().unwrap().recv().unwrap();
            Ok(())
        })
    });
    begun.recv().unwrap();
    // The one place in the queue is taken by this request, or by the next one.
    let tag = |name: &str| app.staff().post("/tags", &json!({ "name": name }));
    let refused = thread::scope(|scope| {
        let (tell, told) = mpsc::channel();
        for name in ["one", "two"] {
            let (tell, ask) = (tell.clone(), tag(name));
            scope.spawn(move || drop(tell.send(ask.send())));
        }
        let first = told.recv().unwrap();
        release.send(()).unwrap();
        first
    });
    let refused = refused.refused(503, "overloaded");
    assert!(refused.header("retry-after").is_some(), "{refused}");
    holder.join().unwrap().unwrap();
    app.db().close();
    let stopped = tag("three").refused(503, "shutting_down");
    assert!(stopped.header("retry-after").is_some(), "{stopped}");
}

#[test]
fn a_failed_commit_is_said_to_be_unknown() {
    let fails = Arc::new(AtomicBool::new(false));
    let hook = Arc::clone(&fails);
    let app = Options::default()
        .database(move |options| {
            options.commit_hook = Some(Arc::new(move || hook.load(Ordering::SeqCst)));
        })
        .start();
    fails.store(true, Ordering::SeqCst);
    let unknown = app.staff().post("/tags", &json!({ "name": "sound" }));
    let unknown = unknown.refused(503, "outcome_unknown");
    assert!(unknown.header("retry-after").is_some(), "{unknown}");
}

/// A fault of ours: here the file is broken while the service runs.
#[test]
fn a_fault_of_ours_shows_nothing_of_the_inside() {
    let app = TestApp::new();
    app.sql("PRAGMA foreign_keys = OFF; DROP TABLE resource_tags").unwrap();
    let reply = app.student().get("/resources?tag=film").refused(500, "internal");
    let text = String::from_utf8_lossy(reply.bytes()).to_lowercase();
    for word in ["sql", "table", "resource_tags", "panic", ".rs", "no such"] {
        assert!(!text.contains(word), "{word} in {reply}");
    }
}

#[test]
fn bytes_that_are_no_http_are_closed_without_harm() {
    let app = TestApp::new();
    let mut stream = TcpStream::connect(app.address()).unwrap();
    drop(stream.write_all(b"\x00\x01\x02 nonsense\r\n\r\n"));
    app.student().get("/bookings").expect(200);
}

#[test]
fn a_request_id_is_taken_over_when_it_is_harmless() {
    let app = TestApp::new();
    let get = |id: &str| app.student().get("/bookings").header("x-request-id", id).expect(200);
    assert_eq!(get("desk-7.a_B").header("x-request-id"), Some("desk-7.a_B"));
    for id in ["with space", "", "semi;colon", &"x".repeat(65)] {
        assert_ne!(get(id).header("x-request-id"), Some(id));
    }
}

#[test]
fn a_failed_sign_in_does_not_tell_why() {
    let app = TestApp::new();
    let login = |email: &str, password: &str| {
        let body = json!({ "email": email, "password": password });
        app.anonymous().post("/auth/login", &body)
    };
    login(Person::Student.email(), PASSWORD).expect(200);
    let other = app.user_id(Person::OtherStudent);
    app.sql(&format!("UPDATE users SET is_active = 0 WHERE id = '{other}'")).unwrap();
    for (email, password) in [
        (Person::Student.email(), "a wrong password"),
        ("nobody@north.example", PASSWORD),
        (Person::OtherStudent.email(), PASSWORD),
    ] {
        let reply = login(email, password).refused(401, "invalid_credentials");
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"), "{reply}");
        assert_eq!(reply.json()["detail"], "Email or password is wrong.");
    }
}

#[test]
fn the_last_admin_stays() {
    let app = TestApp::new();
    let path = format!("/members/{}", app.user_id(Person::Admin));
    app.admin().delete(&path).refused(409, "last_admin");
    app.admin().patch(&path, "*", &json!({ "roles": ["staff"] })).refused(409, "last_admin");
    app.admin().patch(&path, "*", &json!({ "is_active": false })).refused(409, "last_admin");
}

/// The list of codes is closed, and each of them stands in a test.
#[test]
fn every_code_is_provoked_by_a_test() {
    let tests: String = Source::below("tests", &["rs"]).into_iter().map(|test| test.code).collect();
    let unheard: Vec<&str> = Code::ALL
        .iter()
        .map(|code| code.name())
        .filter(|name| !tests.contains(&format!("\"{name}\")")))
        .filter(|name| !tests.contains(&format!("{name}\\\"")))
        .collect();
    assert!(unheard.is_empty(), "{unheard:?}");
}
