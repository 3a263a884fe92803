//! Files that somebody has damaged, and files that somebody has made: nothing of them is kept.

use std::fs;

use serde_json::{Value, json};

use super::file::Lines;
use super::{bring_in, write_out};
use crate::support::{Dump, File, TestApp, at};

/// North with some of everything, and a server on which only South is.
struct Case {
    lines: Lines,
    text: String,
    north: String,
    there: TestApp,
    before: Dump,
}

fn case() -> Case {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    app.booking(stock.unit(), 24, 26);
    let fine = json!({
        "user_id": app.user_id_of("student"), "kind": "OTHER", "amount_cents": 900, "note": "x",
    });
    let fine = app.staff().post("/fines", &fine).expect(201).id();
    let pay = json!({"fine_id": fine, "amount_cents": 400, "method": "CASH"});
    app.staff().post("/fines/payments", &pay).expect(201);
    let invitation = json!({"email": "new@south.example", "roles": ["student"]});
    app.admin().post("/members", &invitation).expect(202);
    app.staff().post("/tags", &json!({"name": "loud"})).expect(201);
    let plan = json!({"start_at": at(30), "end_at": at(40)});
    app.staff().post(&format!("/units/{}/maintenance", stock.unit()), &plan).expect(201);
    let (_folder, out) = write_out(&app, app.north(), true);
    let (_other, south) = write_out(&app, app.south(), true);
    let there = super::empty();
    bring_in(&there, &south).unwrap();
    let before = there.file().dump();
    let text = fs::read_to_string(&out).unwrap();
    Case { lines: Lines::read(&out), text, north: app.north().to_owned(), there, before }
}

impl Case {
    /// Brings the lines in and demands a refusal with these words, and that no row is there.
    #[track_caller]
    fn refused(&self, change: impl FnOnce(&mut Lines), words: &str) {
        let mut lines = self.lines.clone();
        change(&mut lines);
        let (_folder, path) = lines.write();
        self.refused_file(&path, words);
    }

    #[track_caller]
    fn refused_file(&self, path: &std::path::Path, words: &str) {
        let refusal = bring_in(&self.there, path).unwrap_err();
        let said = format!("{refusal:?}");
        assert!(said.contains(words), "expected {words:?} in {said}");
        let difference = self.before.difference(&File::open(&self.there.path()).dump());
        assert_eq!(difference, "", "{words}");
    }

    #[track_caller]
    fn refused_text(&self, text: &str, words: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("damaged.jsonl");
        fs::write(&path, text).unwrap();
        self.refused_file(&path, words);
    }
}

#[test]
fn the_file_as_it_is_comes_in() {
    let case = case();
    let (_folder, path) = case.lines.write();
    bring_in(&case.there, &path).unwrap();
    assert_eq!(case.there.file().number("SELECT count(*) FROM organizations"), 2);
}

#[test]
fn a_file_that_was_cut_off_or_altered_is_refused() {
    let case = case();
    let lines: Vec<&str> = case.text.lines().collect();
    let without_last = lines[..lines.len() - 1].join("\n") + "\n";
    case.refused_text(&without_last, "cut off");
    case.refused_text(&case.text[..case.text.len() - 20], "can't be read");
    let half = lines[..lines.len() / 2].join("\n");
    case.refused_text(&half, "cut off");
    let without_one = [&lines[..5], &lines[6..]].concat().join("\n") + "\n";
    case.refused_text(&without_one, "altered");
    case.refused_text(&case.text.replacen("loud", "soft", 1), "hash differs");
    case.refused_text(&format!("{}{}\n", case.text, lines[3]), "behind the last line");
    case.refused_text("", "no file of `pret org export`");
    case.refused_text("{\"header\": {}}\n", "no file of `pret org export`");
}

#[test]
fn a_file_for_another_server_is_refused() {
    let case = case();
    case.refused(|lines| lines.header()["format"] = json!(2), "format 2");
    case.refused(|lines| lines.header()["org_name"] = json!("\u{1b}]0;owned\u{7}"), "none of ours");
    case.refused(|lines| lines.0[3]["\u{1b}[2J"] = json!(1), "unknown field `\u{fffd}[2J`");
    case.refused(|lines| lines.header()["schema_version"] = json!(3), "schema 3");
    let app = TestApp::new();
    let (_folder, path) = write_out(&app, app.north(), true);
    let before = app.file().dump();
    let refusal = bring_in(&app, &path).unwrap_err();
    assert!(refusal.detail().contains("already"), "{refusal}");
    assert_eq!(app.file().dump(), before);
}

#[test]
fn names_are_never_taken_for_statements() {
    let case = case();
    let attack = "tags (id) VALUES ('x'); DROP TABLE users; --";
    case.refused(
        |lines| lines.0.push(json!({"table": attack, "row": {"id": case.north}})),
        "no table that is moved",
    );
    for table in ["sessions", "refresh_tokens", "idempotency_keys", "roles", "sqlite_schema"] {
        case.refused(
            |lines| lines.0.push(json!({"table": table, "row": {"org_id": case.north}})),
            "no table that is moved",
        );
    }
    case.refused(|lines| lines.row("tags")[attack] = json!("x"), "is no column of it");
    case.refused(
        |lines| drop(lines.row("tags").as_object_mut().unwrap().remove("name")),
        "missing",
    );
    case.refused(|lines| lines.row("tags")["name"] = json!(7), "must be a text");
    case.refused(|lines| lines.row("bookings")["version"] = json!("7"), "a whole number");
    case.refused(|lines| lines.row("resources")["search_key"] = json!(1), "is no column of it");
}

#[test]
fn a_row_of_another_organization_is_refused() {
    let case = case();
    let south = case.there.file().text("SELECT id FROM organizations");
    for table in ["memberships", "user_roles", "invitations", "resources", "bookings", "fines"] {
        case.refused(|lines| lines.row(table)["org_id"] = json!(south), "not that of the header");
    }
    case.refused(|lines| lines.row("organizations")["id"] = json!(south), "not that of the header");
    // All of it under the name of an organization that is here.
    let all = case.text.replace(&case.north, &south);
    let lines = Lines(all.lines().map(|line| serde_json::from_str(line).unwrap()).collect());
    let lines = Lines(lines.0[..lines.0.len() - 1].to_vec());
    let (_folder, path) = lines.write();
    case.refused_file(&path, "already");
}

#[test]
fn a_role_elsewhere_can_not_be_had_and_a_known_account_not_be_taken() {
    let case = case();
    let file = case.there.file();
    let (south, admin) = (
        file.text("SELECT id FROM organizations"),
        file.text("SELECT user_id FROM user_roles WHERE role_id = 3"),
    );
    let mut role = case.lines.clone().row("user_roles").clone();
    role["org_id"] = json!(south);
    role["role_id"] = json!(3);
    case.refused(|lines| lines.add("user_roles", &role), "not that of the header");
    // A new account with the address of South's admin.
    let email = file.text(&format!("SELECT email FROM users WHERE id = '{admin}'"));
    case.refused(|lines| lines.row("users")["email"] = json!(email), &email);
    // An address in other letters would be another account that signs in as the same person.
    case.refused(
        |lines| lines.row("users")["email"] = json!(email.to_uppercase()),
        "address in lower case",
    );
    // A hash that would take all memory.
    case.refused(
        |lines| {
            let greedy = "$argon2id$v=19$m=4194304,t=900,p=1$c2FsdHNhbHRzYWx0c2E$aGFzaA";
            lines.row("users")["password_hash"] = json!(greedy);
        },
        "none that Prêt makes",
    );
}

#[test]
fn what_is_not_sound_is_refused() {
    let case = case();
    let change = |table: &'static str, column: &'static str, value: Value| {
        move |lines: &mut Lines| lines.row(table)[column] = value
    };
    // What others read at sign-in and what the timer reads must be readable.
    case.refused(change("organizations", "policy", json!("[1]")), "can't be read");
    case.refused(
        change("organizations", "policy", json!("{\"buffer_minutes\": 4000000000}")),
        "not as it may be set",
    );
    case.refused(change("organizations", "timezone", json!("Moon/Crater")), "not as it may be set");
    case.refused(change("invitations", "roles", json!("[\"owner\"]")), "invitation can't be read");
    // The trail.
    case.refused(change("audit_events", "after_json", json!("{}")), "payload");
    case.refused(|lines| lines.header()["audit_head"]["seq"] = json!(1), "header says");
    case.refused(
        |lines| {
            let last = lines.0.iter().rposition(|line| line["table"] == "audit_events").unwrap();
            lines.0.remove(last);
        },
        "cut off",
    );
    // Units.
    case.refused(
        |lines| lines.0.retain(|line| line["table"] != "unit_claims"),
        "the database refuses this row (unit_maintenance_needs_claim)",
    );
    case.refused(
        |lines| {
            lines.0.retain(|line| {
                line["table"] != "unit_claims" && line["table"] != "unit_maintenance"
            });
        },
        "the database refuses this row (booking_items_need_claim)",
    );
    case.refused(
        |lines| {
            let mut again = lines.row("unit_claims").clone();
            again["id"] = json!("00000000-0000-7000-8000-0000000000cc");
            lines.add("unit_claims", &again);
        },
        "unit_claims_overlap",
    );
    case.refused(change("bookings", "status", json!("RETURNED")), "belongs to no active booking");
    // Money.
    case.refused(change("fines", "paid_cents", json!(900)), "do not agree");
    case.refused(change("fine_payments", "amount_cents", json!(901)), "fine_payments_above_open");
    // Ids and times.
    case.refused(change("bookings", "created_at", json!(i64::MAX)), "between the years");
    case.refused(change("tags", "id", json!("1")), "UUID");
    case.refused(
        change("bookings", "requester_user_id", json!("00000000-0000-7000-8000-0000000000dd")),
        "FOREIGN KEY",
    );
    // Their order.
    case.refused(|lines| lines.0[1..].reverse(), "not at its place");
}

#[test]
fn an_id_that_another_organization_uses_is_refused() {
    let mut case = case();
    let south = case.there.file().text("SELECT id FROM organizations");
    case.there
        .sql(&format!(
            "INSERT INTO resources (id, org_id, type, name, description, status, version,
                 created_at, updated_at)
             VALUES ('{}', '{south}', 'Camera', 'Theirs', '', 'AVAILABLE', 1, 0, 0)",
            case.lines.row("resources")["id"].as_str().unwrap()
        ))
        .unwrap();
    case.before = case.there.file().dump();
    case.refused(|_| {}, "resources.id");
}

#[test]
fn a_file_that_changes_between_looking_and_writing_is_refused() {
    let case = case();
    let (_folder, path) = case.lines.write();
    let survey = pret::transfer::survey(case.there.db(), &path, &super::quiet()).unwrap();
    fs::write(&path, case.text.replacen("loud", "soft", 1)).unwrap();
    let refusal = pret::transfer::import(case.there.db(), survey, super::quiet()).unwrap_err();
    assert!(refusal.detail().contains("hash differs"), "{refusal}");
    assert_eq!(case.there.file().dump(), case.before);
}
