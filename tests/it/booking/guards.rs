//! The second guard: the file itself refuses what would book a unit twice, by name.

use crate::support::{TestApp, booking_of_unit, start};

const HOUR: i64 = 3_600_000;

/// An INSERT of a claim by hand, copied from the one that is there, over other hours.
fn claim_by_hand(from: i64, to: i64) -> String {
    let at = |hours: i64| start().millis() + hours * HOUR;
    format!(
        "INSERT INTO unit_claims (org_id, id, resource_unit_id, start_at, end_at, kind, holder)
         SELECT org_id, 'by-hand', resource_unit_id, {}, {}, kind, holder FROM unit_claims",
        at(from),
        at(to)
    )
}

fn refusal(app: &TestApp, sql: &str) -> String {
    app.sql(sql).expect_err("the file must refuse").to_string()
}

#[test]
fn a_claim_by_hand_that_overlaps_is_refused_and_a_free_one_is_not() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    app.booking(stock.unit(), 24, 26);
    for (from, to) in [(24, 26), (23, 25), (25, 27), (20, 30)] {
        assert_eq!(refusal(&app, &claim_by_hand(from, to)), "unit_claims_overlap");
    }
    app.sql(&claim_by_hand(26, 28)).unwrap();
}

#[test]
fn a_claim_can_not_be_moved_onto_another() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    app.booking(stock.unit(), 24, 26);
    app.sql(&claim_by_hand(30, 32).replace("kind, holder FROM", "kind, 'nobody' FROM")).unwrap();
    let onto = start().millis() + 25 * HOUR;
    let moved = format!("UPDATE unit_claims SET start_at = {onto} WHERE id = 'by-hand'");
    assert_eq!(refusal(&app, &moved), "unit_claims_overlap");
}

#[test]
fn an_item_of_an_active_booking_needs_its_claim() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    app.booking(&stock.units[0], 24, 26);
    let insert = format!(
        "INSERT INTO booking_items (id, org_id, booking_id, position, resource_id,
             resource_unit_id, quantity, named)
         SELECT 'by-hand', org_id, booking_id, 9, resource_id, '{}', 1, 1 FROM booking_items",
        stock.units[1]
    );
    assert_eq!(refusal(&app, &insert), "booking_items_need_claim");
    let swap = format!("UPDATE booking_items SET resource_unit_id = '{}'", stock.units[1]);
    assert_eq!(refusal(&app, &swap), "booking_items_need_claim");
}

#[test]
fn a_booking_becomes_active_only_with_its_claims() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let mut body = booking_of_unit(stock.unit(), 24, 26);
    body["draft"] = true.into();
    app.student().post("/bookings", &body).expect(201);
    assert_eq!(refusal(&app, "UPDATE bookings SET status = 'APPROVED'"), "bookings_need_claims");
}

#[test]
fn no_detour_makes_a_booking_active_without_claims() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 24, 26);
    app.student().act(&format!("/bookings/{}/cancel", booking["id"].as_str().unwrap())).expect(200);
    let columns = "org_id, requester_user_id, start_at, end_at, purpose, version, created_at,
        updated_at";
    let again = |verb: &str| {
        format!(
            "{verb} INTO bookings (id, status, {columns})
             SELECT id, 'APPROVED', {columns} FROM bookings"
        )
    };
    assert_eq!(refusal(&app, &again("INSERT OR REPLACE")), "bookings_need_claims");
    // A file opened without foreign keys takes the items first.
    let orphaned = format!(
        "PRAGMA foreign_keys = OFF;
         CREATE TEMP TABLE kept AS SELECT * FROM bookings;
         DELETE FROM bookings;
         {}",
        again("INSERT").replace("FROM bookings", "FROM kept")
    );
    assert_eq!(refusal(&app, &orphaned), "bookings_need_claims");
}

#[test]
fn no_id_is_moved_onto_another() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    app.booking(&stock.units[0], 24, 26);
    app.other_student().book(&stock.units[1], 24, 26);
    for (table, refused) in
        [("unit_claims", "unit_claims_keep_id"), ("bookings", "bookings_keep_id")]
    {
        let onto = format!("UPDATE OR REPLACE {table} SET id = (SELECT max(id) FROM {table})");
        assert_eq!(refusal(&app, &onto), refused);
    }
}

#[test]
fn a_claim_that_is_held_stays() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 24, 26);
    assert_eq!(refusal(&app, "DELETE FROM unit_claims"), "unit_claims_held");
    let shorter = "UPDATE unit_claims SET end_at = end_at - 1";
    assert_eq!(refusal(&app, shorter), "unit_claims_held");
    let longer = "UPDATE bookings SET end_at = end_at + 1";
    assert_eq!(refusal(&app, longer), "bookings_need_claims");
    let replaced = "INSERT OR REPLACE INTO unit_claims SELECT * FROM unit_claims";
    assert_ne!(refusal(&app, replaced), "");
    app.student().act(&format!("/bookings/{}/cancel", booking["id"].as_str().unwrap())).expect(200);
    assert_eq!(app.file().number("SELECT count(*) FROM unit_claims"), 0);
}

#[test]
fn the_check_alone_refuses_when_the_triggers_are_gone() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    for row in app.file().rows("SELECT name FROM sqlite_schema WHERE type = 'trigger'") {
        let rusqlite::types::Value::Text(name) = &row[0] else { panic!("{row:?}") };
        app.sql(&format!("DROP TRIGGER {name}")).unwrap();
    }
    app.booking(stock.unit(), 24, 26);
    let body = booking_of_unit(stock.unit(), 25, 27);
    app.other_student().post("/bookings", &body).refused(409, "unit_unavailable");
}
