//! What the waitlist tells the one who waits.

use serde_json::{Value, json};

use super::{booking_path, path};
use crate::support::{Caller, TestApp, at, minutes};

/// Kind, entry and further facts of what is unread, the newest first.
fn unread(caller: &Caller<'_>) -> Vec<Value> {
    caller.get("/me/notifications").expect(200).data()
}

fn kinds(caller: &Caller<'_>) -> Vec<Value> {
    unread(caller).iter().map(|one| one["kind"].clone()).collect()
}

#[test]
fn an_offer_is_told_with_its_end_and_so_is_that_it_ran_out() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let taken = app.staff().book(stock.unit(), 24, 48);
    let entry = app.student().wait(stock.unit(), 24, 48);
    assert!(unread(&app.student()).is_empty());
    app.staff().act(&booking_path(&taken, "/cancel")).expect(200);
    let told = unread(&app.student());
    assert_eq!((&told[0]["kind"], told.len()), (&json!("OFFER_MADE"), 1));
    assert_eq!(told[0]["waitlist_entry_id"], entry["id"]);
    assert_eq!(told[0]["booking_id"], entry["booking_id"]);
    assert_eq!(told[0]["expires_at"], minutes(10));
    app.advance_minutes(10);
    app.run_jobs();
    assert_eq!(kinds(&app.student()), ["OFFER_ENDED", "OFFER_MADE"]);
}

#[test]
fn what_the_desk_decides_is_told_and_what_one_does_oneself_is_not() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    app.staff().book(stock.unit(), 24, 48);
    let refused = app.student().wait(stock.unit(), 24, 48);
    app.staff().post(&path(&refused, "/reject"), &json!({ "note": "not this week" })).expect(200);
    let told = &unread(&app.student())[0];
    assert_eq!((&told["kind"], &told["status"]), (&json!("DECIDED"), &json!("REJECTED")));
    assert_eq!(told["note"], "not this week");
    let left = app.student().wait(stock.unit(), 24, 48);
    app.student().act(&path(&left, "/cancel")).expect(200);
    let taken_off = app.student().wait(stock.unit(), 24, 48);
    app.staff().act(&path(&taken_off, "/cancel")).expect(200);
    assert_eq!(unread(&app.student())[0]["status"], "CANCELLED");
    let ended = app.student().wait(stock.unit(), 24, 48);
    app.admin().act(&path(&ended, "/expire")).expect(200);
    let proposed = app.student().wait(stock.unit(), 24, 48);
    let later = json!({ "start_at": at(48), "end_at": at(72), "note": "a day later?" });
    app.staff().post(&path(&proposed, "/propose"), &later).expect(200);
    assert_eq!(unread(&app.student())[0]["note"], "a day later?");
    app.staff().act(&path(&proposed, "/approve")).expect(200);
    let told = kinds(&app.student());
    assert_eq!(told, ["DECIDED", "OFFER_MADE", "EXPIRED", "DECIDED", "DECIDED"]);
}

#[test]
fn what_expired_while_it_waited_is_told() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    app.staff().book(stock.unit(), 24, 48);
    app.student().wait(stock.unit(), 24, 48);
    app.advance_minutes(24 * 60);
    app.run_jobs();
    assert_eq!(kinds(&app.student()), ["EXPIRED"]);
}

#[test]
fn an_offer_that_is_withdrawn_is_told() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let taken = app.staff().book(stock.unit(), 24, 48);
    app.student().wait(stock.unit(), 24, 48);
    app.staff().act(&booking_path(&taken, "/cancel")).expect(200);
    app.staff()
        .patch(&format!("/units/{}", stock.unit()), "*", &json!({ "status": "LOST" }))
        .expect(200);
    assert_eq!(kinds(&app.student()), ["OFFER_ENDED", "OFFER_MADE"]);
}
