//! What is late: nobody counts on it for periods that begin soon, and who was to have it next gets
//! another unit or a warning, in the transaction that finds out.

use serde_json::{Value, json};

use super::{item, path, unit_of};
use crate::support::{Stock, TestApp, at, booking_of_unit};

fn set(app: &TestApp, policy: &Value) {
    app.admin().patch("/organization", "*", &json!({ "policy": policy })).expect(200);
}

/// The first unit is out until 2, and somebody has it again from 4 to 6.
fn next_in_line(app: &TestApp, units: usize) -> (Stock, Value, Value) {
    let stock = app.resource_with_units(units);
    let late = app.staff().book(stock.unit(), 0, 2);
    let late = app.staff().hand_out(&late, json!({})).expect(200).json();
    let next = app.booking(stock.unit(), 4, 6);
    (stock, late, next)
}

fn told(app: &TestApp, kind: &str) -> Vec<Value> {
    let mut unread = app.student().get("/me/notifications").expect(200).data();
    unread.retain(|news| news["kind"] == kind);
    unread
}

fn some_write(app: &TestApp) {
    app.staff().post("/tags", &json!({ "name": crate::support::unique("tag") })).expect(201);
}

/// Goes red with the seeded bug `lateness_ignored`.
#[test]
fn what_is_late_is_refused_for_periods_that_begin_within_the_horizon() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.lent(&stock, 1, 0, 2);
    app.advance_minutes(120);
    app.other_student().book(stock.unit(), 40, 41);
    app.clock.advance(1);
    let refusal = app
        .other_student()
        .post("/bookings", &booking_of_unit(stock.unit(), 25, 30))
        .refused(409, "unit_unavailable");
    assert_eq!(
        refusal.json()["conflicts"],
        json!([{
            "resource_id": stock.resource, "resource_unit_id": stock.unit(),
            "start_at": at(25), "end_at": "2026-03-03T11:00:00.001Z",
        }])
    );
    app.other_student().book(stock.unit(), 27, 30);
    let calendar =
        format!("/resources/{}/availability?from={}&to={}", stock.resource, at(0), at(48));
    let calendar = app.student().get(&calendar).expect(200).json();
    let kinds: Vec<(&str, &str)> = calendar["units"][0]["busy"]
        .as_array()
        .unwrap()
        .iter()
        .map(|busy| (busy["kind"].as_str().unwrap(), busy["end_at"].as_str().unwrap()))
        .collect();
    let (two, near) = (at(2), "2026-03-03T11:00:00.001Z");
    let (thirty, last) = (at(30), at(41));
    assert_eq!(
        kinds,
        [("booking", &*two), ("late", near), ("booking", &*thirty), ("booking", &*last)]
    );
    let free = |from, to| {
        let list = format!("/resources?available_from={}&available_to={}", at(from), at(to));
        app.student().get(&list).expect(200).data().len()
    };
    assert_eq!((free(25, 27), free(42, 43)), (0, 1));
    let resource = app.staff().get(&format!("/resources/{}", stock.resource)).expect(200).json();
    assert_eq!(resource["units"]["available"], 0);
    app.staff().take_back(&booking, json!({})).expect(200);
    app.other_student().book(stock.unit(), 3, 5);
    app.verify();
}

/// Goes red with the seeded bug `danger_not_seen`.
#[test]
fn who_comes_next_gets_another_unit_in_the_write_that_finds_out() {
    let app = TestApp::new();
    let (stock, late, next) = next_in_line(&app, 2);
    app.advance_minutes(121);
    some_write(&app);
    let moved = app.student().see(&next);
    assert_eq!((unit_of(&moved, 0), &moved["at_risk"]), (&*stock.units[1], &json!(false)));
    let trail = format!("/audit?entity_id={}", next["id"].as_str().unwrap());
    let event = &app.staff().get(&trail).expect(200).data()[0];
    assert_eq!((&event["action"], &event["actor_user_id"]), (&json!("UPDATE"), &json!(null)));
    assert_eq!(unit_of(&event["before"], 0), stock.unit());
    assert_eq!(unit_of(&event["after"], 0), stock.units[1]);
    assert_eq!(told(&app, "MOVED").len(), 1);
    app.verify();
    app.staff().take_back(&late, json!({})).expect(200);
    app.verify();
}

#[test]
fn the_timer_finds_out_when_nobody_writes() {
    let app = TestApp::new();
    let (stock, _, next) = next_in_line(&app, 2);
    app.advance_minutes(120);
    app.run_jobs();
    assert_eq!(unit_of(&app.student().see(&next), 0), stock.unit());
    app.clock.advance(1);
    app.run_jobs();
    assert_eq!(unit_of(&app.student().see(&next), 0), stock.units[1]);
}

#[test]
fn where_no_other_unit_is_free_the_booking_is_at_risk_until_it_is_back() {
    let app = TestApp::new();
    let (_, late, next) = next_in_line(&app, 1);
    app.advance_minutes(121);
    app.run_jobs();
    let risky = app.student().see(&next);
    assert_eq!((&risky["at_risk"], &risky["version"]), (&json!(true), &json!(2)));
    assert_eq!(told(&app, "AT_RISK").len(), 1);
    app.run_jobs();
    some_write(&app);
    assert_eq!(app.student().see(&next), risky, "it is marked and told once");
    let listed = app.staff().get("/bookings?at_risk=true").expect(200).data();
    assert_eq!(listed, [risky]);
    app.verify();
    app.staff().take_back(&late, json!({})).expect(200);
    assert_eq!(app.student().see(&next)["at_risk"], false);
    app.verify();
}

#[test]
fn a_unit_that_becomes_free_saves_a_booking_before_it_serves_who_waits() {
    let app = TestApp::new();
    let (stock, _, next) = next_in_line(&app, 2);
    let other = app.staff().book(&stock.units[1], 3, 8);
    let waits = json!({
        "start_at": at(4), "end_at": at(6), "purpose": "tests",
        "items": [{ "resource_id": stock.resource, "quantity": 1 }],
    });
    let entry = app.other_student().post("/waitlist", &waits).expect(201).json();
    app.advance_minutes(121);
    app.run_jobs();
    assert_eq!(app.student().see(&next)["at_risk"], true);
    app.staff().act(&path(&other, "/cancel")).expect(200);
    let saved = app.student().see(&next);
    assert_eq!((unit_of(&saved, 0), &saved["at_risk"]), (&*stock.units[1], &json!(false)));
    let entry = app.staff().get(&format!("/waitlist/{}", entry["id"].as_str().unwrap()));
    assert_eq!(entry.expect(200).json()["status"], "WAITING");
    app.verify();
}

#[test]
fn the_horizon_moves_and_finds_who_comes_near() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    app.lent(&stock, 1, 0, 2);
    let next = app.granted_to(&app.other_student(), &stock, 1, 30, 32);
    app.advance_minutes(6 * 60);
    app.run_jobs();
    assert_eq!(app.staff().see(&next)["at_risk"], false);
    let due = app.admin().get("/health/details").expect(200).json()["jobs"]["next_due_at"].clone();
    assert_eq!(due, "2026-03-02T15:00:00.001Z");
    app.clock.advance(1);
    app.run_jobs();
    assert_eq!(app.staff().see(&next)["at_risk"], true);
    app.verify();
}

#[test]
fn a_horizon_that_changes_counts_at_once_and_none_switches_it_off() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    app.lent(&stock, 1, 0, 2);
    let next = app.granted_to(&app.other_student(), &stock, 1, 30, 32);
    app.advance_minutes(180);
    set(&app, &json!({ "late_horizon_hours": 48 }));
    assert_eq!(app.staff().see(&next)["at_risk"], true);
    app.verify();
    set(&app, &json!({ "late_horizon_hours": null }));
    assert_eq!(app.staff().see(&next)["at_risk"], false);
    app.other_student().book(stock.unit(), 4, 6);
    app.verify();
}

/// Goes red with the seeded bug `late_unit_offered`.
#[test]
fn an_open_offer_of_a_late_unit_is_withdrawn_and_the_place_kept() {
    let app = TestApp::new();
    set(&app, &json!({ "offer_ttl_seconds": 604_800 }));
    let stock = app.resource_with_units(1);
    let booking = app.lent(&stock, 1, 0, 2);
    let taken = app.staff().book(stock.unit(), 4, 6);
    let waits = booking_of_unit(stock.unit(), 4, 6);
    let entry = app.other_student().post("/waitlist", &waits).expect(201).json();
    let see = || {
        let entry = app.staff().get(&format!("/waitlist/{}", entry["id"].as_str().unwrap()));
        entry.expect(200).json()["status"].clone()
    };
    app.staff().act(&path(&taken, "/cancel")).expect(200);
    assert_eq!(see(), "OFFERED");
    app.advance_minutes(121);
    app.run_jobs();
    assert_eq!(see(), "WAITING");
    app.verify();
    app.staff().take_back(&booking, json!({})).expect(200);
    assert_eq!(see(), "OFFERED");
    app.verify();
}

/// Goes red with the seeded bug `longer_horizon_spares_offers`.
#[test]
fn a_longer_horizon_withdraws_open_offers_in_its_own_transaction() {
    let app = TestApp::new();
    set(&app, &json!({ "offer_ttl_seconds": 604_800, "late_horizon_hours": 1 }));
    let stock = app.resource_with_units(1);
    let booking = app.lent(&stock, 1, 0, 2);
    let taken = app.staff().book(stock.unit(), 10, 12);
    let waits = booking_of_unit(stock.unit(), 10, 12);
    let entry = app.other_student().post("/waitlist", &waits).expect(201).id();
    let see = || app.staff().get(&format!("/waitlist/{entry}")).expect(200).json();
    app.staff().act(&path(&taken, "/cancel")).expect(200);
    app.advance_minutes(180);
    app.run_jobs();
    assert_eq!(see()["status"], "OFFERED");
    set(&app, &json!({ "late_horizon_hours": 24 }));
    assert_eq!(see()["status"], "WAITING");
    app.verify();
    app.staff().take_back(&booking, json!({})).expect(200);
    assert_eq!(see()["status"], "OFFERED");
    app.verify();
}

#[test]
fn each_endangered_item_moves_for_itself() {
    let app = TestApp::new();
    let stock = app.resource_with_units(3);
    let late = app.lent(&stock, 2, 0, 2);
    let next = json!({
        "start_at": at(4), "end_at": at(6), "purpose": "tests",
        "items": [
            { "resource_unit_id": unit_of(&late, 0) }, { "resource_unit_id": unit_of(&late, 1) },
        ],
    });
    let next = app.other_student().post("/bookings", &next).expect(201).json();
    app.advance_minutes(121);
    app.run_jobs();
    let half = app.staff().see(&next);
    assert_eq!(half["at_risk"], true);
    let units = [unit_of(&half, 0), unit_of(&half, 1)];
    let spare = stock.units.iter().find(|u| (0..2).all(|i| unit_of(&late, i) != *u)).unwrap();
    assert!(units.contains(&spare.as_str()), "{units:?}");
    app.verify();
    let kept = (0..2).find(|index| unit_of(&half, *index) != spare).unwrap();
    let back = (0..2).find(|index| unit_of(&late, *index) == unit_of(&half, kept)).unwrap();
    let said = json!({ "items": [{ "item_id": item(&late, back)["id"] }] });
    app.staff().take_back(&late, said).expect(200);
    assert_eq!(app.staff().see(&next)["at_risk"], false);
    app.verify();
}

#[test]
fn who_is_at_risk_can_still_be_given_another_unit_or_give_it_up() {
    let app = TestApp::new();
    let (stock, _, next) = next_in_line(&app, 2);
    app.staff().act(&path(&next, "/approve")).expect(200);
    let blocks = app.staff().book(&stock.units[1], 3, 4);
    app.advance_minutes(121);
    app.run_jobs();
    // The other unit is free from 4 to 6, so the booking has moved.
    assert_eq!(unit_of(&app.staff().see(&next), 0), stock.units[1]);
    app.staff().act(&path(&blocks, "/cancel")).expect(200);
    app.advance_minutes(120);
    let out = app.staff().hand_out(&next, json!({})).expect(200).json();
    assert_eq!(out["status"], "CHECKED_OUT");
    app.verify();
    let app = TestApp::new();
    let (_, _, next) = next_in_line(&app, 1);
    app.advance_minutes(121);
    app.run_jobs();
    app.staff().act(&path(&next, "/approve")).expect(200);
    app.advance_minutes(120);
    app.staff().hand_out(&next, json!({})).refused(409, "unit_unavailable");
    let given_up = app.student().act(&path(&next, "/cancel")).expect(200).json();
    assert_eq!(given_up["at_risk"], false);
    app.verify();
}
