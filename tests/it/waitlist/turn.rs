//! The turn of the queue: who is served, whole or not at all, in the transaction that frees.

use serde_json::json;

use super::{body, booking_path, path, verify};
use crate::support::{TestApp, booking_of_unit, start};

#[test]
fn a_cancelled_booking_is_handed_on_in_its_transaction() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let taken = app.other_student().book(stock.unit(), 24, 48);
    let entry = app.student().wait(stock.unit(), 30, 40);
    let commits = app.db().writer_stats().commits;
    let reply = app.other_student().act(&booking_path(&taken, "/cancel")).expect(200);
    assert_eq!(app.db().writer_stats().commits, commits + 1);
    let org = app.north();
    let head = format!("SELECT max(seq) FROM audit_events WHERE org_id = '{org}'");
    assert_eq!(reply.seq(), app.file().number(&head));
    let entry = app.student().entry(&entry);
    assert_eq!(entry["status"], "OFFERED");
    let offer = &entry["offer"];
    assert_eq!(offer["items"][0]["resource_unit_id"], stock.unit());
    assert_eq!(offer["expires_at"], start().plus(600_000).to_string());
    assert_eq!((&offer["proposal"], &entry["items"][0]["position"]), (&json!(false), &json!(null)));
    let again = booking_of_unit(stock.unit(), 30, 40);
    app.staff().post("/bookings", &again).refused(409, "unit_unavailable");
    verify(&app);
}

#[test]
fn an_entry_is_served_whole_or_not_at_all_in_every_order_of_freeing() {
    for first in [0, 1] {
        let app = TestApp::new();
        let stocks = [app.resource_with_units(1), app.resource_with_units(1)];
        let taken = stocks.each_ref().map(|stock| app.other_student().book(stock.unit(), 24, 48));
        let wanted = body(&[(&stocks[0].resource, 1), (&stocks[1].resource, 1)]);
        let entry = app.student().post("/waitlist", &wanted).expect(201).json();
        app.other_student().act(&booking_path(&taken[first], "/cancel")).expect(200);
        let waiting = app.student().entry(&entry);
        assert_eq!(waiting["status"], "WAITING");
        let skip = format!("Item {}: 0 of 1 units free.", 2 - first);
        assert_eq!(waiting["last_skip"], skip);
        verify(&app);
        app.other_student().act(&booking_path(&taken[1 - first], "/cancel")).expect(200);
        let served = app.student().entry(&entry);
        assert_eq!(served["offer"]["items"].as_array().map(Vec::len), Some(2), "{served}");
        verify(&app);
    }
}

#[test]
fn a_declined_offer_goes_to_the_next_and_an_accepted_one_is_booked() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let taken = app.staff().book(stock.unit(), 24, 48);
    let first = app.student().wait(stock.unit(), 24, 48);
    let second = app.other_student().wait(stock.unit(), 24, 48);
    assert_eq!(app.staff().entry(&second)["items"][0]["position"], 2);
    app.staff().act(&booking_path(&taken, "/cancel")).expect(200);
    app.student().act(&path(&first, "/decline")).expect(200);
    assert_eq!(app.staff().entry(&first)["status"], "CANCELLED");
    assert_eq!(app.staff().entry(&second)["status"], "OFFERED");
    let accepted = app.other_student().act(&path(&second, "/accept")).expect(200).json();
    assert_eq!((&accepted["status"], &accepted["offer"]), (&json!("ACCEPTED"), &json!(null)));
    let booking = json!({ "id": second["booking_id"] });
    let booking = app.other_student().get(&booking_path(&booking, "")).expect(200).json();
    assert_eq!(booking["status"], "PENDING");
    assert_eq!(booking["items"][0]["resource_unit_id"], stock.unit());
    verify(&app);
}

#[test]
fn an_offer_that_ran_out_is_passed_on_by_whoever_writes_next() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let taken = app.staff().book(stock.unit(), 24, 48);
    let first = app.student().wait(stock.unit(), 24, 48);
    let second = app.other_student().wait(stock.unit(), 24, 48);
    app.staff().act(&booking_path(&taken, "/cancel")).expect(200);
    app.advance_minutes(10);
    let late = app.student().act(&path(&first, "/accept"));
    late.refused(409, "offer_expired");
    assert_eq!(app.staff().entry(&first)["status"], "EXPIRED");
    assert_eq!(app.staff().entry(&second)["status"], "OFFERED");
    let again = booking_of_unit(stock.unit(), 24, 48);
    app.staff().post("/bookings", &again).refused(409, "unit_unavailable");
    verify(&app);
}

/// What an offer kept its entry from being looked at for is looked at when it waits again.
#[test]
fn who_waits_again_is_served_what_became_free_meanwhile() {
    for answer in ["/decline", "the end of the proposal"] {
        let app = TestApp::new();
        let (camera, light) = (app.resource_with_units(1), app.resource_with_units(1));
        let taken = app.staff().book(camera.unit(), 24, 48);
        let entry = app.student().wait(camera.unit(), 24, 48);
        let another = json!({ "items": [{ "resource_id": light.resource, "quantity": 1 }] });
        app.staff().post(&path(&entry, "/propose"), &another).expect(200);
        app.staff().act(&booking_path(&taken, "/cancel")).expect(200);
        if answer == "/decline" {
            app.student().act(&path(&entry, answer)).expect(200);
        } else {
            app.advance_minutes(10);
            app.run_jobs();
        }
        let served = app.student().entry(&entry);
        assert_eq!(served["offer"]["items"][0]["resource_unit_id"], camera.unit(), "{served}");
        verify(&app);
    }
}

#[test]
fn who_loses_an_offered_unit_is_served_another_one_that_became_free_meanwhile() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let taken = [0, 1].map(|at| app.staff().book(&stock.units[at], 24, 48));
    let wanted = body(&[(&stock.resource, 1)]);
    let entry = app.student().post("/waitlist", &wanted).expect(201).json();
    for booking in &taken {
        app.staff().act(&booking_path(booking, "/cancel")).expect(200);
    }
    let unit = format!("/units/{}", stock.units[0]);
    app.staff().patch(&unit, "*", &json!({ "status": "LOST" })).expect(200);
    let served = app.student().entry(&entry);
    assert_eq!(served["offer"]["items"][0]["resource_unit_id"], stock.units[1], "{served}");
    verify(&app);
}
