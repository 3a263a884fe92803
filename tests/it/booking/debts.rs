//! Who owes too much can't book, until it is paid or forgiven.

use serde_json::{Value, json};

use crate::support::{Caller, Person, TestApp, at, booking_of_unit};

/// A fine imposed on somebody, of which a part has been paid.
fn fine(staff: &Caller<'_>, person: Person, amount: i64, paid: i64) -> Value {
    let fine = staff.fine(staff.app().user_id(person), amount);
    if paid > 0 {
        staff.pay(&fine, paid).expect(201);
    }
    fine
}

/// The usual refusal, for who owes this.
fn debt(owed: i64) -> [Value; 3] {
    [json!("block_when_fines_exceed_cents"), json!(2000), json!(owed)]
}

fn of(refusal: &Value) -> [Value; 3] {
    ["rule", "limit", "asked"].map(|name| refusal[name].clone())
}

fn draft(app: &TestApp, unit: &str) -> String {
    let mut body = booking_of_unit(unit, 48, 50);
    body["draft"] = json!(true);
    app.student().post("/bookings", &body).expect(201).id()
}

#[test]
fn who_owes_more_than_the_limit_is_refused_until_it_is_paid() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    fine(&app.staff(), Person::Student, 2_500, 500);
    app.booking(&stock.units[0], 24, 26);
    let last = fine(&app.staff(), Person::Student, 1, 0);
    let body = booking_of_unit(&stock.units[1], 24, 26);
    let refusal = app.student().post("/bookings", &body).refused(409, "policy_violation").json();
    assert_eq!(of(&refusal), debt(2_001));
    let detail = "The policy sets block_when_fines_exceed_cents to 2000; open fines come to 2001.";
    assert_eq!(refusal["detail"], detail);
    // Staff who book for a student book by what the student owes.
    let mut other = body.clone();
    other["requester_user_id"] = json!(app.user_id(Person::Student));
    app.staff().post("/bookings", &other).refused(409, "policy_violation");
    app.staff().book(&stock.units[1], 48, 50);
    app.staff().pay(&last, 1).expect(201);
    app.student().post("/bookings", &body).expect(201);
}

#[test]
fn a_part_payment_is_enough_when_the_rest_is_within_the_limit() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let owed = fine(&app.staff(), Person::Student, 2_500, 499);
    let body = booking_of_unit(stock.unit(), 24, 26);
    let refusal = app.student().post("/bookings", &body).refused(409, "policy_violation").json();
    assert_eq!(of(&refusal), debt(2_001));
    app.staff().pay(&owed, 1).expect(201);
    app.student().post("/bookings", &body).expect(201);
}

#[test]
fn debts_count_wherever_the_policy_does() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let asked = app.booking(&stock.units[0], 24, 26)["id"].as_str().unwrap().to_owned();
    let draft = draft(&app, &stock.units[1]);
    fine(&app.staff(), Person::Student, 2_001, 0);
    let before = app.file().dump();
    let moved = json!({ "end_at": at(27) });
    for refusal in [
        app.student().act(&format!("/bookings/{draft}/submit")),
        app.staff().act(&format!("/bookings/{asked}/approve")),
        app.student().patch(&format!("/bookings/{asked}"), "*", &moved),
    ] {
        assert_eq!(of(&refusal.refused(409, "policy_violation").json()), debt(2_001));
    }
    assert_eq!(before.difference(&app.file().dump()), "");
    // What takes nothing more stays possible.
    let renamed = json!({ "purpose": "the same film" });
    app.student().patch(&format!("/bookings/{asked}"), "*", &renamed).expect(200);
    app.student().act(&format!("/bookings/{asked}/cancel")).expect(200);
}

#[test]
fn debts_elsewhere_of_others_and_those_forgiven_do_not_count() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let south = app.south();
    // The student is known in the other organization too, and owes much there.
    let student = app.user_id(Person::Student);
    app.sql(&format!(
        "INSERT INTO memberships (org_id, user_id, version, created_at)
         VALUES ('{south}', '{student}', 1, 0)"
    ))
    .unwrap();
    fine(&app.south_staff(), Person::Student, 900_000, 0);
    fine(&app.staff(), Person::OtherStudent, 900_000, 0);
    fine(&app.staff(), Person::Student, 900_000, 900_000);
    let forgiven = fine(&app.staff(), Person::Student, 900_000, 100);
    let waive = format!("/fines/{}/waive", forgiven["id"].as_str().unwrap());
    app.staff().post(&waive, &json!({ "note": "it was broken before" })).expect(200);
    app.booking(stock.unit(), 24, 26);
    let body = booking_of_unit(stock.unit(), 48, 50);
    let refusal = app.other_student().post("/bookings", &body).refused(409, "policy_violation");
    assert_eq!(of(&refusal.json()), debt(900_000));
}

#[test]
fn an_organization_without_the_limit_lends_to_everybody() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    fine(&app.staff(), Person::Student, 900_000, 0);
    let body = booking_of_unit(stock.unit(), 24, 26);
    app.student().post("/bookings", &body).refused(409, "policy_violation");
    let none = json!({ "policy": { "block_when_fines_exceed_cents": null } });
    app.admin().patch("/organization", "*", &none).expect(200);
    app.student().post("/bookings", &body).expect(201);
}

#[test]
fn the_file_takes_no_fine_that_makes_no_sense() {
    let app = TestApp::new();
    let (north, south) = (app.north(), app.south());
    let student = app.user_id(Person::Student);
    for (org, kind, amount, paid, status, fault) in [
        (north, "GIFT", 5, 0, "OPEN", "fine_kind"),
        (north, "LATE", 0, 0, "OPEN", "fine_amount"),
        (north, "LATE", 5, 6, "OPEN", "fine_paid_part"),
        (north, "LATE", 5, -1, "OPEN", "fine_paid_part"),
        (north, "LATE", 5, 0, "LOST", "fine_status"),
        (north, "LATE", 5, 4, "PAID", "fine_paid_whole"),
        (north, "LATE", 5, 5, "OPEN", "fine_paid_whole"),
        (south, "LATE", 5, 0, "OPEN", "FOREIGN KEY"),
    ] {
        let refused = app.sql(&format!(
            "INSERT INTO fines (id, org_id, user_id, kind, amount_cents, paid_cents, status,
                 version, created_at)
             VALUES ('one', '{org}', '{student}', '{kind}', {amount}, {paid}, '{status}', 1, 0)"
        ));
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains(fault), "{refused} instead of {fault}");
    }
}
