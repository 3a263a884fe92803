//! Handing out: whole and in parts, another unit in the place of the reserved one, before the start.

use serde_json::{Value, json};

use super::{item, path, unit_of};
use crate::support::{START, Stock, TestApp, at, unique};

const NOWHERE: &str = "019a2f64-5c00-7000-8000-00000000dead";

fn scan(app: &TestApp, units: &[&str]) -> Value {
    let items: Vec<Value> =
        units.iter().map(|unit| json!({ "barcode": app.staff().barcode(unit) })).collect();
    json!({ "items": items })
}

/// The unit of the stock that the booking has not got.
fn other(stock: &Stock, booking: &Value) -> String {
    let own: Vec<&str> = (0..booking["items"].as_array().unwrap().len())
        .map(|index| unit_of(booking, index))
        .collect();
    stock.units.iter().find(|unit| !own.contains(&unit.as_str())).unwrap().clone()
}

#[test]
fn all_goes_out_unless_items_are_named() {
    let app = TestApp::new();
    let stock = app.resource_with_units(3);
    let booking = app.granted(&stock, 3, 0, 8);
    let first = json!({ "items": [{ "item_id": item(&booking, 1)["id"] }] });
    let part = app.staff().hand_out(&booking, first.clone()).expect(200).json();
    assert_eq!(part["status"], "CHECKED_OUT");
    let out: Vec<bool> = (0..3).map(|i| item(&part, i)["checked_out_at"] == START).collect();
    assert_eq!(out, [false, true, false]);
    let refusal = app.staff().hand_out(&booking, first).refused(409, "invalid_transition");
    assert_eq!(refusal.json()["current_status"], "CHECKED_OUT");
    let whole = app.staff().hand_out(&booking, json!({})).expect(200).json();
    assert!((0..3).all(|index| item(&whole, index)["checked_out_at"] == START));
    app.staff().hand_out(&booking, json!({})).refused(409, "invalid_transition");
    let resource = app.staff().get(&format!("/resources/{}", stock.resource)).expect(200).json();
    assert_eq!(resource["units"], json!({ "total": 3, "available": 0 }));
    app.verify();
}

#[test]
fn only_staff_hand_out_and_only_what_is_granted() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let pending = app.booking(stock.unit(), 0, 8);
    app.student().hand_out(&pending, json!({})).refused(403, "forbidden");
    app.south_staff().hand_out(&pending, json!({})).refused(404, "not_found");
    let refusal = app.staff().hand_out(&pending, json!({})).refused(409, "invalid_transition");
    assert_eq!(refusal.json()["allowed"], json!(["update", "approve", "reject", "cancel"]));
}

/// Goes red with the seeded bugs `swap_without_claim` and `triggers_gone` together.
#[test]
fn a_scanned_free_unit_takes_the_place_of_the_reserved_one() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let booking = app.granted(&stock, 1, 0, 8);
    let reserved = unit_of(&booking, 0).to_owned();
    let scanned = other(&stock, &booking);
    let out = app.staff().hand_out(&booking, scan(&app, &[&scanned])).expect(200).json();
    assert_eq!(unit_of(&out, 0), scanned);
    app.verify();
    // The reserved one is free, the scanned one is not.
    app.staff()
        .post("/bookings", &crate::support::booking_of_unit(&scanned, 0, 8))
        .refused(409, "unit_unavailable");
    app.staff().book(&reserved, 0, 8);
}

#[test]
fn what_somebody_else_has_reserved_or_holds_is_refused() {
    let app = TestApp::new();
    let stock = app.resource_with_units(3);
    let mine = app.granted(&stock, 1, 0, 8);
    let theirs = app.granted_to(&app.other_student(), &stock, 1, 4, 6);
    let reserved = unit_of(&theirs, 0).to_owned();
    let before = app.staff().see(&mine);
    let refusal =
        app.staff().hand_out(&mine, scan(&app, &[&reserved])).refused(409, "unit_unavailable");
    assert_eq!(refusal.json()["conflicts"][0]["resource_unit_id"], reserved);
    app.staff().hand_out(&theirs, json!({})).expect(200);
    app.staff().hand_out(&mine, scan(&app, &[&reserved])).refused(409, "unit_unavailable");
    assert_eq!(app.staff().see(&mine), before);
    app.verify();
}

#[test]
fn what_is_named_must_be_there_and_serve_the_booking() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let others = app.resource_with_units(1);
    let booking = app.granted(&stock, 1, 0, 8);
    let ask = |items| app.staff().hand_out(&booking, json!({ "items": items }));
    let refusal = ask(json!([{ "item_id": NOWHERE }, { "barcode": "nobody-has-it" }]))
        .refused(422, "unknown_reference");
    let places: Vec<Value> = refusal.json()["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| fault["pointer"].clone())
        .collect();
    assert_eq!(places, ["/items/0/item_id", "/items/1/barcode"]);
    let foreign = app.south_staff().resource_with_units(1);
    let foreign = app.south_staff().barcode(foreign.unit());
    ask(json!([{ "barcode": foreign }])).refused(422, "unknown_reference");
    let strange = app.staff().barcode(others.unit());
    ask(json!([{ "barcode": strange }])).refused(422, "validation_failed");
    let own = item(&booking, 0)["id"].clone();
    let barcode = app.staff().barcode(stock.unit());
    ask(json!([{ "item_id": own }, { "barcode": barcode }])).refused(422, "validation_failed");
    for body in [
        json!([]),
        json!([{}]),
        json!([{ "item_id": own, "barcode": "x" }]),
        json!([{ "barcode": "" }]),
    ] {
        ask(body).refused(422, "validation_failed");
    }
    assert_eq!(app.staff().see(&booking)["status"], "APPROVED");
}

#[test]
fn before_the_start_it_goes_out_when_it_is_free_from_now() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let later = app.granted(&stock, 1, 24, 48);
    let sooner = app.granted_to(&app.other_student(), &stock, 1, 4, 6);
    let refusal = app.staff().hand_out(&later, json!({})).refused(409, "unit_unavailable");
    assert_eq!(refusal.json()["conflicts"][0]["start_at"], at(4));
    app.staff().act(&path(&sooner, "/cancel")).expect(200);
    let out = app.staff().hand_out(&later, json!({})).expect(200).json();
    assert_eq!(
        (&out["start_at"], &item(&out, 0)["checked_out_at"]),
        (&json!(at(24)), &json!(START))
    );
    app.staff()
        .post("/bookings", &crate::support::booking_of_unit(stock.unit(), 4, 6))
        .refused(409, "unit_unavailable");
    let busy = format!("/resources/{}/availability?from={}&to={}", stock.resource, at(0), at(72));
    let busy = app.staff().get(&busy).expect(200).json();
    assert_eq!(
        busy["units"][0]["busy"],
        json!([{ "start_at": START, "end_at": at(48), "kind": "booking" }])
    );
    app.verify();
}

#[test]
fn a_unit_out_of_service_does_not_go_out_and_another_one_does() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let booking = app.granted(&stock, 2, 0, 8);
    let other = app.staff().resource_with_units(1);
    assert_ne!(other.resource, stock.resource);
    // By hand, as nothing that is held can be taken out of service without moving its bookings.
    app.sql(&format!(
        "UPDATE resource_units SET status = 'MAINTENANCE' WHERE id = '{}'",
        unit_of(&booking, 0)
    ))
    .unwrap();
    app.staff().hand_out(&booking, json!({})).refused(409, "not_bookable");
    let fit = json!({ "items": [{ "item_id": item(&booking, 1)["id"] }] });
    app.staff().hand_out(&booking, fit).expect(200);
    let barcode = unique("new");
    let new = format!("/resources/{}/units", stock.resource);
    app.staff().post(&new, &json!({ "barcode": barcode })).expect(201);
    let swap = json!({ "items": [{ "barcode": barcode }] });
    let out = app.staff().hand_out(&booking, swap).expect(200).json();
    assert!((0..2).all(|index| item(&out, index)["checked_out_at"] == START));
}

#[test]
fn one_unit_does_not_take_the_place_of_two() {
    let app = TestApp::new();
    let stock = app.resource_with_units(3);
    let booking = app.granted(&stock, 2, 0, 8);
    let other = other(&stock, &booking);
    let twice = scan(&app, &[&other, &other]);
    let refusal = app.staff().hand_out(&booking, twice).refused(422, "validation_failed");
    assert_eq!(refusal.json()["errors"][0]["pointer"], "/items/1");
    assert_eq!(app.staff().see(&booking), booking);
}

/// Goes red with the seeded bug `maintenance_for_ever`.
#[test]
fn a_unit_whose_maintenance_is_over_takes_the_reserved_ones_place() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let booking = app.granted(&stock, 1, 1, 8);
    let scanned = other(&stock, &booking);
    let plan = json!({ "start_at": at(0), "end_at": at(2) });
    app.staff().post(&format!("/units/{scanned}/maintenance"), &plan).expect(201);
    app.advance_minutes(119);
    let scan = scan(&app, &[&scanned]);
    app.staff().hand_out(&booking, scan.clone()).refused(409, "unit_unavailable");
    app.advance_minutes(1);
    app.staff().hand_out(&booking, scan).expect(200);
    app.verify();
}

#[test]
fn what_is_over_does_not_go_out() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.granted(&stock, 1, 1, 2);
    app.advance_minutes(120);
    let refusal = app.staff().hand_out(&booking, json!({})).refused(409, "invalid_transition");
    assert_eq!(refusal.json()["current_status"], "EXPIRED");
}
