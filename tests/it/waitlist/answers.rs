//! What the one who waits answers: to an offer, to a proposal, and by leaving.

use serde_json::{Value, json};

use super::{booking_path, path, verify};
use crate::support::{Caller, Stock, TestApp, at};

/// The student is offered a unit by the queue; answers the app, the stock and the entry.
fn offered() -> (TestApp, Stock, Value) {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let taken = app.staff().book(stock.unit(), 24, 48);
    let entry = app.student().wait(stock.unit(), 24, 48);
    app.staff().act(&booking_path(&taken, "/cancel")).expect(200);
    (app, stock, entry)
}

fn request(caller: &Caller<'_>, entry: &Value) -> Value {
    let id = entry["booking_id"].as_str().unwrap();
    caller.get(&format!("/bookings/{id}")).expect(200).json()
}

#[test]
fn an_accepted_offer_is_approved_where_the_role_approves_itself() {
    let (app, _, entry) = offered();
    let approve = json!({ "policy": { "auto_approve": { "student": true } } });
    app.admin().patch("/organization", "*", &approve).expect(200);
    app.student().act(&path(&entry, "/accept")).expect(200);
    assert_eq!(request(&app.student(), &entry)["status"], "APPROVED");
    verify(&app);
}

#[test]
fn an_offer_of_the_desk_is_approved_once_it_is_accepted() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let taken = app.staff().book(stock.unit(), 24, 48);
    let entry = app.student().wait(stock.unit(), 24, 48);
    let off = json!({ "policy": { "auto_offer": false } });
    app.admin().patch("/organization", "*", &off).expect(200);
    app.staff().act(&booking_path(&taken, "/cancel")).expect(200);
    assert_eq!(app.student().entry(&entry)["status"], "WAITING");
    let note = json!({ "note": "it came back early" });
    app.staff().post(&path(&entry, "/offer"), &note).expect(200);
    app.student().act(&path(&entry, "/accept")).expect(200);
    let booking = request(&app.student(), &entry);
    assert_eq!(booking["status"], "APPROVED");
    assert_eq!(booking["decided_by"], app.staff().user_id());
    assert_eq!(booking["decision_note"], "it came back early");
    verify(&app);
}

#[test]
fn nobody_but_who_waits_answers_an_offer() {
    let (app, _, entry) = offered();
    for action in ["/accept", "/decline"] {
        app.staff().act(&path(&entry, action)).refused(403, "forbidden");
        app.other_student().act(&path(&entry, action)).refused(404, "not_found");
        app.south_student().act(&path(&entry, action)).refused(404, "not_found");
    }
    assert_eq!(app.student().entry(&entry)["status"], "OFFERED");
}

#[test]
fn an_answer_without_an_offer_says_what_is_allowed() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    app.staff().book(stock.unit(), 24, 48);
    let entry = app.student().wait(stock.unit(), 24, 48);
    let refused = app.student().act(&path(&entry, "/accept")).refused(409, "invalid_transition");
    let problem = refused.json();
    assert_eq!(problem["current_status"], "WAITING");
    let allowed = json!(["offer", "propose", "approve", "reject", "cancel", "expire"]);
    assert_eq!(problem["allowed"], allowed);
    app.student().act(&path(&entry, "/cancel")).expect(200);
    app.student().act(&path(&entry, "/cancel")).refused(409, "invalid_transition");
    assert_eq!(request(&app.student(), &entry)["status"], "CANCELLED");
    verify(&app);
}

#[test]
fn policy_and_debt_are_checked_when_an_offer_is_accepted() {
    let (app, stock, entry) = offered();
    let limit = json!({ "policy": { "max_active_bookings": { "student": 1 } } });
    app.admin().patch("/organization", "*", &limit).expect(200);
    let other = app.student().book(stock.unit(), 100, 120);
    let refused = app.student().act(&path(&entry, "/accept")).refused(409, "policy_violation");
    assert_eq!(refused.json()["rule"], "max_active_bookings");
    app.student().act(&booking_path(&other, "/cancel")).expect(200);
    let fine = app.staff().fine(app.student().user_id(), 2_001);
    let refused = app.student().act(&path(&entry, "/accept")).refused(409, "policy_violation");
    assert_eq!(refused.json()["rule"], "block_when_fines_exceed_cents");
    // The offer still holds.
    assert_eq!(app.student().entry(&entry)["status"], "OFFERED");
    app.staff().pay(&fine, 1).expect(201);
    app.student().act(&path(&entry, "/accept")).expect(200);
}

#[test]
fn who_declines_a_proposal_waits_again_at_the_old_place() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    app.staff().book(stock.unit(), 24, 48);
    let first = app.student().wait(stock.unit(), 24, 48);
    app.advance_minutes(60);
    let second = app.other_student().wait(stock.unit(), 24, 48);
    let later = json!({ "start_at": at(48), "end_at": at(72), "note": "a day later?" });
    let proposed = app.staff().post(&path(&first, "/propose"), &later).expect(200).json();
    assert_eq!(proposed["offer"]["proposal"], true);
    assert_eq!(proposed["offer"]["start_at"], at(48));
    assert_eq!(app.staff().entry(&second)["items"][0]["position"], 1);
    app.student().act(&path(&first, "/decline")).expect(200);
    let waiting = app.student().entry(&first);
    assert_eq!((&waiting["status"], &waiting["offer"]), (&json!("WAITING"), &json!(null)));
    assert_eq!(waiting["created_at"], first["created_at"]);
    assert_eq!(waiting["items"][0]["position"], 1);
    assert_eq!(request(&app.student(), &first)["status"], "WAITLISTED");
    verify(&app);
    // The same when it runs out.
    app.staff().post(&path(&first, "/propose"), &later).expect(200);
    app.advance_minutes(10);
    app.student().act(&path(&first, "/accept")).refused(409, "offer_expired");
    assert_eq!(app.student().entry(&first)["items"][0]["position"], 1);
    verify(&app);
}

#[test]
fn an_accepted_proposal_books_what_was_proposed() {
    let app = TestApp::new();
    let (stock, other) = (app.resource_with_units(1), app.resource_with_units(2));
    app.staff().book(stock.unit(), 24, 48);
    let entry = app.student().wait(stock.unit(), 24, 48);
    let items = json!([{ "resource_id": other.resource, "quantity": 2 }]);
    let proposal = json!({ "items": items, "start_at": at(25) });
    app.staff().post(&path(&entry, "/propose"), &proposal).expect(200);
    app.student().act(&path(&entry, "/accept")).expect(200);
    let booking = request(&app.student(), &entry);
    assert_eq!((&booking["status"], &booking["start_at"]), (&json!("APPROVED"), &json!(at(25))));
    let items = booking["items"].as_array().unwrap();
    assert!(items.len() == 2 && items.iter().all(|item| item["resource_id"] == other.resource));
    // The entry says what was asked for.
    assert_eq!(app.student().entry(&entry)["items"][0]["resource_id"], stock.resource.as_str());
    verify(&app);
}

#[test]
fn an_offer_keeps_the_buffer_it_was_made_with() {
    let (app, stock, entry) = offered();
    app.staff().book(stock.unit(), 48, 50);
    let buffer = json!({ "policy": { "buffer_minutes": 120 } });
    app.admin().patch("/organization", "*", &buffer).expect(200);
    app.student().act(&path(&entry, "/accept")).expect(200);
    verify(&app);
}

#[test]
fn answers_take_a_version_and_a_key() {
    let (app, _, entry) = offered();
    let stale = app.student().act(&path(&entry, "/accept")).header("if-match", "\"1\"");
    stale.refused(412, "precondition_failed");
    let accept = app.student().act(&path(&entry, "/accept")).key("accept once");
    let first = accept.expect(200);
    let again = accept.expect(200);
    assert_eq!(first.bytes(), again.bytes());
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
}

#[test]
fn who_declines_a_proposal_hears_at_once_what_is_offered_instead() {
    let app = TestApp::new();
    let (stock, other) = (app.resource_with_units(1), app.resource_with_units(1));
    let taken = app.staff().book(stock.unit(), 24, 48);
    let entry = app.student().wait(stock.unit(), 24, 48);
    let items = json!({ "items": [{ "resource_id": other.resource, "quantity": 1 }] });
    app.staff().post(&path(&entry, "/propose"), &items).expect(200);
    app.staff().act(&booking_path(&taken, "/cancel")).expect(200);
    let declined = app.student().act(&path(&entry, "/decline")).expect(200);
    let seen = app.student().get(&path(&entry, "")).expect(200);
    assert_eq!((declined.seq(), declined.json()), (seen.seq(), seen.json()));
    assert_eq!(declined.json()["offer"]["proposal"], false);
    verify(&app);
}
