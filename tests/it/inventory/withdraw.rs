//! Units that leave service although somebody holds them, and how they come back.

use pret::app::write_as_system;
use pret::inventory::{self, Unit, UnitCondition, UnitStatus};
use serde_json::{Value, json};

use crate::support::{Reply, TestApp, at};

fn withdraw(app: &TestApp, unit: &str, status: &str, note: &Value) -> Reply {
    let body = json!({ "status": status, "note": note });
    app.staff().post(&format!("/units/{unit}/withdraw"), &body).expect(200)
}

/// The last event about a unit: what was done.
fn last_action(app: &TestApp, unit: &str) -> Value {
    let path = format!("/audit?entity_type=unit&entity_id={unit}&limit=1");
    app.staff().get(&path).expect(200).data()[0]["action"].clone()
}

#[test]
fn a_unit_is_withdrawn_although_a_booking_holds_it() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    app.booking(stock.unit(), 24, 26);
    let path = format!("/units/{}", stock.unit());
    app.staff().patch(&path, "*", &json!({ "status": "LOST" })).refused(409, "in_use");
    for (version, status) in [(2, "MAINTENANCE"), (3, "LOST"), (4, "RETIRED")] {
        let note = json!(format!("now {status}"));
        let unit = withdraw(&app, stock.unit(), status, &note);
        assert_eq!(unit.etag(), format!("\"{version}\""));
        assert_eq!(unit.json()["status"], status);
        assert_eq!(unit.json()["status_note"], note);
        assert_eq!(app.student().get(&path).expect(200).json(), unit.json());
        assert_eq!(last_action(&app, stock.unit()), "STATUS_CHANGE");
    }
    let body = json!({ "start_at": at(48), "end_at": at(50), "purpose": "",
        "items": [{ "resource_unit_id": stock.unit() }] });
    app.student().post("/bookings", &body).refused(409, "not_bookable");
    // What PATCH and DELETE refuse stays refused.
    app.staff().patch(&path, "*", &json!({ "status": "MAINTENANCE" })).refused(409, "in_use");
    app.staff().delete(&path).refused(409, "in_use");
}

#[test]
fn the_same_withdrawal_is_no_change_and_another_note_alone_is_an_update() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let first = withdraw(&app, stock.unit(), "LOST", &json!("not on the shelf"));
    let same = withdraw(&app, stock.unit(), "LOST", &json!("not on the shelf"));
    assert_eq!((same.etag(), same.seq()), (first.etag(), first.seq()));
    let other = withdraw(&app, stock.unit(), "LOST", &json!("reported to the police"));
    assert_eq!(other.seq(), first.seq() + 1);
    assert_eq!(last_action(&app, stock.unit()), "UPDATE");
    let without = withdraw(&app, stock.unit(), "LOST", &Value::Null);
    assert_eq!(without.json()["status_note"], Value::Null);
}

#[test]
fn the_note_ends_when_the_unit_is_back_in_service() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    withdraw(&app, stock.unit(), "MAINTENANCE", &json!("the shutter sticks"));
    let path = format!("/units/{}", stock.unit());
    let worn = app.staff().patch(&path, "*", &json!({ "condition": "WORN" })).expect(200);
    assert_eq!(worn.json()["status_note"], "the shutter sticks");
    let back = app.staff().patch(&path, "*", &json!({ "status": "AVAILABLE" })).expect(200);
    assert_eq!(back.json()["status_note"], Value::Null);
    app.booking(stock.unit(), 24, 26);
}

#[test]
fn a_withdrawal_says_which_status_and_at_most_a_page() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let path = format!("/units/{}/withdraw", stock.unit());
    for (body, place) in [
        (json!({ "status": "AVAILABLE" }), "/status"),
        (json!({ "note": "no status" }), "/status"),
        (json!({ "status": "LOST", "note": "x".repeat(2001) }), "/note"),
        (json!({ "status": "LOST", "note": "\u{7}" }), "/note"),
    ] {
        let refused = app.staff().post(&path, &body).refused(422, "validation_failed").json();
        assert_eq!(refused["errors"][0]["pointer"], place, "{refused}");
    }
    let body = json!({ "status": "LOST", "note": "x".repeat(2000) });
    let ask = app.staff().post(&path, &body);
    ask.clone().header("if-match", "\"7\"").refused(412, "precondition_failed");
    ask.header("if-match", "\"1\"").expect(200);
}

#[test]
fn what_is_deleted_is_not_withdrawn_and_comes_back_as_it_went() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    withdraw(&app, stock.unit(), "LOST", &json!("gone"));
    let path = format!("/units/{}", stock.unit());
    app.staff().delete(&path).expect(204);
    let body = json!({ "status": "RETIRED" });
    app.staff().post(&format!("{path}/withdraw"), &body).refused(404, "not_found");
    let back = app.staff().act(&format!("{path}/restore")).expect(200).json();
    assert_eq!((&back["status"], &back["status_note"]), (&json!("LOST"), &json!("gone")));
}

/// Takes a unit back as the return of a booking does; answers it and how many events that left.
fn take_back(
    app: &TestApp,
    unit: &str,
    condition: Option<UnitCondition>,
    leaves: Option<UnitStatus>,
    note: Option<&str>,
) -> (Unit, i64) {
    let count = || app.file().number("SELECT count(*) FROM audit_events");
    let before = count();
    let (id, note) = (unit.parse().unwrap(), note.map(str::to_owned));
    let taken = write_as_system(app.db(), app.north().parse().unwrap(), move |tx| {
        inventory::take_back(tx, id, condition, leaves, note.clone())
    });
    (taken.unwrap(), count() - before)
}

#[test]
fn a_return_notes_the_condition_and_may_take_out_of_service_in_one_step() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let unit = stock.unit();
    let (_, events) = take_back(&app, unit, Some(UnitCondition::Good), None, None);
    assert_eq!(events, 0, "it is in that condition already");
    assert_eq!(take_back(&app, unit, None, None, Some("unasked")).1, 0);
    let (worn, events) = take_back(&app, unit, Some(UnitCondition::Worn), None, None);
    assert_eq!(
        (worn.condition, worn.status, events),
        (UnitCondition::Worn, UnitStatus::Available, 1)
    );
    assert_eq!(last_action(&app, unit), "UPDATE");
    let (condition, leaves) = (Some(UnitCondition::Damaged), Some(UnitStatus::Maintenance));
    let (broken, events) = take_back(&app, unit, condition, leaves, Some("broken lens"));
    assert_eq!(
        (broken.condition, broken.status, events),
        (UnitCondition::Damaged, UnitStatus::Maintenance, 1)
    );
    assert_eq!(broken.status_note.as_deref(), Some("broken lens"));
    assert_eq!(last_action(&app, unit), "STATUS_CHANGE");
    let (same, events) = take_back(&app, unit, condition, leaves, None);
    assert_eq!((same.status_note.as_deref(), events), (Some("broken lens"), 0));
}

#[test]
fn what_was_withdrawn_or_deleted_meanwhile_is_taken_back_all_the_same() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let unit = stock.unit();
    withdraw(&app, unit, "LOST", &json!("not on the shelf"));
    let (found, events) = take_back(&app, unit, Some(UnitCondition::Worn), None, None);
    assert_eq!((found.status, events), (UnitStatus::Lost, 1));
    assert_eq!(found.status_note.as_deref(), Some("not on the shelf"));
    app.staff().delete(&format!("/units/{unit}")).expect(204);
    let (condition, leaves) = (Some(UnitCondition::Damaged), Some(UnitStatus::Maintenance));
    let (gone, events) = take_back(&app, unit, condition, leaves, None);
    assert!(gone.deleted_at.is_some());
    assert_eq!(
        (gone.condition, gone.status, events),
        (UnitCondition::Damaged, UnitStatus::Maintenance, 1)
    );
    assert_eq!(gone.status_note, None);
}
