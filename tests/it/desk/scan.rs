//! What a barcode stands for, and that what is offered is what would succeed.

use std::sync::Arc;

use pret::kernel::Timestamp;
use serde_json::{Value, json};

use super::{act, barcode, granted, hand_out, of, out, student};
use crate::support::{Options, Reply, Stock, TestApp, at, booking_of_unit};

fn scan(app: &TestApp, unit: &str) -> Value {
    let path = format!("/desk/scan/{}", barcode(&app.staff(), unit));
    app.staff().get(&path).expect(200).json()
}

fn id(shown: &Value) -> &Value {
    &shown["booking"]["id"]
}

#[test]
fn a_unit_is_shown_with_its_place_and_its_bookings() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let idle = scan(&app, stock.unit());
    let unit = app.staff().get(&format!("/units/{}", stock.unit())).expect(200).json();
    let resource = app.staff().get(&format!("/resources/{}", stock.resource)).expect(200).json();
    assert_eq!(idle["unit"], unit);
    let shown = json!({
        "id": stock.resource, "name": resource["name"], "type": "camera", "status": "AVAILABLE",
    });
    assert_eq!(idle["resource"], shown);
    assert_eq!((&idle["location"], &idle["late"]), (&json!("HERE"), &json!(false)));
    for nothing in ["custody", "current_booking", "next_booking"] {
        assert_eq!(idle[nothing], Value::Null, "{nothing}");
    }
    let booking = out(&app, stock.unit(), 0, 1);
    let next = app.booking(stock.unit(), 2, 3);
    granted(&app, stock.unit(), 4, 5);
    let away = scan(&app, stock.unit());
    let custody = json!({
        "booking_id": booking["id"], "item_id": booking["items"][0]["id"], "since": at(0),
        "due_at": at(1), "requester": student(&app),
    });
    assert_eq!((&away["location"], &away["custody"]), (&json!("OUT"), &custody));
    assert_eq!(away["current_booking"]["booking"], booking);
    assert_eq!(away["current_booking"]["requester"], student(&app));
    assert_eq!((&away["next_booking"]["booking"], &away["late"]), (&next, &json!(false)));
    app.advance_minutes(150);
    let late = scan(&app, stock.unit());
    assert_eq!(late["late"], true);
    // What is late is still out with the one, and the other has begun.
    assert_eq!(
        [id(&late["current_booking"]), id(&late["next_booking"])],
        [&booking["id"], &next["id"]]
    );
}

#[test]
fn what_is_reserved_now_is_current_though_nobody_has_come() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let first = granted(&app, stock.unit(), 1, 3);
    let second = granted(&app, stock.unit(), 3, 5);
    let holders = || {
        let shown = scan(&app, stock.unit());
        [id(&shown["current_booking"]).clone(), id(&shown["next_booking"]).clone()]
    };
    assert_eq!(holders(), [Value::Null, first["id"].clone()]);
    app.advance_minutes(60);
    assert_eq!(holders().to_vec(), of(&[&first, &second]));
}

/// A barcode is any text of 1 to 100 characters.
#[test]
fn a_barcode_is_read_as_it_was_written() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let path = format!("/units/{}", stock.unit());
    for (text, encoded) in [
        ("Größe 1/2", "Gr%C3%B6%C3%9Fe%201%2F2"),
        ("a?b#c%d", "a%3Fb%23c%25d"),
        ("..", "%20..%20"),
        (&"x".repeat(100), &"x".repeat(100)),
    ] {
        app.staff().patch(&path, "*", &json!({ "barcode": text })).expect(200);
        let found = app.staff().get(&format!("/desk/scan/{encoded}")).expect(200).json();
        assert_eq!(
            (&found["unit"]["id"], &found["unit"]["barcode"]),
            (&json!(stock.unit()), &json!(text))
        );
    }
    for bad in ["%20", "a%0Ab", "%00", "%ff", &"x".repeat(101)] {
        let place = format!("/desk/scan/{bad}");
        let refused = app.staff().get(&place).refused(400, "invalid_parameter").json();
        assert_eq!(refused["errors"][0]["parameter"], "barcode", "{bad}");
        app.student().get(&place).refused(403, "forbidden");
    }
}

#[test]
fn what_is_not_here_is_not_found_whoever_has_it() {
    let app = TestApp::new();
    let theirs = app.south_staff().resource_with_units(1);
    let theirs = barcode(&app.south_staff(), theirs.unit());
    let gone = app.resource_with_units(1);
    let gone_code = barcode(&app.staff(), gone.unit());
    app.staff().delete(&format!("/units/{}", gone.unit())).expect(204);
    let answer = |code: &str| {
        let mut answer =
            app.staff().get(&format!("/desk/scan/{code}")).refused(404, "not_found").json();
        answer.as_object_mut().unwrap().remove("instance");
        answer
    };
    assert_eq!(answer(&theirs), answer("unknown"));
    assert_eq!(answer(&gone_code), answer("unknown"));
    app.south_staff().get(&format!("/desk/scan/{theirs}")).expect(200);
    app.student().get("/desk/scan/unknown").refused(403, "forbidden");
    // The barcode of what was deleted can be used again.
    let new = json!({ "barcode": gone_code });
    let new = app.staff().post(&format!("/resources/{}/units", gone.resource), &new).expect(201);
    let found = app.staff().get(&format!("/desk/scan/{gone_code}")).expect(200).json();
    assert_eq!(found["unit"]["id"], new.id());
}

/// A state of a unit, as somebody made it, to be looked at as often as needed.
struct State {
    snapshot: Arc<Vec<u8>>,
    now: Timestamp,
    unit: String,
    bookings: Vec<Value>,
}

impl State {
    /// Prepares a unit of two of its resource; `make` answers the bookings that may be tried.
    fn new(make: impl FnOnce(&TestApp, &Stock) -> Vec<Value>) -> Self {
        let app = TestApp::new();
        let stock = app.resource_with_units(2);
        let bookings = make(&app, &stock);
        let (now, unit) = (pret::kernel::Clock::now(&*app.clock), stock.unit().to_owned());
        Self { snapshot: app.into_snapshot(), now, unit, bookings }
    }

    fn app(&self) -> TestApp {
        let app = Options::default().snapshot(&self.snapshot).start();
        app.clock.set(self.now);
        app
    }

    /// What is offered, each with its booking.
    fn offered(&self) -> Vec<(String, Value)> {
        let actions = scan(&self.app(), &self.unit)["actions"].as_array().unwrap().clone();
        let name = |one: &Value| one["action"].as_str().unwrap().to_owned();
        actions.iter().map(|one| (name(one), one["booking_id"].clone())).collect()
    }

    /// Tries the action in a world of its own.
    fn try_it(&self, booking: &Value, action: &str) -> Reply {
        let app = self.app();
        let body = json!({ "items": [{ "barcode": barcode(&app.staff(), &self.unit) }] });
        app.staff().post(&act(booking, action), &body).send()
    }

    /// Whether maintenance can be planned for later.
    fn can_be_planned(&self) -> bool {
        let later = json!({ "start_at": at(700), "end_at": at(701) });
        let path = format!("/units/{}/maintenance", self.unit);
        self.app().staff().post(&path, &later).send().status() == 201
    }

    /// Whether it can be taken out of service.
    fn can_be_withdrawn(&self) -> bool {
        let path = format!("/units/{}/withdraw", self.unit);
        let status = json!({ "status": "RETIRED" });
        self.app().staff().post(&path, &status).send().status() == 200
    }

    /// Whether asking for service changes something.
    fn can_be_restored(&self) -> bool {
        let app = self.app();
        let path = format!("/units/{}", self.unit);
        let before = app.staff().get(&path).expect(200);
        let wanted = json!({ "status": "AVAILABLE" });
        app.staff().patch(&path, "*", &wanted).expect(200).etag() != before.etag()
    }

    /// Holds what is offered to what happens when it is tried.
    fn check(&self, name: &str, expected: &[&str]) {
        let offered = self.offered();
        let names: Vec<&str> = offered.iter().map(|(action, _)| action.as_str()).collect();
        assert_eq!(names, expected, "{name}");
        for booking in &self.bookings {
            for (action, path) in [("return", "return"), ("check_out", "check-out")] {
                let listed = offered.contains(&(action.to_owned(), booking["id"].clone()));
                let reply = self.try_it(booking, path);
                let worked = reply.status() == 200;
                assert_eq!(worked, listed, "{name}: {action} of\n{booking}\n{reply}");
                assert!(worked || [409, 422].contains(&reply.status()), "{name}: {reply}");
            }
        }
        assert_eq!(self.can_be_planned(), names.contains(&"maintenance"), "{name}");
        assert!(self.can_be_withdrawn() || !names.contains(&"withdraw"), "{name}");
        let restores = names.contains(&"restore_service");
        assert_eq!(self.can_be_restored(), restores, "{name}");
    }
}

const IN_SERVICE: [&str; 2] = ["withdraw", "maintenance"];
const HAND_OUT: [&str; 3] = ["check_out", "withdraw", "maintenance"];
const TAKE_BACK: [&str; 3] = ["return", "withdraw", "maintenance"];

#[test]
fn what_is_out_comes_back_and_what_is_idle_goes_nowhere() {
    State::new(|_, _| vec![]).check("idle", &IN_SERVICE);
    State::new(|app, stock| {
        let out = out(app, stock.unit(), 0, 1);
        vec![out, granted(app, stock.unit(), 2, 3)]
    })
    .check("out", &TAKE_BACK);
    State::new(|app, stock| {
        let out = out(app, stock.unit(), 0, 1);
        let next = granted(app, stock.unit(), 2, 5);
        app.staff().book(&stock.units[1], 2, 5);
        app.advance_minutes(150);
        vec![out, next]
    })
    .check("late, and the next has begun", &TAKE_BACK);
}

#[test]
fn what_is_granted_goes_out_when_its_time_has_come_or_nothing_stands_before_it() {
    State::new(|app, stock| vec![granted(app, stock.unit(), 3, 4)]).check("early", &HAND_OUT);
    State::new(|app, stock| {
        let booking = granted(app, stock.unit(), 3, 4);
        app.advance_minutes(200);
        vec![booking]
    })
    .check("begun", &HAND_OUT);
    State::new(|app, stock| vec![app.booking(stock.unit(), 3, 4)]).check("asked", &IN_SERVICE);
    State::new(|app, stock| {
        vec![granted(app, stock.unit(), 1, 2), granted(app, stock.unit(), 3, 4)]
    })
    .check("two granted: the first", &HAND_OUT);
    State::new(|app, stock| {
        vec![app.booking(stock.unit(), 1, 2), granted(app, stock.unit(), 3, 4)]
    })
    .check("behind a request", &IN_SERVICE);
    State::new(|app, stock| {
        let mut both = booking_of_unit(stock.unit(), 0, 4);
        let other = json!({ "resource_unit_id": stock.units[1] });
        both["items"].as_array_mut().unwrap().push(other);
        let both = app.staff().post("/bookings", &both).expect(201).json();
        let fetched = json!({ "items": [{ "item_id": both["items"][1]["id"] }] });
        vec![app.staff().post(&act(&both, "check-out"), &fetched).expect(200).json()]
    })
    .check("the rest of what is out", &HAND_OUT);
}

/// Goes red with the seeded bug `scan_offers_impossible`.
#[test]
fn what_an_offer_holds_before_a_booking_keeps_it_in_its_place() {
    State::new(|app, stock| {
        let booking = granted(app, stock.unit(), 3, 4);
        let taken = app.staff().book(stock.unit(), 1, 2);
        app.student().post("/waitlist", &booking_of_unit(stock.unit(), 1, 2)).expect(201);
        app.staff().act(&act(&taken, "cancel")).expect(200);
        vec![booking]
    })
    .check("behind an offer", &IN_SERVICE);
}

#[test]
fn who_did_not_come_in_time_gets_nothing_before_anybody_has_written() {
    State::new(|app, stock| {
        let booking = granted(app, stock.unit(), 1, 6);
        app.advance_minutes(3 * 60);
        vec![booking]
    })
    .check("past the grace", &IN_SERVICE);
}

#[test]
fn a_buffer_that_was_raised_since_stands_in_nobodys_way() {
    State::new(|app, stock| {
        let bookings = vec![granted(app, stock.unit(), 1, 2), granted(app, stock.unit(), 2, 3)];
        let policy = json!({ "policy": { "buffer_minutes": 60 } });
        app.admin().patch("/organization", "*", &policy).expect(200);
        bookings
    })
    .check("close neighbours", &HAND_OUT);
}

#[test]
fn what_is_out_of_service_is_offered_its_service_back() {
    let restore = ["restore_service"];
    State::new(|app, stock| {
        let wanted = json!({ "status": "MAINTENANCE" });
        app.staff().patch(&format!("/units/{}", stock.unit()), "*", &wanted).expect(200);
        vec![]
    })
    .check("the unit is away", &restore);
    let away = |app: &TestApp, unit: &str| {
        app.sql(&format!("UPDATE resource_units SET status = 'LOST' WHERE id = '{unit}'")).unwrap();
    };
    State::new(|app, stock| {
        let booking = granted(app, stock.unit(), 1, 2);
        away(app, stock.unit());
        vec![booking]
    })
    .check("reserved, and lost", &restore);
    State::new(|app, stock| {
        let booking = out(app, stock.unit(), 0, 1);
        away(app, stock.unit());
        vec![booking]
    })
    .check("out, and lost", &["return", "restore_service"]);
    State::new(|app, stock| {
        let booking = granted(app, stock.unit(), 1, 2);
        let resource = &stock.resource;
        app.sql(&format!("UPDATE resources SET status = 'DISABLED' WHERE id = '{resource}'"))
            .unwrap();
        vec![booking]
    })
    .check("the resource is closed", &["withdraw"]);
}

#[test]
fn a_booking_of_which_all_is_back_is_nobodys_any_more() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = hand_out(&app.staff(), &granted(&app, stock.unit(), 3, 4));
    assert_eq!(id(&scan(&app, stock.unit())["current_booking"]), &booking["id"]);
    app.staff().act(&act(&booking, "return")).expect(200);
    let shown = scan(&app, stock.unit());
    assert_eq!((&shown["location"], &shown["current_booking"]), (&json!("HERE"), &Value::Null));
}
