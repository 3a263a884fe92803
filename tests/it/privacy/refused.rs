//! What stands in the way of forgetting a person.

use serde_json::json;

use super::{look, path};
use crate::support::{Person, TestApp, at};

/// What the refusal says; nothing of the database has changed.
#[track_caller]
fn refusal(app: &TestApp, person: Person) -> String {
    let before = app.file().dump();
    let found = look(app, person).unwrap();
    let told = found.require_possible().unwrap_err();
    let done = found.carry_out(app.db()).unwrap_err();
    assert_eq!(told.detail(), done.detail());
    assert_eq!(before.difference(&app.file().dump()), "");
    done.detail().to_owned()
}

/// Goes red with the seeded bug `erase_with_open_fine`.
#[test]
fn nobody_is_forgotten_while_something_is_owed() {
    let app = TestApp::new();
    let fine = app.staff().fine(app.student().user_id(), 500);
    app.staff().pay(&fine, 499).expect(201);
    let refusal = refusal(&app, Person::Student);
    assert!(refusal.contains("in North: 1 open fines"), "{refusal}");
    app.staff().pay(&fine, 1).expect(201);
    super::erase(&app, Person::Student);
}

#[test]
fn nobody_is_forgotten_while_something_is_booked_or_out() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 0, 2);
    assert!(refusal(&app, Person::Student).contains("1 active bookings"));
    app.staff().act(&path(&booking, "/approve")).expect(200);
    assert!(refusal(&app, Person::Student).contains("1 active bookings"));
    app.staff().act(&path(&booking, "/check-out")).expect(200);
    let out = refusal(&app, Person::Student);
    assert!(
        out.contains("1 active bookings") && out.contains("1 units that are not back"),
        "{out}"
    );
    let item = json!({ "item_id": booking["items"][0]["id"], "condition": "GOOD" });
    app.staff().post(&path(&booking, "/return"), &json!({ "items": [item] })).expect(200);
    super::erase(&app, Person::Student);
}

#[test]
fn nobody_is_forgotten_while_waiting_but_what_is_over_by_the_clock_is_over() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    app.staff().book(stock.unit(), 24, 48);
    let body = crate::support::booking_of_unit(stock.unit(), 24, 48);
    app.student().post("/waitlist", &body).expect(201);
    let waits = refusal(&app, Person::Student);
    assert!(waits.contains("1 entries of the waitlist"), "{waits}");
    // Its period has begun, and nobody has written since: erasing ends it first.
    app.clock.set(pret::kernel::Timestamp::parse(&at(24)).unwrap());
    look(&app, Person::Student).unwrap().carry_out(app.db()).unwrap();
    app.verify();
}

#[test]
fn the_last_admin_is_not_forgotten() {
    let app = TestApp::new();
    let last = refusal(&app, Person::Admin);
    assert!(last.contains("the last one"), "{last}");
    let staff = format!("/members/{}", app.staff().user_id());
    app.admin().patch(&staff, "*", &json!({ "roles": ["admin"] })).expect(200);
    super::erase(&app, Person::Admin);
}

#[test]
fn what_stands_in_the_way_elsewhere_counts_too() {
    let app = TestApp::new();
    let body = json!({ "email": "student@north.example", "roles": ["student"] });
    let invitation = app.south_admin().post("/members", &body).expect(202).id();
    app.student().act(&format!("/me/invitations/{invitation}/accept")).expect(200);
    app.south_staff().fine(app.student().user_id(), 500);
    let refusal = refusal(&app, Person::Student);
    assert!(refusal.contains("in South: 1 open fines") && !refusal.contains("North"), "{refusal}");
}
