//! What staff impose.

use serde_json::{Value, json};

use super::{NOWHERE, path, trail};
use crate::support::{Person, TestApp, at};

fn body(user: &str, amount: i64) -> Value {
    json!({ "user_id": user, "kind": "DAMAGE", "amount_cents": amount })
}

#[test]
fn a_fine_is_shown_as_it_was_imposed() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 24, 26);
    let student = app.student().user_id();
    let mut new = body(student, 1_500);
    new["booking_id"] = booking["id"].clone();
    new["note"] = json!("the lens is scratched,\nand the cap is gone");
    let made = app.staff().post("/fines", &new).expect(201);
    let fine = made.json();
    assert_eq!(
        fine,
        json!({
            "id": fine["id"], "user_id": student, "booking_id": booking["id"], "kind": "DAMAGE",
            "amount_cents": 1_500, "paid_cents": 0, "status": "OPEN", "note": new["note"],
            "version": 1, "created_at": at(0),
        })
    );
    assert_eq!(made.header("location"), Some(path(&fine, "").as_str()));
    assert_eq!(made.etag(), "\"1\"");
    for caller in [app.student(), app.staff()] {
        assert_eq!(caller.get(&path(&fine, "")).expect(200).json(), fine);
    }
    assert_eq!(trail(&app, "fine", &fine["id"]), ["CREATE"]);
}

/// Goes red with the seeded bug `own_fine_paid`.
#[test]
fn nobody_fines_themselves() {
    let app = TestApp::new();
    for own in [app.staff(), app.admin()] {
        let before = app.file().dump();
        own.post("/fines", &body(own.user_id(), 5)).refused(403, "forbidden");
        assert_eq!(before.difference(&app.file().dump()), "");
    }
    app.staff().fine(app.admin().user_id(), 5);
}

/// Goes red with the seeded bug `fine_for_booking_of_others`.
#[test]
fn person_and_booking_are_known_here_and_belong_together() {
    let app = TestApp::new();
    let (stock, south) = (app.resource_with_units(1), app.south_staff().resource_with_units(1));
    let theirs = app.south_student().book(south.unit(), 24, 26)["id"].clone();
    let other = app.other_student().book(stock.unit(), 24, 26)["id"].clone();
    let student = app.student().user_id();
    let south_student = app.user_id(Person::SouthStudent);
    for (user, booking, code, place) in [
        (NOWHERE, json!(null), "unknown_reference", "/user_id"),
        (south_student, json!(null), "unknown_reference", "/user_id"),
        (student, json!(NOWHERE), "unknown_reference", "/booking_id"),
        (student, theirs, "unknown_reference", "/booking_id"),
        (student, other.clone(), "validation_failed", "/booking_id"),
    ] {
        let mut new = body(user, 5);
        new["booking_id"] = booking;
        let refused = app.staff().post("/fines", &new).refused(422, code);
        assert_eq!(refused.json()["errors"][0]["pointer"], place, "{refused}");
    }
    let mut new = body(app.other_student().user_id(), 5);
    new["booking_id"] = other;
    app.staff().post("/fines", &new).expect(201);
}

#[test]
fn who_has_left_may_still_have_to_pay() {
    let app = TestApp::new();
    let student = app.student().user_id().to_owned();
    app.admin().delete(&format!("/members/{student}")).expect(204);
    let fine = app.staff().fine(&student, 500);
    app.staff().pay(&fine, 500).expect(201);
}

#[test]
fn what_makes_no_sense_is_named() {
    let app = TestApp::new();
    let student = app.student().user_id();
    for (field, value) in [
        ("amount_cents", json!(0)),
        ("amount_cents", json!(-5)),
        ("amount_cents", json!(1_000_000_001)),
        ("amount_cents", json!(1.5)),
        ("amount_cents", json!("5")),
        ("amount_cents", json!(null)),
        ("kind", json!("LATE")),
        ("kind", json!("GIFT")),
        ("note", json!("x".repeat(2_001))),
        ("note", json!("a\u{7}b")),
        ("user_id", json!("somebody")),
    ] {
        let mut new = body(student, 5);
        new[field] = value;
        let refused = app.staff().post("/fines", &new).refused(422, "validation_failed");
        let fault = &refused.json()["errors"][0];
        assert_eq!(fault["pointer"], format!("/{field}"), "{refused}");
        assert!(!fault["detail"].as_str().unwrap().is_empty());
    }
    let refused = app.staff().post("/fines", &body(student, 0)).refused(422, "validation_failed");
    let detail = refused.json()["errors"][0]["detail"].clone();
    assert_eq!(detail, "must be between 1 and 1000000000 cents");
    app.staff().post("/fines", &body(student, 1_000_000_000)).expect(201);
}
