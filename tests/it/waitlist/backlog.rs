//! More that falls due at once than one write ends: the last of it lives no longer for that.

use serde_json::{Value, json};

use super::{booking_path, path, verify};
use crate::support::TestApp;

/// One write ends so many and leaves one.
const OFFERS: usize = 65;

#[test]
fn an_offer_that_one_write_could_not_end_is_over_all_the_same() {
    let app = TestApp::new();
    let stock = app.resource_with_units(OFFERS);
    let taken: Vec<Value> = stock.units.iter().map(|unit| app.staff().book(unit, 24, 48)).collect();
    let wait = |unit: &String| app.student().wait(unit, 24, 48);
    let entries: Vec<Value> = stock.units.iter().map(wait).collect();
    let (last_taken, others) = taken.split_last().unwrap();
    for booking in others {
        app.staff().act(&booking_path(booking, "/cancel")).expect(200);
    }
    // What is due the longest is ended first.
    app.clock.advance(1);
    app.staff().act(&booking_path(last_taken, "/cancel")).expect(200);
    app.advance_minutes(10);
    let last = &entries[OFFERS - 1];
    app.student().act(&path(last, "/accept")).refused(409, "offer_expired");
    assert_eq!(app.staff().entry(last)["status"], "OFFERED");
    app.student().act(&path(last, "/accept")).refused(409, "offer_expired");
    assert_eq!(app.staff().entry(last)["status"], "EXPIRED");
    verify(&app);
}

#[test]
fn a_period_that_has_begun_is_neither_offered_nor_granted() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    app.staff().book(stock.unit(), 1, 2);
    let limit = json!({ "policy": { "auto_offer": false } });
    app.admin().patch("/organization", "*", &limit).expect(200);
    let wait = |_| app.student().wait(stock.unit(), 1, 2);
    let entries: Vec<Value> = (0..OFFERS * 3).map(wait).collect();
    let taken = app.staff().get("/bookings?status=APPROVED").expect(200).data();
    app.staff().act(&booking_path(&taken[0], "/cancel")).expect(200);
    app.advance_minutes(61);
    let last = &entries[OFFERS * 3 - 1];
    for action in ["/offer", "/approve"] {
        let refused = app.staff().act(&path(last, action)).refused(409, "invalid_transition");
        assert_eq!(refused.json()["current_status"], "WAITING");
    }
    app.run_jobs();
    assert_eq!(app.staff().entry(last)["status"], "EXPIRED");
    verify(&app);
}
