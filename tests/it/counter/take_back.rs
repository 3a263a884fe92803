//! Taking back: whole and in parts, with condition and note; what is left is free at once.

use serde_json::{Value, json};

use super::{item, path, unit_of};
use crate::support::{START, TestApp, at, booking_of_unit, minutes};

#[test]
fn parts_come_back_one_by_one_and_the_last_one_ends_it() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let booking = app.lent(&stock, 2, 0, 8);
    app.advance_minutes(60);
    let barcode = app.staff().barcode(unit_of(&booking, 0));
    let said =
        json!({ "items": [{ "barcode": barcode, "condition": "WORN", "note": "a scratch" }] });
    let part = app.staff().take_back(&booking, said.clone()).expect(200).json();
    assert_eq!(part["status"], "CHECKED_OUT");
    let back = item(&part, 0);
    assert_eq!(
        (&back["returned_at"], &back["return_condition"], &back["return_note"]),
        (&json!(at(1)), &json!("WORN"), &json!("a scratch"))
    );
    app.staff().take_back(&booking, said).refused(409, "invalid_transition");
    // The rest of its period is free.
    app.staff().book(unit_of(&booking, 0), 1, 8);
    app.staff()
        .post("/bookings", &booking_of_unit(unit_of(&booking, 1), 1, 8))
        .refused(409, "unit_unavailable");
    let whole = app.staff().take_back(&booking, json!({})).expect(200).json();
    assert_eq!(whole["status"], "RETURNED");
    app.staff().take_back(&booking, json!({})).refused(409, "invalid_transition");
    app.verify();
}

#[test]
fn only_staff_take_back_and_only_what_is_out_with_the_booking() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let booking = app.lent(&stock, 1, 0, 8);
    let other = app.granted_to(&app.other_student(), &stock, 1, 0, 8);
    app.student().take_back(&booking, json!({})).refused(403, "forbidden");
    app.south_staff().take_back(&booking, json!({})).refused(404, "not_found");
    let strange = app.staff().barcode(unit_of(&other, 0));
    let said = json!({ "items": [{ "barcode": strange }] });
    let refusal = app.staff().take_back(&booking, said.clone());
    assert!([409, 422].contains(&refusal.send().status()));
    app.staff().take_back(&other, said).refused(409, "invalid_transition");
    assert_eq!(app.staff().see(&booking)["status"], "CHECKED_OUT");
}

#[test]
fn nothing_is_back_while_something_named_is_not_out() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let booking = app.granted(&stock, 2, 0, 8);
    let first = json!({ "items": [{ "item_id": item(&booking, 0)["id"] }] });
    app.staff().hand_out(&booking, first).expect(200);
    let both = json!({ "items": [
        { "item_id": item(&booking, 0)["id"] }, { "item_id": item(&booking, 1)["id"] },
    ] });
    app.staff().take_back(&booking, both).refused(409, "invalid_transition");
    assert_eq!(item(&app.staff().see(&booking), 0)["returned_at"], json!(null));
    app.verify();
}

#[test]
fn an_early_return_serves_who_waits_in_the_same_transaction() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.lent(&stock, 1, 0, 8);
    let waits = booking_of_unit(stock.unit(), 4, 6);
    let entry = app.other_student().post("/waitlist", &waits).expect(201).json();
    app.advance_minutes(60);
    app.staff().take_back(&booking, json!({})).expect(200);
    let entry = app.staff().get(&format!("/waitlist/{}", entry["id"].as_str().unwrap()));
    assert_eq!(entry.expect(200).json()["status"], "OFFERED");
    app.verify();
}

#[test]
fn what_was_said_must_be_possible() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.lent(&stock, 1, 0, 8);
    let id = item(&booking, 0)["id"].clone();
    for said in [
        json!({ "item_id": id, "condition": "BROKEN" }),
        json!({ "item_id": id, "condition": "GOOD", "withdraw": true }),
        json!({ "item_id": id, "withdraw": true }),
        json!({ "item_id": id, "condition": "LOST", "withdraw": false }),
        json!({ "item_id": id, "note": "x".repeat(2001) }),
        json!({ "item_id": id, "unknown": 1 }),
    ] {
        app.staff()
            .take_back(&booking, json!({ "items": [said] }))
            .refused(422, "validation_failed");
    }
    assert_eq!(app.staff().see(&booking), booking);
}

/// Goes red with the seeded bug `late_unfined`.
#[test]
fn who_is_late_is_fined_for_each_item_and_begun_day() {
    let app = TestApp::new();
    let policy = json!({ "late_fine_cents_per_day": 150, "late_grace_minutes": 10 });
    app.admin().patch("/organization", "*", &json!({ "policy": policy })).expect(200);
    let stock = app.resource_with_units(3);
    let booking = app.lent(&stock, 3, 0, 2);
    let one = |index: usize| json!({ "items": [{ "item_id": item(&booking, index)["id"] }] });
    app.advance_minutes(130);
    app.staff().take_back(&booking, one(0)).expect(200);
    assert_eq!(app.student().get("/me/fines").expect(200).data(), Vec::<Value>::new());
    app.advance_minutes(1);
    app.staff().take_back(&booking, one(1)).expect(200);
    app.advance_minutes(24 * 60);
    app.staff().take_back(&booking, one(2)).expect(200);
    let fines = app.student().get("/me/fines?sort=created_at").expect(200).data();
    let said: Vec<_> = fines.iter().map(|fine| (&fine["kind"], &fine["amount_cents"])).collect();
    assert_eq!(said, [(&json!("LATE"), &json!(150)), (&json!("LATE"), &json!(300))]);
    assert!(fines.iter().all(|fine| fine["booking_id"] == booking["id"]));
    app.verify();
}

#[test]
fn a_late_return_counts_in_the_queue_at_once() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.lent(&stock, 1, 0, 2);
    let wanted = app.resource_with_units(1);
    app.staff().book(wanted.unit(), 100, 110);
    let entry = app
        .student()
        .post("/waitlist", &booking_of_unit(wanted.unit(), 100, 110))
        .expect(201)
        .json();
    let place = format!("/waitlist/{}", entry["id"].as_str().unwrap());
    assert_eq!(entry["score"]["penalties"], 0.0);
    app.advance_minutes(121);
    app.staff().take_back(&booking, json!({})).expect(200);
    assert_eq!(app.student().get(&place).expect(200).json()["score"]["penalties"], -15.0);
    app.verify();
}

#[test]
fn a_version_and_a_key_hold_for_the_counter_too() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.granted(&stock, 1, 0, 8);
    let stale = app.staff().hand_out(&booking, json!({})).header("if-match", "\"1\"");
    stale.refused(412, "precondition_failed");
    let ask = app.staff().hand_out(&booking, json!({})).key("desk-1");
    let first = ask.expect(200).json();
    let again = ask.expect(200);
    assert_eq!(again.json(), first);
    assert_eq!(first["items"][0]["checked_out_at"], START);
    app.advance_minutes(5);
    let ask = app.staff().take_back(&booking, json!({})).key("desk-2");
    let first = ask.expect(200).json();
    app.advance_minutes(5);
    assert_eq!(ask.expect(200).json(), first);
    assert_eq!(first["items"][0]["returned_at"], minutes(5));
    app.staff().get(&path(&booking, "")).expect(200);
}
