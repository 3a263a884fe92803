//! What others see is the same before and after a person is forgotten.

use serde_json::Value;

use super::{Life, erase};
use crate::support::{Person, TestApp, at};

/// What can be counted, by staff who look at everything.
fn counts(app: &TestApp, resource: &str) -> Vec<Value> {
    let get = |path: &str| app.staff().get(path).expect(200).json();
    let sums = app.file().rows(
        "SELECT status, kind, count(*), sum(amount_cents), sum(paid_cents) FROM fines
         GROUP BY status, kind ORDER BY status, kind",
    );
    let states = app.file().rows(
        "SELECT iif(status = 'DRAFT', 'CANCELLED', status) AS state, start_at, end_at,
             resource_unit_id, checked_out_at, returned_at, return_condition
         FROM bookings AS b JOIN booking_items AS i ON i.booking_id = b.id ORDER BY b.id, i.id",
    );
    let entries = app.file().rows("SELECT id, status, start_at FROM waitlist_entries ORDER BY id");
    let range = format!("from={}&to={}", at(0), at(300));
    vec![
        get(&format!("/resources/{resource}")),
        get(&format!("/resources/{resource}/availability?{range}")),
        get(&format!("/availability?type=camera&{range}")),
        get("/desk/today"),
        get("/desk/overdue"),
        get("/fines/payments"),
        format!("{sums:?} {states:?} {entries:?}").into(),
    ]
}

#[test]
fn erasing_changes_no_count_no_period_and_no_amount() {
    let Life { app, stock, .. } = Life::lived();
    let before = counts(&app, &stock.resource);
    erase(&app, Person::Student);
    assert_eq!(before, counts(&app, &stock.resource));
}

#[test]
fn passing_on_by_age_changes_no_count_no_period_and_no_amount() {
    let Life { app, stock, .. } = Life::lived();
    super::retention::keep(&app, 12);
    super::retention::later(&app, 13);
    let before = counts(&app, &stock.resource);
    app.tidy();
    assert_eq!(before, counts(&app, &stock.resource));
}
