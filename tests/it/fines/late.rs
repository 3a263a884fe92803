//! Fines for late returns, as the desk makes them at the return.

use pret::fines::{Fine, FineKind, FineStatus, LateReturn, impose_late};
use pret::kernel::{Actor, Role, Timestamp};
use serde_json::{Value, json};

use super::{trail, verify};
use crate::support::{Person, TestApp, booking_of_unit, start};

const HOUR: i64 = 60;

/// A booking of the person that ends an hour after the beginning: a Monday at eleven in Berlin.
fn lent(app: &TestApp, person: Person) -> Value {
    let stock = app.resource_with_units(1);
    app.caller(person).post("/bookings", &booking_of_unit(stock.unit(), 0, 1)).expect(201).json()
}

/// Staff take back an item of it, so many minutes after the beginning.
fn take_back(app: &TestApp, booking: &Value, minutes: i64) -> Option<Fine> {
    let read = |name: &str| booking[name].as_str().unwrap().to_owned();
    let late = LateReturn {
        user_id: read("requester_user_id").parse().unwrap(),
        booking_id: read("id").parse().unwrap(),
        due_at: Timestamp::parse(&read("end_at")).unwrap(),
        returned_at: start().plus(minutes * 60_000),
        note: Some("unit CAM-1".to_owned()),
    };
    let org = app.north().parse().unwrap();
    let staff = app.user_id(Person::Staff).parse().unwrap();
    let made = app.db().write_blocking(move |global| {
        let tx = global.write_within(org, Actor::person(staff, Role::Staff));
        let made = impose_late(&tx, &late)?;
        let left = tx.take_aftermath();
        assert_eq!(left.len(), usize::from(made.is_some()), "{left:?}");
        Ok(made)
    });
    made.unwrap()
}

fn set(app: &TestApp, policy: &Value) {
    app.admin().patch("/organization", "*", &json!({ "policy": policy })).expect(200);
}

#[test]
fn an_organization_that_asks_nothing_makes_no_fine() {
    let app = TestApp::new();
    let booking = lent(&app, Person::Student);
    assert_eq!(take_back(&app, &booking, 100 * 24 * HOUR), None);
    assert_eq!(app.file().number("SELECT count(*) FROM fines"), 0);
}

#[test]
fn the_policy_says_how_much_and_the_trail_says_who() {
    let app = TestApp::new();
    set(&app, &json!({ "late_fine_cents_per_day": 150, "late_fine_cap_cents": 400 }));
    let booking = lent(&app, Person::Student);
    for (minutes, cents) in [
        (0, None),
        (HOUR, None),
        (HOUR + 30, None),
        (HOUR + 31, Some(150)),
        // Midnight in Berlin.
        (14 * HOUR, Some(150)),
        (14 * HOUR + 1, Some(300)),
        (24 * HOUR, Some(300)),
        (48 * HOUR, Some(400)),
        (9_000 * HOUR, Some(400)),
    ] {
        let made = take_back(&app, &booking, minutes);
        let amount = made.as_ref().map(|fine| fine.amount_cents.get());
        assert_eq!(amount, cents, "{minutes} minutes after the beginning");
        let Some(fine) = made else { continue };
        assert_eq!((fine.kind, fine.status, fine.version), (FineKind::Late, FineStatus::Open, 1));
        assert_eq!(fine.note.as_deref(), Some("unit CAM-1"));
        let shown = app.student().get(&format!("/fines/{}", fine.id)).expect(200).json();
        assert_eq!(shown, serde_json::to_value(&fine).unwrap());
        assert_eq!((&shown["kind"], &shown["booking_id"]), (&json!("LATE"), &booking["id"]));
        assert_eq!(trail(&app, "fine", &shown["id"]), ["CREATE"]);
    }
    verify(&app);
}

/// Goes red with the seeded bug `fine_by_utc_days`.
#[test]
fn days_are_those_of_the_organization() {
    let app = TestApp::new();
    set(&app, &json!({ "late_fine_cents_per_day": 100, "late_fine_cap_cents": null }));
    // Due at 10:00 in UTC, back at 12:30 there.
    let booking = lent(&app, Person::Student);
    for (zone, cents) in [("Europe/Berlin", 100), ("Pacific/Auckland", 200), ("UTC", 100)] {
        app.admin().patch("/organization", "*", &json!({ "timezone": zone })).expect(200);
        let fine = take_back(&app, &booking, 3 * HOUR + 30).unwrap();
        assert_eq!(fine.amount_cents.get(), cents, "{zone}");
    }
}

#[test]
fn the_rule_also_holds_for_whoever_takes_it_back_themselves() {
    let app = TestApp::new();
    set(&app, &json!({ "late_fine_cents_per_day": 100 }));
    let booking = lent(&app, Person::Staff);
    let fine = take_back(&app, &booking, 3 * HOUR).unwrap();
    assert_eq!(fine.user_id.to_string(), app.user_id(Person::Staff));
    // They may not settle it, though.
    let fine = serde_json::to_value(&fine).unwrap();
    app.staff().pay(&fine, 100).refused(403, "forbidden");
    app.admin().pay(&fine, 100).expect(201);
}

#[test]
fn a_late_fine_is_a_debt_like_any_other() {
    let app = TestApp::new();
    let policy = json!({ "late_fine_cents_per_day": 100, "block_when_fines_exceed_cents": 0 });
    set(&app, &policy);
    let stock = app.resource_with_units(1);
    let fine = take_back(&app, &lent(&app, Person::Student), 3 * HOUR).unwrap();
    let body = booking_of_unit(stock.unit(), 24, 26);
    let refused = app.student().post("/bookings", &body).refused(409, "policy_violation").json();
    assert_eq!(
        (&refused["rule"], &refused["asked"]),
        (&json!("block_when_fines_exceed_cents"), &json!(100))
    );
    app.staff().pay(&serde_json::to_value(&fine).unwrap(), 100).expect(201);
    app.student().post("/bookings", &body).expect(201);
}
