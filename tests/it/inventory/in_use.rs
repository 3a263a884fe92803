//! What active bookings hold stays in service.

use serde_json::json;

use crate::support::{Stock, TestApp};

/// Every way in which the unit or its resource would leave service.
fn withdrawals(app: &TestApp, stock: &Stock) -> Vec<crate::support::Ask> {
    let staff = app.staff();
    let resource = format!("/resources/{}", stock.resource);
    let unit = format!("/units/{}", stock.unit());
    vec![
        staff.patch(&resource, "*", &json!({ "status": "MAINTENANCE" })),
        staff.patch(&resource, "*", &json!({ "status": "DISABLED" })),
        staff.patch(&unit, "*", &json!({ "status": "MAINTENANCE" })),
        staff.patch(&unit, "*", &json!({ "status": "LOST" })),
        staff.patch(&unit, "*", &json!({ "status": "RETIRED" })),
        staff.delete(&unit),
        staff.delete(&resource),
    ]
}

#[test]
fn what_an_active_booking_holds_stays_in_service() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let later = app.booking(stock.unit(), 30, 32);
    let sooner = app.booking(stock.unit(), 24, 26);
    let before = app.file().dump();
    for ask in withdrawals(&app, &stock) {
        let refused = ask.refused(409, "in_use").json();
        assert_eq!(refused["bookings"], json!([sooner["id"], later["id"]]));
    }
    assert_eq!(before.difference(&app.file().dump()), "");
    // What the booking does not hold is free to go, and so is everything but the status.
    app.staff().delete(&format!("/units/{}", stock.units[1])).expect(204);
    let unit = format!("/units/{}", stock.unit());
    app.staff().patch(&unit, "*", &json!({ "condition": "WORN" })).expect(200);
}

#[test]
fn what_a_cancelled_booking_held_may_leave_service() {
    let app = TestApp::new();
    for index in 0..7 {
        let stock = app.resource_with_units(1);
        let booking = app.booking(stock.unit(), 24, 26);
        let id = booking["id"].as_str().unwrap();
        app.student().act(&format!("/bookings/{id}/cancel")).expect(200);
        let reply = withdrawals(&app, &stock)[index].send();
        assert!([200, 204].contains(&reply.status()), "{reply}");
    }
}

#[test]
fn a_booking_that_is_over_holds_nothing() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 1, 2)["id"].clone();
    app.staff().act(&format!("/bookings/{}/approve", booking.as_str().unwrap())).expect(200);
    app.advance_minutes(119);
    app.staff().delete(&format!("/units/{}", stock.unit())).refused(409, "in_use");
    app.advance_minutes(1);
    app.staff().delete(&format!("/units/{}", stock.unit())).expect(204);
}
