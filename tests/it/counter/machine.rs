//! The state machine over HTTP: every state by every action by every role.

use serde_json::{Value, json};

use super::{item, path};
use crate::support::{Ask, Caller, TestApp, at, booking_of_unit, none, unique};

const ACTIONS: [&str; 7] =
    ["update", "submit", "approve", "reject", "cancel", "check-out", "return"];

/// Who may, in the order of the actions: `r` whoever it is for and staff, `s` staff alone.
const TABLE: [(&str, &str); 9] = [
    ("DRAFT", "r r - - r - -"),
    ("WAITLISTED", "- - - - - - -"),
    ("PENDING", "r - s s r - -"),
    ("APPROVED", "s - - - r s -"),
    ("CHECKED_OUT", "r - - - - s s"),
    ("RETURNED", "- - - - - - -"),
    ("REJECTED", "- - - - - - -"),
    ("CANCELLED", "- - - - - - -"),
    ("EXPIRED", "- - - - - - -"),
];

/// A booking of the student that is in this state.
fn booking_in(app: &TestApp, state: &str) -> Value {
    let stock = app.resource_with_units(2);
    let mut body = booking_of_unit(stock.unit(), 0, 8);
    body["items"] = json!([{ "resource_id": stock.resource, "quantity": 2 }]);
    let (student, staff) = (app.student(), app.staff());
    if ["WAITLISTED", "EXPIRED"].contains(&state) {
        app.other_student().book(stock.unit(), 5, 8);
        let entry = student.post("/waitlist", &booking_of_unit(stock.unit(), 5, 8)).expect(201);
        let booking = json!({ "id": entry.json()["booking_id"] });
        if state == "EXPIRED" {
            app.admin().act(&format!("/waitlist/{}/expire", entry.id())).expect(200);
        }
        return student.see(&booking);
    }
    body["draft"] = json!(state == "DRAFT");
    let booking = student.post("/bookings", &body).expect(201).json();
    let steps: &[&str] = match state {
        "APPROVED" | "CHECKED_OUT" => &["approve"],
        "RETURNED" => &["approve", "check-out", "return"],
        "REJECTED" => &["reject"],
        "CANCELLED" => &["cancel"],
        _ => &[],
    };
    for step in steps {
        staff.act(&path(&booking, &format!("/{step}"))).expect(200);
    }
    if state == "CHECKED_OUT" {
        // One is out and one has still to be fetched.
        let first = json!({ "items": [{ "item_id": item(&booking, 0)["id"] }] });
        staff.hand_out(&booking, first).expect(200);
    }
    student.see(&booking)
}

fn ask(caller: &Caller<'_>, booking: &Value, action: &str) -> Ask {
    if action != "update" {
        return caller.act(&path(booking, &format!("/{action}")));
    }
    let change = if booking["status"] == "CHECKED_OUT" {
        json!({ "end_at": at(9) })
    } else {
        json!({ "purpose": unique("another") })
    };
    caller.patch(&path(booking, ""), "*", &change)
}

/// What the table promises to this caller.
fn expected(role: &str, who: &str, action: &str) -> (u16, &'static str) {
    let for_staff = ["approve", "reject", "check-out", "return"].contains(&action);
    match (role, who) {
        ("student" | "other", _) if for_staff => (403, "forbidden"),
        ("other", _) => (404, "not_found"),
        ("student", "r") | ("staff" | "admin", "r" | "s") => (200, ""),
        _ => (409, "invalid_transition"),
    }
}

/// Goes red with the seeded bug `allowed_and_refused`.
#[test]
fn of_who_has_left_nothing_more_is_asked_for_and_what_there_is_can_end() {
    let app = TestApp::new();
    let states = ["DRAFT", "PENDING", "APPROVED", "CHECKED_OUT"];
    let bookings = states.map(|state| booking_in(&app, state));
    app.admin().delete(&format!("/members/{}", app.student().user_id())).expect(204);
    let ends: [&[&str]; 4] =
        [&["cancel"], &["reject", "cancel"], &["cancel", "check-out"], &["check-out", "return"]];
    for (booking, ends) in bookings.iter().zip(ends) {
        let asked = match booking["status"].as_str().unwrap() {
            "DRAFT" => ask(&app.staff(), booking, "submit"),
            "PENDING" => ask(&app.staff(), booking, "approve"),
            _ => app.staff().extend(booking, 9),
        };
        let refusal = asked.refused(409, "invalid_transition").json();
        assert_eq!(refusal["allowed"], json!(ends), "{refusal}");
    }
    for (booking, ends) in bookings.iter().zip(ends) {
        ask(&app.staff(), booking, ends[0]).expect(200);
    }
    app.verify();
}

#[test]
fn what_was_refused_is_not_said_to_be_allowed() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let booking = app.granted(&stock, 1, 0, 2);
    let allowed = |ask: Ask| ask.refused(409, "invalid_transition").json()["allowed"].clone();
    app.staff().hand_out(&booking, json!({})).expect(200);
    let again = app.staff().hand_out(&booking, json!({}));
    assert_eq!(allowed(again), json!(["update", "return"]));
    app.clock.advance(2 * 3_600_000 + 1);
    assert_eq!(allowed(app.student().extend(&booking, 4)), json!([]));
    let parts = app.granted(&stock, 1, 3, 9);
    let nothing = app.staff().take_back(&parts, json!({}));
    assert_eq!(allowed(nothing), json!(["update", "cancel", "check-out"]));
}

#[test]
fn every_state_by_every_action_by_every_role() {
    let app = TestApp::new();
    let policy = json!({ "policy": { "max_active_bookings": { "student": null } } });
    app.admin().patch("/organization", "*", &policy).expect(200);
    let callers = [
        ("student", app.student()),
        ("other", app.other_student()),
        ("staff", app.staff()),
        ("admin", app.admin()),
    ];
    let mut faults = Vec::new();
    let mut cells = 0;
    for (state, row) in TABLE {
        let mut booking = booking_in(&app, state);
        assert_eq!(booking["status"], state);
        for (action, who) in ACTIONS.into_iter().zip(row.split(' ')) {
            for (role, caller) in &callers {
                cells += 1;
                let reply = ask(caller, &booking, action).send();
                let code = reply.json()["code"].as_str().unwrap_or_default().to_owned();
                let found = (reply.status(), code.as_str());
                if found != expected(role, who, action) {
                    faults.push(format!("{state} {action} by {role}: {found:?}"));
                }
                if reply.status() == 200 {
                    booking = booking_in(&app, state);
                } else if app.staff().see(&booking) != booking {
                    faults.push(format!("{state} {action} by {role}: changed by a refusal"));
                }
            }
        }
    }
    println!("{cells} cells");
    none(faults);
    app.verify();
}
