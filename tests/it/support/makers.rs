//! Things to test with, made the way users make them.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use super::{Ask, Caller, TestApp, at};

/// A text that was not used before in this process.
pub fn unique(prefix: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    format!("{prefix}-{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// A resource and its units.
#[derive(Debug, Clone)]
pub struct Stock {
    /// The resource.
    pub resource: String,
    /// Its units, in the order of their making.
    pub units: Vec<String>,
}

impl Stock {
    /// The first unit.
    pub fn unit(&self) -> &str {
        &self.units[0]
    }
}

/// The body of a booking of one unit, from and to so many hours after the beginning.
pub fn booking_of_unit(unit: &str, from: i64, to: i64) -> Value {
    json!({
        "start_at": at(from),
        "end_at": at(to),
        "purpose": "a film about the harbour",
        "items": [{ "resource_unit_id": unit }],
    })
}

impl Caller<'_> {
    /// Makes a resource with so many units.
    #[track_caller]
    pub fn resource_with_units(&self, count: usize) -> Stock {
        let units: Vec<Value> = (0..count).map(|_| json!({ "barcode": unique("unit") })).collect();
        let body = json!({ "type": "camera", "name": unique("Camera"), "units": units });
        let resource = self.post("/resources", &body).expect(201).id();
        let units = self.get(&format!("/resources/{resource}/units?limit=200")).expect(200);
        let units = units.data();
        let units = units.iter().map(|unit| unit["id"].as_str().unwrap().to_owned()).collect();
        Stock { resource, units }
    }

    /// Books one unit, from and to so many hours after the beginning; answers the booking.
    #[track_caller]
    pub fn book(&self, unit: &str, from: i64, to: i64) -> Value {
        self.post("/bookings", &booking_of_unit(unit, from, to)).expect(201).json()
    }

    /// Imposes a fine of so many cents on somebody; answers the fine.
    #[track_caller]
    pub fn fine(&self, debtor: &str, cents: i64) -> Value {
        let body = json!({ "user_id": debtor, "kind": "DAMAGE", "amount_cents": cents });
        self.post("/fines", &body).expect(201).json()
    }

    /// A payment of so many cents, in cash, with a key of its own; not sent yet.
    pub fn pay(&self, fine: &Value, cents: i64) -> Ask {
        let body = json!({ "fine_id": fine["id"], "amount_cents": cents, "method": "CASH" });
        self.post("/fines/payments", &body)
    }
}

impl TestApp {
    /// A resource of `north` with so many units.
    #[track_caller]
    pub fn resource_with_units(&self, count: usize) -> Stock {
        self.staff().resource_with_units(count)
    }

    /// A booking by the student, from and to so many hours after the beginning.
    #[track_caller]
    pub fn booking(&self, unit: &str, from: i64, to: i64) -> Value {
        self.student().book(unit, from, to)
    }
}
