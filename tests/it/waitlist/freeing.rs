//! Everything that frees a unit hands it on, in the same transaction.

use serde_json::{Value, json};

use super::{booking_path, path, verify};
use crate::support::{Stock, TestApp, at, booking_of_unit, unique};

/// The student waits for any unit of a resource whose only unit staff have.
struct Waiting {
    app: TestApp,
    stock: Stock,
    taken: Value,
    entry: Value,
}

impl Waiting {
    fn new() -> Self {
        let app = TestApp::new();
        let stock = app.resource_with_units(1);
        let taken = app.other_student().book(stock.unit(), 24, 48);
        let wanted = super::body(&[(&stock.resource, 1)]);
        let entry = app.student().post("/waitlist", &wanted).expect(201).json();
        Self { app, stock, taken, entry }
    }

    fn status(&self) -> Value {
        self.app.staff().entry(&self.entry)["status"].clone()
    }

    #[track_caller]
    fn is_served(&self) {
        assert_eq!(self.status(), "OFFERED");
        verify(&self.app);
    }

    fn resource(&self) -> String {
        format!("/resources/{}", self.stock.resource)
    }

    fn set_policy(&self, policy: &Value) {
        self.app.admin().patch("/organization", "*", &json!({ "policy": policy })).expect(200);
    }
}

#[test]
fn a_rejected_booking() {
    let waiting = Waiting::new();
    waiting.app.staff().act(&booking_path(&waiting.taken, "/reject")).expect(200);
    waiting.is_served();
}

#[test]
fn a_booking_that_moves_away() {
    let waiting = Waiting::new();
    let later = json!({ "start_at": at(48), "end_at": at(72) });
    let path = booking_path(&waiting.taken, "");
    waiting.app.other_student().patch(&path, "*", &later).expect(200);
    waiting.is_served();
}

#[test]
fn a_booking_that_only_gets_shorter_may_not_do() {
    let waiting = Waiting::new();
    let path = booking_path(&waiting.taken, "");
    let shorter = json!({ "end_at": at(30) });
    waiting.app.other_student().patch(&path, "*", &shorter).expect(200);
    assert_eq!(waiting.status(), "WAITING");
    assert_eq!(waiting.app.staff().entry(&waiting.entry)["last_skip"], json!(null));
    verify(&waiting.app);
}

#[test]
fn a_unit_that_is_added() {
    let waiting = Waiting::new();
    let unit = json!({ "barcode": unique("unit") });
    let path = format!("{}/units", waiting.resource());
    waiting.app.staff().post(&path, &unit).expect(201);
    waiting.is_served();
}

#[test]
fn a_unit_that_is_restored() {
    let waiting = Waiting::new();
    waiting.set_policy(&json!({ "auto_offer": false }));
    let path = format!("{}/units", waiting.resource());
    let unit =
        waiting.app.staff().post(&path, &json!({ "barcode": unique("unit") })).expect(201).id();
    waiting.app.staff().delete(&format!("/units/{unit}")).expect(204);
    waiting.set_policy(&json!({ "auto_offer": true }));
    assert_eq!(waiting.status(), "WAITING");
    waiting.app.staff().act(&format!("/units/{unit}/restore")).expect(200);
    waiting.is_served();
}

#[test]
fn a_unit_that_is_back_in_service() {
    let waiting = Waiting::new();
    let path = format!("{}/units", waiting.resource());
    waiting.set_policy(&json!({ "auto_offer": false }));
    let unit =
        waiting.app.staff().post(&path, &json!({ "barcode": unique("unit") })).expect(201).id();
    let set = |status: &str| {
        let patch = json!({ "status": status });
        waiting.app.staff().patch(&format!("/units/{unit}"), "*", &patch).expect(200)
    };
    set("MAINTENANCE");
    waiting.set_policy(&json!({ "auto_offer": true }));
    assert_eq!(waiting.status(), "WAITING");
    set("AVAILABLE");
    waiting.is_served();
}

#[test]
fn a_resource_that_is_back_in_service() {
    let waiting = Waiting::new();
    waiting.set_policy(&json!({ "auto_offer": false }));
    waiting.app.staff().act(&booking_path(&waiting.taken, "/cancel")).expect(200);
    let set = |status: &str| {
        let patch = json!({ "status": status });
        waiting.app.staff().patch(&waiting.resource(), "*", &patch).expect(200)
    };
    set("MAINTENANCE");
    waiting.set_policy(&json!({ "auto_offer": true }));
    assert_eq!(waiting.status(), "WAITING");
    set("AVAILABLE");
    waiting.is_served();
}

#[test]
fn a_resource_that_is_restored() {
    let waiting = Waiting::new();
    waiting.set_policy(&json!({ "auto_offer": false }));
    waiting.app.staff().act(&booking_path(&waiting.taken, "/cancel")).expect(200);
    waiting.app.staff().delete(&waiting.resource()).expect(204);
    waiting.set_policy(&json!({ "auto_offer": true }));
    assert_eq!(waiting.status(), "WAITING");
    waiting.app.staff().act(&format!("{}/restore", waiting.resource())).expect(200);
    waiting.is_served();
}

#[test]
fn auto_offer_that_is_switched_on() {
    let waiting = Waiting::new();
    waiting.set_policy(&json!({ "auto_offer": false }));
    waiting.app.staff().act(&booking_path(&waiting.taken, "/cancel")).expect(200);
    assert_eq!(waiting.status(), "WAITING");
    waiting.set_policy(&json!({ "auto_offer": true }));
    waiting.is_served();
}

#[test]
fn a_buffer_that_gets_shorter() {
    for of_resource in [true, false] {
        let app = TestApp::new();
        let stock = app.resource_with_units(1);
        let buffer = |minutes: i64| {
            let patch = json!({ "buffer_minutes": minutes });
            if of_resource {
                let path = format!("/resources/{}", stock.resource);
                app.staff().patch(&path, "*", &patch).expect(200)
            } else {
                app.admin().patch("/organization", "*", &json!({ "policy": patch })).expect(200)
            }
        };
        buffer(60);
        app.staff().book(stock.unit(), 48, 72);
        let entry = app.student().wait(stock.unit(), 24, 48);
        buffer(0);
        assert_eq!(app.student().entry(&entry)["status"], "OFFERED", "{of_resource}");
        verify(&app);
    }
}

#[test]
fn an_offer_whose_unit_leaves_service_is_withdrawn_and_the_place_kept() {
    let waiting = Waiting::new();
    waiting.app.staff().act(&booking_path(&waiting.taken, "/cancel")).expect(200);
    waiting.is_served();
    let unit = format!("/units/{}", waiting.stock.unit());
    let lost = json!({ "status": "LOST" });
    waiting.app.staff().patch(&unit, "*", &lost).expect(200);
    let entry = waiting.app.student().entry(&waiting.entry);
    assert_eq!((&entry["status"], &entry["items"][0]["position"]), (&json!("WAITING"), &json!(1)));
    verify(&waiting.app);
    let another = format!("{}/units", waiting.resource());
    waiting.app.staff().post(&another, &json!({ "barcode": unique("unit") })).expect(201);
    waiting.is_served();
}

#[test]
fn one_freeing_serves_several_and_small_requests_pass_a_large_one() {
    let app = TestApp::new();
    let stock = app.resource_with_units(3);
    let all = super::body(&[(&stock.resource, 3)]);
    let three = app.staff().post("/bookings", &all).expect(201).json();
    let large = app.admin().post("/waitlist", &all).expect(201).json();
    app.advance_minutes(1);
    let small = super::body(&[(&stock.resource, 1)]);
    let first = app.student().post("/waitlist", &small).expect(201).json();
    let second = app.other_student().post("/waitlist", &small).expect(201).json();
    let one = json!({ "items": [{ "resource_id": stock.resource, "quantity": 1 }] });
    app.staff().patch(&booking_path(&three, ""), "*", &one).expect(200);
    let passed = app.staff().entry(&large);
    assert_eq!(
        (&passed["status"], &passed["last_skip"]),
        (&json!("WAITING"), &json!("Item 1: 2 of 3 units free."))
    );
    for entry in [&first, &second] {
        assert_eq!(app.staff().entry(entry)["status"], "OFFERED");
    }
    verify(&app);
}

#[test]
fn the_best_over_all_queues_comes_first() {
    let app = TestApp::new();
    let (camera, light) = (app.resource_with_units(1), app.resource_with_units(1));
    let both = super::body(&[(&camera.resource, 1), (&light.resource, 1)]);
    let taken = app.staff().post("/bookings", &both).expect(201).json();
    let light_only = super::body(&[(&light.resource, 1)]);
    let first = app.student().post("/waitlist", &light_only).expect(201).json();
    app.advance_minutes(1);
    let second = app.other_student().post("/waitlist", &both).expect(201).json();
    app.staff().act(&booking_path(&taken, "/cancel")).expect(200);
    assert_eq!(app.staff().entry(&first)["status"], "OFFERED");
    let second = app.staff().entry(&second);
    assert_eq!(
        (&second["status"], &second["last_skip"]),
        (&json!("WAITING"), &json!("Item 2: 0 of 1 units free."))
    );
    verify(&app);
}

#[test]
fn what_waits_expires_when_its_period_begins() {
    let waiting = Waiting::new();
    waiting.app.clock.set(crate::support::start().plus(24 * 3_600_000));
    waiting.app.staff().post("/tags", &json!({ "name": "a write" })).expect(201);
    assert_eq!(waiting.status(), "EXPIRED");
    let request = json!({ "id": waiting.entry["booking_id"] });
    let request = waiting.app.student().get(&booking_path(&request, "")).expect(200).json();
    assert_eq!(request["status"], "EXPIRED");
    verify(&waiting.app);
}

#[test]
fn an_offer_ends_at_the_latest_when_its_period_begins() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let taken = app.staff().book(stock.unit(), 1, 2);
    let entry = app.student().wait(stock.unit(), 1, 2);
    app.advance_minutes(55);
    app.staff().act(&booking_path(&taken, "/cancel")).expect(200);
    assert_eq!(app.student().entry(&entry)["offer"]["expires_at"], at(1));
}

#[test]
fn who_books_the_same_thing_directly_keeps_the_entry() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let taken = app.staff().book(stock.unit(), 24, 48);
    let entry = app.student().wait(stock.unit(), 24, 48);
    app.admin()
        .patch("/organization", "*", &json!({ "policy": { "auto_offer": false } }))
        .expect(200);
    app.staff().act(&booking_path(&taken, "/cancel")).expect(200);
    app.student().book(stock.unit(), 24, 48);
    assert_eq!(app.student().entry(&entry)["status"], "WAITING");
    verify(&app);
}

/// Nothing that goes wrong in the turn makes the cancellation fail; it is made up for later.
#[test]
fn a_fault_in_the_turn_is_tried_again_and_stops_nobody() {
    let waiting = Waiting::new();
    let app = &waiting.app;
    app.sql(
        "CREATE TRIGGER broken BEFORE INSERT ON waitlist_offers
             BEGIN SELECT RAISE(ABORT, 'broken'); END",
    )
    .unwrap();
    let reply = app.staff().act(&booking_path(&waiting.taken, "/cancel")).expect(200);
    assert_eq!(reply.json()["status"], "CANCELLED");
    assert_eq!(waiting.status(), "WAITING");
    app.sql("DROP TRIGGER broken").unwrap();
    app.run_jobs();
    waiting.is_served();
}

#[test]
fn a_fault_in_what_is_due_does_not_stop_what_is_freed_from_being_handed_on() {
    let waiting = Waiting::new();
    let app = &waiting.app;
    let other = app.resource_with_units(1);
    app.staff().book(other.unit(), 1, 2);
    let due = app.admin().wait(other.unit(), 1, 2);
    app.sql(&format!(
        "CREATE TRIGGER broken BEFORE UPDATE ON waitlist_entries WHEN NEW.id = '{}'
             BEGIN SELECT RAISE(ABORT, 'broken'); END",
        due["id"].as_str().unwrap()
    ))
    .unwrap();
    app.advance_minutes(60);
    app.staff().act(&booking_path(&waiting.taken, "/cancel")).expect(200);
    waiting.is_served();
}

/// Whatever the turn itself left before it failed is undone with it, else it would go on for ever.
#[test]
fn a_fault_behind_what_the_turn_freed_is_not_tried_again_in_the_same_write() {
    let waiting = Waiting::new();
    let app = &waiting.app;
    app.staff().act(&booking_path(&waiting.taken, "/cancel")).expect(200);
    app.sql(
        "CREATE TRIGGER broken BEFORE INSERT ON notifications
             BEGIN SELECT RAISE(ABORT, 'broken'); END",
    )
    .unwrap();
    let unit = format!("/units/{}", waiting.stock.unit());
    app.staff().patch(&unit, "*", &json!({ "status": "LOST" })).expect(200);
    assert_eq!(waiting.status(), "OFFERED");
    app.sql("DROP TRIGGER broken").unwrap();
    app.run_jobs();
    assert_eq!(waiting.status(), "WAITING");
    verify(app);
}

#[test]
fn who_is_gone_leaves_also_when_the_turn_failed_at_first() {
    let waiting = Waiting::new();
    let app = &waiting.app;
    app.sql(
        "CREATE TRIGGER broken BEFORE UPDATE ON waitlist_entries
             BEGIN SELECT RAISE(ABORT, 'broken'); END",
    )
    .unwrap();
    app.admin().delete(&format!("/members/{}", app.student().user_id())).expect(204);
    assert_eq!(waiting.status(), "WAITING");
    app.sql("DROP TRIGGER broken").unwrap();
    app.run_jobs();
    assert_eq!(waiting.status(), "CANCELLED");
    verify(app);
}

#[test]
fn a_fault_in_one_organization_stops_the_timer_in_no_other() {
    for broken in ["north", "south"] {
        let app = TestApp::new();
        let desks = [(app.staff(), app.student()), (app.south_staff(), app.south_student())];
        let entries = desks.each_ref().map(|(staff, student)| {
            let stock = staff.resource_with_units(1);
            staff.book(stock.unit(), 24, 48);
            student.wait(stock.unit(), 24, 48)
        });
        let org = if broken == "north" { app.north() } else { app.south() };
        app.sql(&format!(
            "CREATE TRIGGER broken BEFORE UPDATE ON waitlist_entries WHEN NEW.org_id = '{org}'
                 BEGIN SELECT RAISE(ABORT, 'broken'); END",
        ))
        .unwrap();
        app.advance_minutes(24 * 60);
        assert!(app.try_jobs().is_err(), "the fault must be told");
        let whole = usize::from(broken == "north");
        assert_eq!(desks[whole].0.entry(&entries[whole])["status"], "EXPIRED", "{broken}");
        assert_eq!(desks[1 - whole].0.entry(&entries[1 - whole])["status"], "WAITING");
    }
}

#[test]
fn the_timer_ends_offers_when_nobody_writes_and_says_so() {
    let waiting = Waiting::new();
    let app = &waiting.app;
    let next = app.other_student();
    app.staff().act(&booking_path(&waiting.taken, "/cancel")).expect(200);
    let second = next.post("/waitlist", &booking_of_unit(waiting.stock.unit(), 24, 48)).expect(201);
    let second = second.json();
    let jobs = || app.admin().get("/health/details").expect(200).json()["jobs"].clone();
    let expires = app.student().entry(&waiting.entry)["offer"]["expires_at"].clone();
    assert_eq!((&jobs()["next_due_at"], &jobs()["lag_ms"]), (&expires, &json!(0)));
    assert_eq!(jobs()["last_run_at"], json!(null));
    app.advance_minutes(11);
    assert_eq!(jobs()["lag_ms"], 60_000);
    app.run_jobs();
    assert_eq!(waiting.status(), "EXPIRED");
    assert_eq!(app.staff().entry(&second)["status"], "OFFERED");
    assert_eq!(
        (&jobs()["lag_ms"], &jobs()["last_run_at"]),
        (&json!(0), &json!(crate::support::minutes(11)))
    );
    let south = app.south_admin().get("/health/details").expect(200).json();
    assert_eq!(
        south["jobs"]["next_due_at"],
        json!(null),
        "of another organization nothing is told"
    );
    app.other_student().act(&path(&second, "/accept")).expect(200);
    verify(app);
}
