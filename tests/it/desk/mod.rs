//! The pages of the counter: the day, what is late, what a barcode stands for.

mod overdue;
mod scan;
mod today;

use serde_json::{Value, json};

use crate::support::{Caller, TestApp};

/// `/bookings/{id}/{action}`.
fn act(booking: &Value, action: &str) -> String {
    format!("/bookings/{}/{action}", booking["id"].as_str().unwrap())
}

/// What the student books and staff grants, from and to so many hours after the beginning.
fn granted(app: &TestApp, unit: &str, from: i64, to: i64) -> Value {
    let booking = app.booking(unit, from, to);
    app.staff().act(&act(&booking, "approve")).expect(200).json()
}

/// What the student has from now on, to so many hours after the beginning.
fn out(app: &TestApp, unit: &str, from: i64, to: i64) -> Value {
    hand_out(&app.staff(), &granted(app, unit, from, to))
}

/// Hands out all of a booking.
fn hand_out(staff: &Caller<'_>, booking: &Value) -> Value {
    staff.act(&act(booking, "check-out")).expect(200).json()
}

/// The barcode of a unit.
fn barcode(staff: &Caller<'_>, unit: &str) -> String {
    let unit = staff.get(&format!("/units/{unit}")).expect(200).json();
    unit["barcode"].as_str().unwrap().to_owned()
}

/// The ids of the bookings in a list of the day.
fn ids(day: &Value, list: &str) -> Vec<Value> {
    let rows = day[list].as_array().unwrap();
    rows.iter().map(|row| row["booking"]["id"].clone()).collect()
}

/// The ids of bookings.
fn of(bookings: &[&Value]) -> Vec<Value> {
    bookings.iter().map(|booking| booking["id"].clone()).collect()
}

/// How the student is shown.
fn student(app: &TestApp) -> Value {
    json!({
        "id": app.student().user_id(), "email": "student@north.example", "full_name": "Cleo Norden",
    })
}
