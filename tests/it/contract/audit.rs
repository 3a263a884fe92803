//! The trail: every change leaves exactly one event for each object, every refusal none.

use rusqlite::types::Value as Cell;
use serde_json::Value;

use super::access::{Row, caller, rows};
use super::world::World;
use crate::support::{PASSWORD, Reply, TestApp, say};

/// The events of `north` behind this one.
fn events_after(app: &TestApp, seq: i64) -> Vec<Vec<Cell>> {
    app.file().rows(&format!(
        "SELECT entity_type || ' ' || entity_id, action, actor_user_id, request_id, seq, before_json, after_json
         FROM audit_events WHERE org_id = '{}' AND seq > {seq} ORDER BY seq",
        app.north()
    ))
}

fn head(app: &TestApp) -> i64 {
    let org = app.north();
    app.file().number(&format!("SELECT max(seq) FROM audit_events WHERE org_id = '{org}'"))
}

fn text(cell: &Cell) -> &str {
    match cell {
        Cell::Text(text) => text,
        _ => "",
    }
}

fn check(row: &Row, app: &TestApp, before: i64, reply: &Reply) {
    let events = events_after(app, before);
    let expected = row.events.unwrap_or(1);
    let name = format!("{} {}", row.operation, row.case);
    assert_eq!(events.len(), expected, "{name}: {events:#?}");
    let mut objects: Vec<&str> = events.iter().map(|event| text(&event[0])).collect();
    objects.sort_unstable();
    objects.dedup();
    assert_eq!(objects.len(), expected, "{name}: one event for each object: {events:#?}");
    let user = app.user_id_of(&row.least);
    for event in &events {
        assert_eq!(text(&event[2]), user, "{name}: who");
        assert_eq!(Some(text(&event[3])), reply.header("x-request-id"), "{name}: which request");
        let (before, after) = (text(&event[5]), text(&event[6]));
        assert_eq!(before.is_empty(), text(&event[1]) == "CREATE", "{name}: {event:?}");
        assert!(
            serde_json::from_str::<Value>(after).is_ok_and(|value| value.is_object()),
            "{name}"
        );
    }
    if reply.header("x-commit-seq").is_some() {
        assert_eq!(reply.seq(), head(app), "{name}: X-Commit-Seq is what the write reached");
    }
}

/// Goes red with the seeded bugs `audit_forgotten` and `event_outside`. That refusals leave none
/// is part of the matrix: there no row of any table changes.
#[test]
fn every_change_leaves_one_event_for_each_object() {
    let mut changes = 0;
    for row in rows().iter().filter(|row| row.method() != "GET" && !row.is_open()) {
        let app = World::get().app();
        let before = head(&app);
        let reply = row.usual(&caller(&app, &row.least)).expect(row.gives);
        check(row, &app, before, &reply);
        changes += 1;
    }
    say(&format!("{changes} kinds of change"));
}

#[test]
fn reading_leaves_no_event() {
    let app = World::get().app();
    let before = head(&app);
    for row in rows().iter().filter(|row| row.method() == "GET") {
        row.usual(&app.admin()).expect(row.gives);
    }
    assert!(events_after(&app, before).is_empty());
}

#[test]
fn no_event_holds_a_secret() {
    let world = World::get();
    let tokens = [&world.north["reset_token"], &world.north["refresh_token"]];
    for row in rows().iter().filter(|row| row.method() != "GET") {
        let app = world.app();
        row.usual(&app.admin()).send();
        let all = format!("{:?}", events_after(&app, 0));
        let words = ["$argon2", PASSWORD, "eyJ", "password_hash", "token_hash", "refresh_token"];
        for secret in words.into_iter().chain(tokens.map(String::as_str)) {
            assert!(!all.contains(secret), "{secret} stands in an event");
        }
    }
}

#[test]
fn the_file_itself_refuses_to_change_or_lose_an_event() {
    let app = World::get().app();
    for sql in [
        "DELETE FROM audit_events WHERE seq = 1",
        "UPDATE audit_events SET action = 'UPDATE' WHERE seq = 1",
        "UPDATE audit_events SET after_json = '{}' WHERE seq = 1",
        "UPDATE audit_events SET hash = 'x' WHERE seq = 1",
        "INSERT INTO audit_events SELECT * FROM audit_events WHERE seq = 1",
        "INSERT OR REPLACE INTO audit_events SELECT * FROM audit_events WHERE seq = 1",
    ] {
        let refusal = app.sql(sql).unwrap_err().to_string();
        assert!(refusal.contains("audit_events"), "{sql}: {refusal}");
    }
}
