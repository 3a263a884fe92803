//! Who is served first: the score, always current, by the README's worked example and by what
//! changes it.

use serde_json::{Value, json};

use super::{booking_path, path, verify};
use crate::support::{Caller, Person, TestApp};

const DAY: i64 = 24 * 60;

/// What a person brings to the counter, and the order of the queue that follows.
struct Standing {
    who: Person,
    role: &'static str,
    days: i64,
    late_returns: i64,
    unpaid_fines: i64,
    active_bookings: i64,
}

/// The three of the README's worked example, in the order in which they joined.
const EXAMPLE: [Standing; 3] = [
    Standing {
        who: Person::OtherStudent,
        role: "student",
        days: 4,
        late_returns: 1,
        unpaid_fines: 1,
        active_bookings: 0,
    },
    Standing {
        who: Person::Student,
        role: "student",
        days: 3,
        late_returns: 0,
        unpaid_fines: 0,
        active_bookings: 1,
    },
    Standing {
        who: Person::Staff,
        role: "staff",
        days: 1,
        late_returns: 0,
        unpaid_fines: 0,
        active_bookings: 0,
    },
];

impl Standing {
    /// The parts of the score by the numbers of the policy, with the arithmetic of school.
    fn parts(&self, weights: &Value) -> [i64; 4] {
        let weight = |name: &str| weights[name].as_i64().unwrap();
        [
            self.days * weight("age_per_day"),
            weights["role"][self.role].as_i64().unwrap(),
            -(self.late_returns * weight("late_return")
                + self.unpaid_fines * weight("unpaid_fine")),
            -(self.active_bookings * weight("active_booking")),
        ]
    }
}

/// A booking that came back an hour late; taking things back comes with the desk.
fn came_back_late(caller: &Caller<'_>, unit: &str) {
    let mut body = crate::support::booking_of_unit(unit, 1, 2);
    body["draft"] = json!(true);
    let id = caller.post("/bookings", &body).expect(201).id();
    let app = caller.app();
    app.sql(&format!("UPDATE bookings SET status = 'RETURNED' WHERE id = '{id}'")).unwrap();
    let late = crate::support::start().millis() + 3 * 3_600_000;
    let out = crate::support::start().millis() + 3_600_000;
    let item = format!(
        "UPDATE booking_items SET checked_out_at = {out}, returned_at = {late}
         WHERE booking_id = '{id}'"
    );
    app.sql(&item).unwrap();
}

/// Brings everybody of the example into the queue of one unit.
fn example(app: &TestApp) -> Vec<Value> {
    let (stock, spare) = (app.resource_with_units(1), app.resource_with_units(1));
    app.admin().book(stock.unit(), 240, 264);
    let mut entries = Vec::new();
    let first = EXAMPLE[0].days;
    for standing in &EXAMPLE {
        let caller = app.caller(standing.who);
        let joins_at = (first - standing.days) * DAY;
        let now = crate::support::start().plus(joins_at * 60_000);
        app.clock.set(now);
        for _ in 0..standing.late_returns {
            app.clock.set(crate::support::start());
            came_back_late(&caller, spare.unit());
            app.clock.set(now);
        }
        for _ in 0..standing.unpaid_fines {
            app.admin().fine(caller.user_id(), 500);
        }
        entries.push(caller.wait(stock.unit(), 240, 264));
        for _ in 0..standing.active_bookings {
            caller.book(spare.unit(), 300, 310);
        }
    }
    app.clock.set(crate::support::start().plus(first * DAY * 60_000));
    entries
}

#[test]
fn the_worked_example_is_what_the_server_answers() {
    let app = TestApp::new();
    let entries = example(&app);
    let policy = app.admin().get("/organization").expect(200).json()["policy"].clone();
    let readme = std::fs::read_to_string("README.md").unwrap();
    let mut expected = Vec::new();
    for (standing, entry) in EXAMPLE.iter().zip(&entries) {
        let parts = standing.parts(&policy["priority_weights"]);
        let shown = app.staff().entry(entry);
        let score = &shown["score"];
        let [age, role, penalties, active] = parts;
        assert_eq!(score["age"], whole(age), "{shown}");
        assert_eq!(score["role"], role);
        assert_eq!(score["penalties"], penalties);
        assert_eq!(score["active_bookings"], active);
        let sum = parts.iter().sum::<i64>();
        assert_eq!(shown["priority_score"], whole(sum));
        let row = format!("| {age} | {role} | {penalties} | {active} | **{sum}** |");
        assert!(readme.contains(&row), "the README's example lacks {row}");
        expected.push((std::cmp::Reverse(sum), entry["id"].clone()));
    }
    expected.sort_by_key(|(sum, _)| *sum);
    let listed = app.staff().get("/waitlist").expect(200).data();
    for (position, ((_, id), entry)) in expected.iter().zip(&listed).enumerate() {
        assert_eq!((&entry["id"], &entry["items"][0]["position"]), (id, &json!(position + 1)));
    }
    verify(&app);
}

/// A whole number as the API writes what may have a fraction.
fn whole(points: i64) -> Value {
    serde_json::from_str(&format!("{points}.0")).unwrap()
}

/// Two wait for a unit, the student since an hour before the other one.
fn two() -> (TestApp, Value, Value, Value) {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let taken = app.staff().book(stock.unit(), 240, 264);
    let first = app.student().wait(stock.unit(), 240, 264);
    app.advance_minutes(60);
    let second = app.other_student().wait(stock.unit(), 240, 264);
    (app, taken, first, second)
}

fn positions(app: &TestApp, entries: [&Value; 2]) -> [Value; 2] {
    entries.map(|entry| app.staff().entry(entry)["items"][0]["position"].clone())
}

#[test]
fn a_role_changes_the_order_at_once() {
    let (app, taken, first, second) = two();
    assert_eq!(positions(&app, [&first, &second]), [1, 2]);
    let roles = json!({ "roles": ["student", "staff"] });
    let member = format!("/members/{}", app.other_student().user_id());
    app.admin().patch(&member, "*", &roles).expect(200);
    assert_eq!(positions(&app, [&first, &second]), [2, 1]);
    app.staff().act(&booking_path(&taken, "/cancel")).expect(200);
    assert_eq!(app.staff().entry(&second)["status"], "OFFERED");
    verify(&app);
}

#[test]
fn active_bookings_push_back_and_ended_ones_no_more() {
    let (app, _, first, second) = two();
    let spare = app.resource_with_units(1);
    let booked = app.student().book(spare.unit(), 300, 310);
    assert_eq!(positions(&app, [&first, &second]), [2, 1]);
    verify(&app);
    app.student().act(&booking_path(&booked, "/cancel")).expect(200);
    assert_eq!(positions(&app, [&first, &second]), [1, 2]);
    verify(&app);
}

/// Goes red with the seeded bug `score_ignores_payment`. What is stored has changed with the COMMIT
/// of the payment, and not when somebody looks.
#[test]
fn a_fine_pushes_back_until_it_is_paid_or_waived() {
    let (app, _, first, second) = two();
    let student = app.student().user_id();
    let stored = || {
        let sql = format!(
            "SELECT penalty_points FROM waitlist_entries WHERE requester_user_id = '{student}'"
        );
        app.file().number(&sql)
    };
    let fine = app.staff().fine(student, 300);
    assert_eq!((stored(), positions(&app, [&first, &second])), (-10, [2, 1].map(Value::from)));
    verify(&app);
    app.staff().pay(&fine, 299).expect(201);
    assert_eq!(stored(), -10, "a fine counts until nothing of it is open");
    app.staff().pay(&fine, 1).expect(201);
    assert_eq!((stored(), positions(&app, [&first, &second])), (0, [1, 2].map(Value::from)));
    verify(&app);
    let other = app.staff().fine(student, 300);
    assert_eq!(stored(), -10);
    let waive = format!("/fines/{}/waive", other["id"].as_str().unwrap());
    app.staff().post(&waive, &json!({ "note": "forgiven" })).expect(200);
    assert_eq!((stored(), positions(&app, [&first, &second])), (0, [1, 2].map(Value::from)));
    verify(&app);
}

#[test]
fn weights_of_the_policy_change_the_order_at_once() {
    let (app, _, first, second) = two();
    let member = format!("/members/{}", app.student().user_id());
    app.admin().patch(&member, "*", &json!({ "roles": ["staff"] })).expect(200);
    let ignored = json!({ "policy": { "priority_weights": { "role": { "staff": 0 } } } });
    app.admin().patch("/organization", "*", &ignored).expect(200);
    assert_eq!(app.staff().entry(&first)["score"]["role"], 0);
    verify(&app);
    let timeless = json!({ "policy": { "priority_weights": {
        "age_per_day": 0, "role": { "student": 7 }
    } } });
    app.admin().patch("/organization", "*", &timeless).expect(200);
    assert_eq!(positions(&app, [&first, &second]), [2, 1]);
    assert_eq!(app.staff().entry(&second)["priority_score"], 7.0);
    verify(&app);
}

#[test]
fn a_late_return_counts_for_twelve_months_and_no_longer() {
    let app = TestApp::new();
    let (stock, spare) = (app.resource_with_units(1), app.resource_with_units(1));
    let far = 24 * 370;
    app.admin()
        .patch("/organization", "*", &json!({ "policy": { "max_advance_days": null } }))
        .expect(200);
    app.staff().book(stock.unit(), far, far + 48);
    came_back_late(&app.student(), spare.unit());
    let entry = app.student().wait(stock.unit(), far + 24, far + 48);
    assert_eq!(entry["score"]["penalties"], -15);
    let forgotten = 365 * DAY + 3 * 60;
    app.advance_minutes(forgotten - 1);
    app.staff().post("/tags", &json!({ "name": "a write" })).expect(201);
    assert_eq!(app.staff().entry(&entry)["score"]["penalties"], -15);
    app.advance_minutes(1);
    app.staff().post("/tags", &json!({ "name": "another write" })).expect(201);
    let stored = app.file().number("SELECT penalty_points FROM waitlist_entries");
    assert_eq!(stored, 0, "the stored score is refreshed when the return is forgotten");
    assert_eq!(app.staff().entry(&entry)["score"]["penalties"], 0);
    verify(&app);
}

/// Goes red with the seeded bug `let_go_is_late`.
#[test]
fn what_was_let_go_unfetched_did_not_come_back_late() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let both = json!([{ "resource_id": stock.resource, "quantity": 2 }]);
    let mut body = crate::support::booking_of_unit(stock.unit(), 0, 1);
    body["items"] = both;
    let booking = app.student().post("/bookings", &body).expect(201).json();
    app.staff().act(&booking_path(&booking, "/approve")).expect(200);
    let first = json!({ "items": [{ "item_id": booking["items"][0]["id"] }] });
    app.staff().post(&booking_path(&booking, "/check-out"), &first).expect(200);
    app.staff().act(&booking_path(&booking, "/return")).expect(200);
    // It is let go at its end, which the timer finds out a little later.
    app.clock.advance(3_600_001);
    app.run_jobs();
    let over = app.student().get(&booking_path(&booking, "")).expect(200).json();
    assert_eq!(over["status"], "RETURNED");
    app.other_student().book(stock.unit(), 30, 40);
    let entry = app.student().wait(stock.unit(), 30, 40);
    assert_eq!(entry["score"]["penalties"], 0);
    verify(&app);
}

#[test]
fn an_entry_that_ended_keeps_its_parts_and_has_no_place() {
    let (app, _, first, second) = two();
    app.student().act(&path(&first, "/cancel")).expect(200);
    let spare = app.resource_with_units(1);
    app.student().book(spare.unit(), 300, 310);
    let ended = app.staff().entry(&first);
    assert_eq!(ended["score"]["active_bookings"], 0);
    assert_eq!(ended["items"][0]["position"], json!(null));
    assert_eq!(app.staff().entry(&second)["items"][0]["position"], 1);
    verify(&app);
}

#[test]
fn verify_finds_a_score_that_is_not_what_it_should_be() {
    let (app, ..) = two();
    app.sql("UPDATE waitlist_entries SET role_points = role_points + 1").unwrap();
    let org = app.north().parse().unwrap();
    let faults = app
        .db()
        .read(|global| pret::waitlist::verify(&global.within(org, pret::kernel::Actor::system())));
    let faults = faults.unwrap();
    assert!(faults.len() == 2 && faults[0].contains("score"), "{faults:?}");
}
