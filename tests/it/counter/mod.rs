//! At the counter: handing out, taking back, what is late, what nobody fetches.

mod expiry;
mod extend;
mod hand_out;
mod late;
mod machine;
mod race;
mod take_back;
mod withdraw;

use serde_json::{Value, json};

use crate::support::{Ask, Caller, Stock, TestApp, at};

/// `/bookings/{id}` and an action.
fn path(booking: &Value, action: &str) -> String {
    format!("/bookings/{}{action}", booking["id"].as_str().unwrap())
}

/// An item of a booking.
fn item(booking: &Value, index: usize) -> &Value {
    &booking["items"][index]
}

/// The unit that an item has.
fn unit_of(booking: &Value, index: usize) -> &str {
    item(booking, index)["resource_unit_id"].as_str().unwrap()
}

#[expect(clippy::needless_pass_by_value, reason = "calls read better without &")]
impl Caller<'_> {
    /// The booking as this caller sees it now.
    fn see(&self, booking: &Value) -> Value {
        self.get(&path(booking, "")).expect(200).json()
    }

    /// Hands out what is named, or all.
    fn hand_out(&self, booking: &Value, items: Value) -> Ask {
        self.post(&path(booking, "/check-out"), &items)
    }

    /// Takes back what is named, or all.
    fn take_back(&self, booking: &Value, items: Value) -> Ask {
        self.post(&path(booking, "/return"), &items)
    }

    /// Asks to keep it until so many hours after the beginning.
    fn extend(&self, booking: &Value, to: i64) -> Ask {
        self.patch(&path(booking, ""), "*", &json!({ "end_at": at(to) }))
    }

    /// The barcode of a unit.
    fn barcode(&self, unit: &str) -> String {
        let unit = self.get(&format!("/units/{unit}")).expect(200).json();
        unit["barcode"].as_str().unwrap().to_owned()
    }
}

impl TestApp {
    /// A booking of the student that staff have granted: so many of a resource.
    fn granted(&self, stock: &Stock, quantity: usize, from: i64, to: i64) -> Value {
        self.granted_to(&self.student(), stock, quantity, from, to)
    }

    /// The same for anybody.
    fn granted_to(
        &self,
        whom: &Caller<'_>,
        stock: &Stock,
        quantity: usize,
        from: i64,
        to: i64,
    ) -> Value {
        let body = json!({
            "start_at": at(from), "end_at": at(to), "purpose": "a film about the harbour",
            "items": [{ "resource_id": stock.resource, "quantity": quantity }],
        });
        let booking = whom.post("/bookings", &body).expect(201).json();
        if booking["status"] == "APPROVED" {
            return booking;
        }
        self.staff().act(&path(&booking, "/approve")).expect(200).json()
    }

    /// The same, and all of it is out.
    fn lent(&self, stock: &Stock, quantity: usize, from: i64, to: i64) -> Value {
        let booking = self.granted(stock, quantity, from, to);
        self.staff().hand_out(&booking, json!({})).expect(200).json()
    }
}
