//! Making bookings.

use serde_json::{Value, json};

use crate::support::{Person, START, TestApp, at, booking_of_unit, minutes};

fn of_resource(resource: &str, quantity: u32, from: i64, to: i64) -> Value {
    json!({
        "start_at": at(from), "end_at": at(to), "purpose": "interviews",
        "items": [{ "resource_id": resource, "quantity": quantity }],
    })
}

#[test]
fn a_student_asks_and_staff_are_approved_at_once() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let body = booking_of_unit(&stock.units[0], 24, 26);
    let reply = app.student().post("/bookings", &body).expect(201);
    let booking = reply.json();
    assert_eq!(booking["status"], "PENDING");
    assert_eq!(booking["requester_user_id"], app.user_id(Person::Student));
    assert_eq!(booking["start_at"], at(24));
    assert_eq!(booking["items"][0]["resource_unit_id"], *stock.units[0]);
    assert_eq!(booking["items"][0]["resource_id"], *stock.resource);
    assert_eq!(booking["items"][0]["quantity"], 1);
    assert_eq!(booking["version"], 1);
    assert_eq!(reply.etag(), "\"1\"");
    let place = reply.header("location").unwrap().to_owned();
    assert_eq!(app.student().get(&place).expect(200).json(), booking);
    assert_eq!(app.staff().book(&stock.units[1], 24, 26)["status"], "APPROVED");
}

#[test]
fn what_is_taken_is_refused_with_conflicts_that_name_nobody() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    app.staff().book(stock.unit(), 24, 26);
    for (from, to) in [(24, 26), (23, 25), (25, 27), (24, 25), (23, 27)] {
        let body = booking_of_unit(stock.unit(), from, to);
        let refusal = app.student().post("/bookings", &body).refused(409, "unit_unavailable");
        let conflict = json!({
            "resource_id": stock.resource, "resource_unit_id": stock.unit(),
            "start_at": at(24), "end_at": at(26),
        });
        assert_eq!(refusal.json()["conflicts"], json!([conflict]), "{from} to {to}");
    }
}

#[test]
fn neighbouring_periods_may_touch() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    app.booking(stock.unit(), 24, 26);
    app.booking(stock.unit(), 26, 28);
    app.booking(stock.unit(), 22, 24);
}

#[test]
fn a_quantity_is_served_whole_or_not_at_all() {
    let app = TestApp::new();
    let stock = app.resource_with_units(3);
    app.booking(&stock.units[1], 24, 26);
    let before = app.file().dump();
    let body = of_resource(&stock.resource, 3, 25, 27);
    app.student().post("/bookings", &body).key("whole").refused(409, "unit_unavailable");
    let difference = before.difference(&app.file().dump());
    assert_eq!(difference.lines().count(), 1, "only the key may stay:\n{difference}");
    let body = of_resource(&stock.resource, 2, 25, 27);
    let booking = app.student().post("/bookings", &body).expect(201).json();
    let units: Vec<&Value> =
        booking["items"].as_array().unwrap().iter().map(|item| &item["resource_unit_id"]).collect();
    assert_eq!(units.len(), 2);
    assert!(!units.contains(&&json!(stock.units[1])) && units[0] != units[1], "{booking}");
}

#[test]
fn the_tightest_gap_is_filled_so_that_long_gaps_stay() {
    let app = TestApp::new();
    let stock = app.resource_with_units(3);
    // The second unit has a gap of exactly two hours; the first and the third are free for long.
    app.booking(&stock.units[1], 20, 24);
    app.booking(&stock.units[1], 26, 30);
    let body = of_resource(&stock.resource, 1, 24, 26);
    let booking = app.student().post("/bookings", &body).expect(201).json();
    assert_eq!(booking["items"][0]["resource_unit_id"], *stock.units[1]);
}

#[test]
fn a_named_unit_is_not_given_to_another_line_of_the_same_request() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let body = json!({
        "start_at": at(24), "end_at": at(26), "purpose": "",
        "items": [
            { "resource_id": stock.resource, "quantity": 1 },
            { "resource_unit_id": stock.units[0], "quantity": 1 },
        ],
    });
    let booking = app.student().post("/bookings", &body).expect(201).json();
    assert_eq!(booking["items"][0]["resource_unit_id"], *stock.units[1]);
    assert_eq!(booking["items"][1]["resource_unit_id"], *stock.units[0]);
}

#[test]
fn alternatives_can_be_booked_as_they_stand() {
    let app = TestApp::new();
    let (stock, other) = (app.resource_with_units(1), app.resource_with_units(1));
    app.booking(stock.unit(), 24, 26);
    let body = of_resource(&stock.resource, 1, 25, 27);
    let refusal = app.other_student().post("/bookings", &body).refused(409, "unit_unavailable");
    let alternatives = refusal.json()["alternatives"].as_array().unwrap().clone();
    assert!((2..=5).contains(&alternatives.len()), "{refusal}");
    assert_eq!(alternatives[0]["start_at"], at(26), "the nearest period comes first");
    assert!(alternatives.iter().any(|one| one["items"][0]["resource_id"] == *other.resource));
    for mut alternative in alternatives {
        alternative["purpose"] = json!("as proposed");
        let booked = app.other_student().post("/bookings", &alternative).expect(201).json();
        let cancel = format!("/bookings/{}/cancel", booked["id"].as_str().unwrap());
        app.other_student().act(&cancel).expect(200);
    }
}

#[test]
fn another_resource_is_offered_only_with_its_own_buffer_free() {
    let app = TestApp::new();
    let (stock, other) = (app.resource_with_units(1), app.resource_with_units(1));
    let path = format!("/resources/{}", other.resource);
    let etag = app.staff().get(&path).expect(200).etag();
    app.staff().patch(&path, &etag, &json!({ "buffer_minutes": 120 })).expect(200);
    app.booking(stock.unit(), 24, 26);
    app.staff().book(other.unit(), 27, 28);
    let body = of_resource(&stock.resource, 1, 24, 26);
    let refusal = app.other_student().post("/bookings", &body).refused(409, "unit_unavailable");
    let alternatives = refusal.json()["alternatives"].clone();
    assert!(!alternatives.to_string().contains(&other.resource), "{refusal}");
}

#[test]
fn a_draft_holds_nothing_until_it_is_submitted() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let mut body = of_resource(&stock.resource, 1, 24, 26);
    body["draft"] = json!(true);
    let draft = app.student().post("/bookings", &body).expect(201).json();
    assert_eq!(
        (&draft["status"], &draft["items"][0]["resource_unit_id"]),
        (&json!("DRAFT"), &json!(null))
    );
    let other = app.other_student().book(stock.unit(), 24, 26);
    let submit = format!("/bookings/{}/submit", draft["id"].as_str().unwrap());
    app.student().act(&submit).refused(409, "unit_unavailable");
    app.other_student()
        .act(&format!("/bookings/{}/cancel", other["id"].as_str().unwrap()))
        .expect(200);
    let booking = app.student().act(&submit).expect(200).json();
    assert_eq!(booking["status"], "PENDING");
    assert_eq!(booking["items"][0]["resource_unit_id"], *stock.unit());
    app.student().act(&submit).refused(409, "invalid_transition");
}

/// The minute of grace for the start is none for the end.
#[test]
fn a_period_that_is_over_is_refused() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let mut body = booking_of_unit(stock.unit(), 1, 2);
    body["start_at"] = json!("2026-03-02T08:59:10Z");
    body["end_at"] = json!(START);
    let refusal = app.student().post("/bookings", &body).refused(422, "validation_failed");
    assert_eq!(refusal.json()["errors"][0]["pointer"], "/end_at");
    app.student().post("/bookings/check", &body).refused(422, "validation_failed");
    body["end_at"] = json!("2026-03-02T09:00:00.001Z");
    app.student().post("/bookings", &body).expect(201);
}

#[test]
fn a_start_in_the_past_is_refused_after_a_minute_of_grace() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let mut body = booking_of_unit(stock.unit(), 0, 2);
    body["start_at"] = json!(minutes(-2));
    let refusal = app.student().post("/bookings", &body).refused(422, "validation_failed");
    assert_eq!(refusal.json()["errors"][0]["pointer"], "/start_at");
    body["start_at"] = json!(minutes(-1));
    app.student().post("/bookings", &body).expect(201);
}

#[test]
fn references_to_nothing_and_to_another_organization_are_answered_alike() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let foreign = app.south_staff().resource_with_units(1);
    let nothing = "019a2f64-5c00-7000-8000-0000000000ff";
    let mut details = Vec::new();
    for unit in [foreign.unit(), nothing] {
        let body = booking_of_unit(unit, 24, 26);
        let refusal = app.student().post("/bookings", &body).refused(422, "unknown_reference");
        details.push((refusal.json()["detail"].clone(), refusal.json()["errors"].clone()));
    }
    assert_eq!(details[0], details[1]);
    for requester in [app.user_id(Person::SouthStudent), nothing] {
        let mut body = booking_of_unit(stock.unit(), 24, 26);
        body["requester_user_id"] = json!(requester);
        app.staff().post("/bookings", &body).refused(422, "unknown_reference");
        app.student().post("/bookings", &body).refused(403, "forbidden");
    }
}

#[test]
fn who_is_no_longer_staff_gets_no_replay_of_what_staff_may() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let mut body = booking_of_unit(stock.unit(), 24, 26);
    body["requester_user_id"] = json!(app.user_id(Person::Student));
    let ask = app.staff().post("/bookings", &body).key("for another");
    ask.expect(201);
    let staff = format!("/members/{}", app.user_id(Person::Staff));
    let etag = app.admin().get(&staff).expect(200).etag();
    app.admin().patch(&staff, &etag, &json!({ "roles": ["student"] })).expect(200);
    ask.refused(403, "forbidden");
}

#[test]
fn nobody_books_for_a_closed_account() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let student = format!("/members/{}", app.user_id(Person::Student));
    let etag = app.admin().get(&student).expect(200).etag();
    app.admin().patch(&student, &etag, &json!({ "is_active": false })).expect(200);
    let mut body = booking_of_unit(stock.unit(), 24, 26);
    body["requester_user_id"] = json!(app.user_id(Person::Student));
    app.staff().post("/bookings", &body).refused(422, "unknown_reference");
}

#[test]
fn staff_book_for_a_student_by_the_rules_of_a_student() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let mut body = booking_of_unit(stock.unit(), 24, 26);
    body["requester_user_id"] = json!(app.user_id(Person::Student));
    let booking = app.staff().post("/bookings", &body).expect(201).json();
    assert_eq!(booking["status"], "PENDING");
    assert_eq!(booking["requester_user_id"], app.user_id(Person::Student));
}

#[test]
fn what_is_not_lent_at_present_can_not_be_booked() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let body = booking_of_unit(&stock.units[0], 24, 26);
    let unit = format!("/units/{}", stock.units[0]);
    let etag = app.staff().get(&unit).expect(200).etag();
    app.staff().patch(&unit, &etag, &json!({ "status": "MAINTENANCE" })).expect(200);
    app.student().post("/bookings", &body).refused(409, "not_bookable");
    // Whoever does not name it gets the other one.
    let any = of_resource(&stock.resource, 1, 24, 26);
    let booking = app.student().post("/bookings", &any).expect(201).json();
    assert_eq!(booking["items"][0]["resource_unit_id"], *stock.units[1]);
    let other = app.resource_with_units(1);
    app.staff().delete(&format!("/resources/{}", other.resource)).expect(204);
    let any = of_resource(&other.resource, 1, 24, 26);
    app.student().post("/bookings", &any).refused(409, "not_bookable");
}

#[test]
fn the_policy_says_rule_limit_and_what_was_asked() {
    let app = TestApp::new();
    let stock = app.resource_with_units(11);
    let body = booking_of_unit(&stock.units[0], 24, 24 + 30 * 24 + 1);
    let refusal = app.student().post("/bookings", &body).refused(409, "policy_violation").json();
    assert_eq!(refusal["rule"], "max_booking_days");
    assert_eq!((&refusal["limit"], &refusal["asked"]), (&json!(30), &json!(31)));
    for unit in &stock.units[..10] {
        app.booking(unit, 24, 26);
    }
    let body = booking_of_unit(&stock.units[10], 24, 26);
    let refusal = app.student().post("/bookings", &body).refused(409, "policy_violation").json();
    assert_eq!(refusal["rule"], "max_active_bookings");
    app.staff().book(&stock.units[10], 24, 26);
}

#[test]
fn the_buffer_is_kept_free_and_stays_as_it_was_made() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let resource = format!("/resources/{}", stock.resource);
    let set = |minutes: i64| {
        let etag = app.staff().get(&resource).expect(200).etag();
        app.staff().patch(&resource, &etag, &json!({ "buffer_minutes": minutes })).expect(200);
    };
    set(60);
    app.booking(stock.unit(), 24, 26);
    set(0);
    let late = booking_of_unit(stock.unit(), 26, 28);
    app.student().post("/bookings", &late).refused(409, "unit_unavailable");
    app.booking(stock.unit(), 27, 28);
    app.booking(stock.unit(), 23, 24);
}

#[test]
fn faults_of_the_body_are_all_named() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let body = json!({
        "start_at": at(26), "end_at": at(26), "purpose": "a\u{0}b",
        "items": [{ "resource_id": stock.resource, "quantity": 101 }],
    });
    let refusal = app.student().post("/bookings", &body).refused(422, "validation_failed").json();
    let mut places: Vec<&str> = refusal["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| fault["pointer"].as_str().unwrap())
        .collect();
    places.sort_unstable();
    assert_eq!(places, ["/end_at", "/items/0/quantity", "/purpose"]);
    for items in [
        json!([]),
        json!([{}]),
        json!([{ "resource_id": stock.resource, "resource_unit_id": stock.unit() }]),
        json!([{ "resource_unit_id": stock.unit(), "quantity": 2 }]),
        json!([{ "resource_unit_id": stock.unit() }, { "resource_unit_id": stock.unit() }]),
        json!([{ "resource_id": stock.resource, "quantity": 0 }]),
        json!([{ "resource_id": stock.resource, "colour": "red" }]),
    ] {
        let mut body = booking_of_unit(stock.unit(), 24, 26);
        body["items"] = items;
        app.student().post("/bookings", &body).refused(422, "validation_failed");
    }
}
