//! Planned maintenance: holds its unit, frees it again, and outlives whatever happens to the unit.

use serde_json::{Value, json};

use super::texts;
use crate::support::{Ask, Person, START, TestApp, at, booking_of_unit, minutes};

fn path(unit: &str) -> String {
    format!("/units/{unit}/maintenance")
}

/// Plans maintenance from and to so many hours after the beginning.
fn plan(app: &TestApp, unit: &str, from: i64, to: i64) -> Ask {
    let body = json!({ "start_at": at(from), "end_at": at(to), "note": "yearly check" });
    app.staff().post(&path(unit), &body)
}

#[test]
fn a_unit_is_held_for_its_planned_maintenance() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let made = plan(&app, stock.unit(), 24, 48).expect(201);
    let id = made.id();
    let expected = json!({
        "id": id, "resource_unit_id": stock.unit(), "start_at": at(24), "end_at": at(48),
        "note": "yearly check", "created_by": app.user_id(Person::Staff), "created_at": START,
    });
    assert_eq!(made.json(), expected);
    let place = format!("{}/{id}", path(stock.unit()));
    assert_eq!(made.header("location"), Some(place.as_str()));
    assert_eq!(app.staff().get(&path(stock.unit())).expect(200).data(), [expected]);
    let body = booking_of_unit(stock.unit(), 47, 49);
    app.student().post("/bookings", &body).refused(409, "unit_unavailable");
    let calendar =
        format!("/resources/{}/availability?from={}&to={}", stock.resource, at(0), at(72));
    let calendar = app.student().get(&calendar).expect(200).json();
    let busy = json!([{ "start_at": at(24), "end_at": at(48), "kind": "maintenance" }]);
    assert_eq!(calendar["units"][0]["busy"], busy);
    app.booking(stock.unit(), 48, 50);
    app.booking(stock.unit(), 22, 24);
}

#[test]
fn what_is_held_already_is_refused_with_what_stands_in_the_way() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    app.booking(stock.unit(), 24, 26);
    plan(&app, stock.unit(), 30, 32).expect(201);
    for (from, to, taken) in [(25, 27, 24), (31, 33, 30)] {
        let refused = plan(&app, stock.unit(), from, to).refused(409, "unit_unavailable").json();
        let conflict = json!({
            "resource_id": stock.resource, "resource_unit_id": stock.unit(),
            "start_at": at(taken), "end_at": at(taken + 2),
        });
        assert_eq!(refused["conflicts"], json!([conflict]));
        assert!(!refused["alternatives"].as_array().unwrap().is_empty(), "{refused}");
    }
}

#[test]
fn nothing_is_kept_free_behind_maintenance() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let buffer = json!({ "buffer_minutes": 60 });
    app.staff().patch(&format!("/resources/{}", stock.resource), "*", &buffer).expect(200);
    app.booking(stock.unit(), 24, 26);
    app.booking(stock.unit(), 30, 32);
    plan(&app, stock.unit(), 26, 30).refused(409, "unit_unavailable");
    plan(&app, stock.unit(), 27, 30).expect(201);
}

#[test]
fn only_what_is_in_service_can_be_planned_for() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let lost = json!({ "status": "LOST" });
    app.staff().patch(&format!("/units/{}", stock.units[0]), "*", &lost).expect(200);
    plan(&app, &stock.units[0], 24, 48).refused(409, "not_bookable");
    app.staff().delete(&format!("/units/{}", stock.units[1])).expect(204);
    plan(&app, &stock.units[1], 24, 48).refused(404, "not_found");
    app.staff().get(&path(&stock.units[1])).refused(404, "not_found");
}

#[test]
fn a_period_begins_now_at_the_earliest_and_lasts_a_year_at_the_most() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let day = 24 * 60;
    let ask = |start: i64, end: i64| {
        let body = json!({ "start_at": minutes(start), "end_at": minutes(end) });
        app.staff().post(&path(stock.unit()), &body)
    };
    for (start, end, place, allowed) in [
        (-2, day, "/start_at", "not lie in the past"),
        (day, day, "/end_at", "after start_at, at most 366 days"),
        (day, 0, "/end_at", "after start_at, at most 366 days"),
        (0, 366 * day + 1, "/end_at", "after start_at, at most 366 days"),
    ] {
        let refused = ask(start, end).refused(422, "validation_failed").json();
        assert_eq!(refused["errors"][0]["pointer"], place, "{refused}");
        assert!(refused["errors"][0]["detail"].as_str().unwrap().contains(allowed), "{refused}");
    }
    let made = ask(-1, 366 * day - 1).expect(201).json();
    assert_eq!(made["note"], Value::Null);
}

#[test]
fn a_plan_is_taken_away_by_its_unit_and_its_id() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let [first, second] = [0, 1].map(|index| path(&stock.units[index]));
    let id = plan(&app, &stock.units[0], 24, 48).expect(201).id();
    app.staff().delete(&format!("{second}/{id}")).refused(404, "not_found");
    app.staff().delete(&format!("{first}/{}", stock.units[0])).refused(404, "not_found");
    app.staff().delete(&format!("{first}/{id}")).expect(204);
    app.staff().delete(&format!("{first}/{id}")).refused(404, "not_found");
    assert!(app.staff().get(&first).expect(200).data().is_empty());
    app.booking(&stock.units[0], 24, 48);
    let event = app.staff().get(&format!("/audit?entity_type=maintenance&entity_id={id}"));
    let events = event.expect(200);
    assert_eq!(texts(&events, "action"), ["SOFT_DELETE", "CREATE"]);
    assert_eq!(events.data()[0]["before"]["deleted_at"], Value::Null);
    assert_eq!(events.data()[0]["after"]["deleted_at"], START);
}

#[test]
fn what_is_not_over_is_listed_by_its_start_page_by_page() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    for from in [30, 1, 20, 10] {
        plan(&app, &stock.units[0], from, from + 2).expect(201);
    }
    plan(&app, &stock.units[1], 5, 6).expect(201);
    let list = |query: &str| {
        let page = app.staff().get(&format!("{}{query}", path(&stock.units[0]))).expect(200);
        (texts(&page, "start_at"), page.json()["next_cursor"].clone())
    };
    assert_eq!(list("").0, [at(1), at(10), at(20), at(30)]);
    assert_eq!(list("?sort=-start_at&limit=1").0, [at(30)]);
    let (starts, cursor) = list("?limit=3");
    assert_eq!(starts, [at(1), at(10), at(20)]);
    let cursor = cursor.as_str().unwrap();
    assert_eq!(list(&format!("?limit=3&cursor={cursor}")).0, [at(30)]);
    // One that has begun is not over, one that ends now is.
    app.advance_minutes(2 * 60);
    assert_eq!(list("").0.len(), 4);
    app.advance_minutes(60);
    assert_eq!(list("").0, [at(10), at(20), at(30)]);
}

#[test]
fn what_is_over_can_be_taken_away_too() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let id = plan(&app, stock.unit(), 1, 2).expect(201).id();
    app.advance_minutes(2 * 60);
    app.run_jobs();
    assert_eq!(app.file().number("SELECT count(*) FROM unit_claims"), 0, "it holds nothing");
    app.verify();
    app.staff().delete(&format!("{}/{id}", path(stock.unit()))).expect(204);
    assert_eq!(app.file().number("SELECT count(*) FROM unit_claims"), 0);
}

#[test]
fn who_waits_is_served_when_a_plan_is_taken_away() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let id = plan(&app, stock.unit(), 24, 48).expect(201).id();
    let entry = app.student().wait(stock.unit(), 30, 32);
    assert_eq!(entry["status"], "WAITING");
    app.staff().delete(&format!("{}/{id}", path(stock.unit()))).expect(204);
    assert_eq!(app.student().entry(&entry)["status"], "OFFERED");
}

#[test]
fn a_plan_outlives_whatever_happens_to_its_unit() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let (unit, resource) =
        (format!("/units/{}", stock.unit()), format!("/resources/{}", stock.resource));
    let id = plan(&app, stock.unit(), 24, 48).expect(201).id();
    let planned = || texts(&app.staff().get(&path(stock.unit())).expect(200), "id");
    let withdrawal = json!({ "status": "MAINTENANCE", "note": "at the workshop already" });
    app.staff().post(&format!("{unit}/withdraw"), &withdrawal).expect(200);
    assert_eq!(planned(), [id.as_str()]);
    app.staff().patch(&unit, "*", &json!({ "status": "AVAILABLE" })).expect(200);
    app.staff().delete(&unit).expect(204);
    let place = format!("{}/{id}", path(stock.unit()));
    app.staff().delete(&place).refused(404, "not_found");
    app.staff().act(&format!("{unit}/restore")).expect(200);
    app.staff().delete(&resource).expect(204);
    app.staff().act(&format!("{resource}/restore")).expect(200);
    assert_eq!(planned(), [id.as_str()]);
    let body = booking_of_unit(stock.unit(), 24, 48);
    app.student().post("/bookings", &body).refused(409, "unit_unavailable");
    app.staff().delete(&place).expect(204);
    app.student().post("/bookings", &body).expect(201);
}

/// Goes red with the seeded bug `triggers_gone`.
#[test]
fn the_file_keeps_plan_and_claim_together() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    plan(&app, stock.unit(), 24, 48).expect(201);
    let columns = "org_id, resource_unit_id, start_at, end_at, created_at";
    let insert = format!(
        "INSERT INTO unit_maintenance (id, {columns}) SELECT 'by-hand', {columns} FROM unit_maintenance"
    );
    for (sql, refusal) in [
        ("DELETE FROM unit_claims", "unit_claims_maintained"),
        ("UPDATE unit_claims SET end_at = end_at - 1", "unit_claims_maintained"),
        ("UPDATE unit_claims SET kind = 'offer'", "unit_claims_maintained"),
        ("UPDATE unit_maintenance SET end_at = end_at + 1", "unit_maintenance_stays_as_it_is"),
        (insert.as_str(), "unit_maintenance_needs_claim"),
    ] {
        assert_eq!(app.sql(sql).expect_err(sql).to_string(), refusal);
    }
}
