//! What the desk decides: offers out of turn, proposals, grants, refusals.

use serde_json::{Value, json};

use super::{body, booking_path, path, verify};
use crate::support::{Stock, TestApp, at};

/// Somebody waits for two units of three that are free, because nothing is offered by itself.
fn free_but_waiting() -> (TestApp, Stock, Value) {
    let app = TestApp::new();
    let stock = app.resource_with_units(3);
    let all = body(&[(&stock.resource, 3)]);
    let taken = app.staff().post("/bookings", &all).expect(201).json();
    let wanted = body(&[(&stock.resource, 2)]);
    let entry = app.student().post("/waitlist", &wanted).expect(201).json();
    let off = json!({ "policy": { "auto_offer": false } });
    app.admin().patch("/organization", "*", &off).expect(200);
    app.staff().act(&booking_path(&taken, "/cancel")).expect(200);
    (app, stock, entry)
}

#[test]
fn the_desk_offers_units_of_its_choice() {
    let (app, stock, entry) = free_but_waiting();
    let chosen = json!({ "resource_unit_ids": [stock.units[2]] });
    let offered = app.staff().post(&path(&entry, "/offer"), &chosen).expect(200).json();
    let units: Vec<&Value> = offered["offer"]["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| &i["resource_unit_id"])
        .collect();
    assert!(units.len() == 2 && units.contains(&&json!(stock.units[2])), "{units:?}");
    app.staff().post(&path(&entry, "/offer"), &chosen).refused(409, "invalid_transition");
    verify(&app);
}

#[test]
fn units_that_can_not_be_offered_are_named() {
    let (app, stock, entry) = free_but_waiting();
    let foreign = app.south_staff().resource_with_units(1);
    let other = app.resource_with_units(1);
    let offer = |units: Value| {
        app.staff().post(&path(&entry, "/offer"), &json!({ "resource_unit_ids": units }))
    };
    for nowhere in [foreign.unit(), "019a2f64-5c00-7000-8000-00000000dead"] {
        let refused = offer(json!([stock.units[0], nowhere])).refused(422, "unknown_reference");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/resource_unit_ids/1");
    }
    let refused = offer(json!([other.unit()])).refused(422, "validation_failed");
    assert_eq!(refused.json()["errors"][0]["pointer"], "/resource_unit_ids/0");
    offer(json!(stock.units)).refused(422, "validation_failed");
    offer(json!([])).refused(422, "validation_failed");
    offer(json!([stock.units[0], stock.units[0]])).refused(422, "validation_failed");
    app.staff().book(&stock.units[0], 24, 48);
    let refused = offer(json!([stock.units[0]])).refused(409, "unit_unavailable");
    assert!(refused.json()["alternatives"].is_array(), "{refused}");
    assert_eq!(app.student().entry(&entry)["status"], "WAITING");
}

#[test]
fn a_proposal_must_be_something_and_lie_ahead() {
    let (app, _, entry) = free_but_waiting();
    let propose = |body: Value| app.staff().post(&path(&entry, "/propose"), &body);
    app.staff().act(&path(&entry, "/propose")).refused(422, "validation_failed");
    propose(json!({ "note": "only words" })).refused(422, "validation_failed");
    propose(json!({ "start_at": at(30), "end_at": at(30) })).refused(422, "validation_failed");
    propose(json!({ "start_at": at(48) })).refused(422, "validation_failed");
    propose(json!({ "end_at": at(24) })).refused(422, "validation_failed");
    propose(json!({ "start_at": at(0) })).refused(422, "validation_failed");
    propose(json!({ "items": [] })).refused(422, "validation_failed");
    propose(json!({ "end_at": at(30) })).expect(200);
}

#[test]
fn the_desk_books_at_once_for_somebody_who_waits() {
    let (app, _, entry) = free_but_waiting();
    let note = json!({ "note": "have fun" });
    let approved = app.staff().post(&path(&entry, "/approve"), &note).expect(200).json();
    assert_eq!(approved["status"], "ACCEPTED");
    let booking = json!({ "id": entry["booking_id"] });
    let booking = app.student().get(&booking_path(&booking, "")).expect(200).json();
    assert_eq!(
        (&booking["status"], &booking["decision_note"]),
        (&json!("APPROVED"), &note["note"])
    );
    assert_eq!(booking["decided_by"], app.staff().user_id());
    verify(&app);
}

#[test]
fn what_is_held_is_what_is_approved() {
    let (app, stock, entry) = free_but_waiting();
    let chosen = json!({ "resource_unit_ids": [stock.units[2], stock.units[1]] });
    app.staff().post(&path(&entry, "/offer"), &chosen).expect(200);
    app.staff().act(&path(&entry, "/approve")).expect(200);
    let booking = json!({ "id": entry["booking_id"] });
    let booking = app.student().get(&booking_path(&booking, "")).expect(200).json();
    let mut units: Vec<&str> = booking["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["resource_unit_id"].as_str().unwrap())
        .collect();
    units.sort_unstable();
    assert_eq!(units, [&stock.units[1], &stock.units[2]]);
    verify(&app);
}

#[test]
fn nothing_is_approved_that_is_taken() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    app.staff().book(stock.unit(), 24, 48);
    let entry = app.student().wait(stock.unit(), 24, 48);
    app.staff().act(&path(&entry, "/approve")).refused(409, "unit_unavailable");
    app.staff().act(&path(&entry, "/offer")).refused(409, "unit_unavailable");
    assert_eq!(app.student().entry(&entry), entry);
    verify(&app);
}

#[test]
fn a_rejected_entry_passes_on_what_was_held() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let taken = app.staff().book(stock.unit(), 24, 48);
    let first = app.student().wait(stock.unit(), 24, 48);
    let second = app.other_student().wait(stock.unit(), 24, 48);
    app.staff().act(&booking_path(&taken, "/cancel")).expect(200);
    app.staff().post(&path(&first, "/reject"), &json!({ "note": "not this week" })).expect(200);
    assert_eq!(app.staff().entry(&first)["status"], "REJECTED");
    let booking = json!({ "id": first["booking_id"] });
    let booking = app.student().get(&booking_path(&booking, "")).expect(200).json();
    assert_eq!(
        (&booking["status"], &booking["decision_note"]),
        (&json!("REJECTED"), &json!("not this week"))
    );
    assert_eq!(app.staff().entry(&second)["status"], "OFFERED");
    app.admin().act(&path(&second, "/expire")).expect(200);
    assert_eq!(app.staff().entry(&second)["status"], "EXPIRED");
    app.admin().act(&path(&second, "/expire")).refused(409, "invalid_transition");
    verify(&app);
}

#[test]
fn the_desk_sees_everybody_by_score_and_a_student_none_of_the_others() {
    let app = TestApp::new();
    let (stock, other) = (app.resource_with_units(1), app.resource_with_units(1));
    app.staff().book(stock.unit(), 24, 48);
    app.staff().book(other.unit(), 24, 48);
    let first = app.student().wait(stock.unit(), 24, 48);
    let second = app.other_student().wait(other.unit(), 24, 48);
    let third = app.staff().wait(stock.unit(), 24, 48);
    app.student().act(&path(&first, "/cancel")).expect(200);
    let ids = |query: &str| -> Vec<Value> {
        let page = app.staff().get(&format!("/waitlist{query}")).expect(200).data();
        page.iter().map(|entry| entry["id"].clone()).collect()
    };
    let of = |entries: &[&Value]| entries.iter().map(|e| e["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids("?status=WAITING"), of(&[&third, &second]));
    assert_eq!(ids("?status=WAITING,CANCELLED"), of(&[&third, &first, &second]));
    assert_eq!(ids(""), of(&[&third, &first, &second]));
    assert_eq!(ids("?sort=created_at"), of(&[&first, &second, &third]));
    assert_eq!(ids(&format!("?resource_id={}", stock.resource)), of(&[&third, &first]));
    assert_eq!(ids(&format!("?requester={}", app.other_student().user_id())), of(&[&second]));
    app.staff().get("/waitlist?status=LOST").refused(400, "invalid_parameter");
    app.student().get("/waitlist").refused(403, "forbidden");
    app.student().get(&path(&second, "")).refused(404, "not_found");
    let own = app.student().get("/me/waitlist").expect(200).data();
    assert_eq!(own.iter().map(|e| e["id"].clone()).collect::<Vec<_>>(), of(&[&first]));
    assert!(app.south_staff().get("/waitlist").expect(200).data().is_empty());
}
