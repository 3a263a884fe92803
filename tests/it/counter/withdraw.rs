//! Units that leave service although they are promised: their bookings move or are at risk, in the
//! transaction that withdraws.

use serde_json::{Value, json};

use super::{item, path, unit_of};
use crate::support::{Ask, TestApp, at, booking_of_unit};

fn withdraw(app: &TestApp, unit: &str, status: &str) -> Ask {
    app.staff().post(&format!("/units/{unit}/withdraw"), &json!({ "status": status }))
}

fn kinds(app: &TestApp) -> Vec<Value> {
    let unread = app.student().get("/me/notifications").expect(200).data();
    unread.iter().map(|news| news["kind"].clone()).collect()
}

/// Goes red with the seeded bug `moved_outside`.
#[test]
fn bookings_move_to_another_free_unit_where_there_is_one() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let first = app.booking(&stock.units[0], 24, 30);
    let second = app.booking(&stock.units[0], 48, 50);
    let blocks = app.other_student().book(&stock.units[1], 49, 60);
    let reply = withdraw(&app, &stock.units[0], "LOST").expect(200);
    let seq: i64 = reply.header("x-commit-seq").unwrap().parse().unwrap();
    let (moved, stuck) = (app.student().see(&first), app.student().see(&second));
    assert_eq!((unit_of(&moved, 0), &moved["at_risk"]), (&*stock.units[1], &json!(false)));
    assert_eq!((unit_of(&stuck, 0), &stuck["at_risk"]), (&*stock.units[0], &json!(true)));
    assert_eq!(kinds(&app), ["AT_RISK", "MOVED"]);
    // The unit, both bookings: one transaction, which the answer already tells of.
    let events = app.staff().get("/audit?limit=3").expect(200).data();
    assert_eq!(events[0]["seq"], seq);
    let touched: Vec<&Value> = events.iter().map(|event| &event["entity_id"]).collect();
    assert_eq!(touched, [&second["id"], &first["id"], &json!(stock.units[0])]);
    app.verify();
    app.staff().act(&path(&blocks, "/cancel")).expect(200);
    let saved = app.student().see(&second);
    assert_eq!((unit_of(&saved, 0), &saved["at_risk"]), (&*stock.units[1], &json!(false)));
    app.verify();
}

#[test]
fn a_unit_that_comes_back_into_service_ends_the_danger() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 24, 30);
    withdraw(&app, stock.unit(), "MAINTENANCE").expect(200);
    assert_eq!(app.student().see(&booking)["at_risk"], true);
    app.verify();
    let back = json!({ "status": "AVAILABLE" });
    app.staff().patch(&format!("/units/{}", stock.unit()), "*", &back).expect(200);
    assert_eq!(app.student().see(&booking)["at_risk"], false);
    app.verify();
}

#[test]
fn a_new_unit_saves_who_is_at_risk_and_who_waits_stays() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 24, 30);
    withdraw(&app, stock.unit(), "LOST").expect(200);
    let wanted = json!({
        "start_at": at(24), "end_at": at(30), "purpose": "tests",
        "items": [{ "resource_id": stock.resource, "quantity": 1 }],
    });
    let entry = app.other_student().post("/waitlist", &wanted).expect(201).json();
    let new = format!("/resources/{}/units", stock.resource);
    let unit = app.staff().post(&new, &json!({ "barcode": "a-new-one" })).expect(201).id();
    let saved = app.student().see(&booking);
    assert_eq!((unit_of(&saved, 0), &saved["at_risk"]), (&*unit, &json!(false)));
    let entry = app.staff().get(&format!("/waitlist/{}", entry["id"].as_str().unwrap()));
    assert_eq!(entry.expect(200).json()["status"], "WAITING");
    app.verify();
}

#[test]
fn what_comes_back_broken_leaves_service_and_moves_who_was_to_have_it() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let booking = app.lent(&stock, 1, 0, 8);
    let broken = unit_of(&booking, 0).to_owned();
    let next = app.other_student().book(&broken, 24, 30);
    let said = json!({ "items": [{
        "item_id": item(&booking, 0)["id"], "condition": "DAMAGED", "note": "it fell",
        "withdraw": true,
    }] });
    app.staff().take_back(&booking, said).expect(200);
    let unit = app.staff().get(&format!("/units/{broken}")).expect(200).json();
    assert_eq!(
        (&unit["condition"], &unit["status"], &unit["status_note"]),
        (&json!("DAMAGED"), &json!("MAINTENANCE"), &json!("it fell"))
    );
    assert_ne!(unit_of(&app.staff().see(&next), 0), broken);
    app.verify();
}

/// Goes red with the seeded bug `granted_out_of_service`.
#[test]
fn a_request_whose_unit_has_left_service_is_not_granted_however_it_was_asked_for() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let mut any = booking_of_unit(stock.unit(), 34, 40);
    any["items"] = json!([{ "resource_id": stock.resource, "quantity": 1 }]);
    let requests = [booking_of_unit(stock.unit(), 24, 30), any]
        .map(|body| app.student().post("/bookings", &body).expect(201).json());
    withdraw(&app, stock.unit(), "LOST").expect(200);
    for request in &requests {
        app.staff().act(&path(request, "/approve")).refused(409, "not_bookable");
    }
    let new = format!("/resources/{}/units", stock.resource);
    app.staff().post(&new, &json!({ "barcode": "a-new-one" })).expect(201);
    for request in &requests {
        let granted = app.staff().act(&path(request, "/approve")).expect(200).json();
        assert_eq!(granted["at_risk"], false);
    }
    app.verify();
}

#[test]
fn what_is_out_may_be_withdrawn_and_still_comes_back() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.lent(&stock, 1, 0, 8);
    withdraw(&app, stock.unit(), "LOST").expect(200);
    assert_eq!(app.staff().see(&booking)["at_risk"], false, "it is out already");
    app.verify();
    let back = app.staff().take_back(&booking, json!({})).expect(200).json();
    assert_eq!(
        (&back["status"], &item(&back, 0)["return_condition"]),
        (&json!("RETURNED"), &json!("GOOD"))
    );
    let unit = app.staff().get(&format!("/units/{}", stock.unit())).expect(200).json();
    assert_eq!(unit["status"], "LOST");
    app.student()
        .post("/bookings", &booking_of_unit(stock.unit(), 9, 10))
        .refused(409, "not_bookable");
    app.verify();
}

#[test]
fn an_offer_of_a_withdrawn_unit_is_made_anew_with_another_one() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let taken: Vec<Value> = stock.units.iter().map(|unit| app.staff().book(unit, 4, 6)).collect();
    let wanted = json!({
        "start_at": at(4), "end_at": at(6), "purpose": "tests",
        "items": [{ "resource_id": stock.resource, "quantity": 1 }],
    });
    let entry = app.other_student().post("/waitlist", &wanted).expect(201).json();
    app.staff().act(&path(&taken[0], "/cancel")).expect(200);
    let see = || {
        let entry = app.staff().get(&format!("/waitlist/{}", entry["id"].as_str().unwrap()));
        entry.expect(200).json()
    };
    assert_eq!(see()["offer"]["items"][0]["resource_unit_id"], stock.units[0]);
    withdraw(&app, &stock.units[0], "MAINTENANCE").expect(200);
    assert_eq!(see()["status"], "WAITING");
    app.staff().act(&path(&taken[1], "/cancel")).expect(200);
    assert_eq!(see()["offer"]["items"][0]["resource_unit_id"], stock.units[1]);
    app.verify();
}
