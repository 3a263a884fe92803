//! The waitlist: who is served next, what is held for whom until when, and what the desk decides.

mod answers;
mod backlog;
mod desk;
mod expiry;
mod freeing;
mod join;
mod members;
mod news;
mod order;
mod sea;
mod shore;
mod storm;
mod turn;

use serde_json::{Value, json};

use crate::support::{Caller, TestApp, at, booking_of_unit};

impl Caller<'_> {
    /// Waits for one unit, from and to so many hours after the beginning; answers the entry.
    #[track_caller]
    pub fn wait(&self, unit: &str, from: i64, to: i64) -> Value {
        self.post("/waitlist", &booking_of_unit(unit, from, to)).expect(201).json()
    }

    /// The entry as this caller sees it now.
    #[track_caller]
    pub fn entry(&self, entry: &Value) -> Value {
        self.get(&path(entry, "")).expect(200).json()
    }
}

/// `/waitlist/{id}` and an action.
fn path(entry: &Value, action: &str) -> String {
    format!("/waitlist/{}{action}", entry["id"].as_str().unwrap())
}

/// `/bookings/{id}` and an action.
fn booking_path(booking: &Value, action: &str) -> String {
    format!("/bookings/{}{action}", booking["id"].as_str().unwrap())
}

/// So many units of each of these resources, from 24 to 48 hours after the beginning.
fn body(items: &[(&str, u32)]) -> Value {
    let item = |(id, quantity): &(&str, u32)| json!({ "resource_id": id, "quantity": quantity });
    json!({
        "start_at": at(24), "end_at": at(48), "purpose": "a film about the harbour",
        "items": items.iter().map(item).collect::<Vec<_>>(),
    })
}

/// Demands that nothing is wrong in `north`, as `pret verify` would.
#[track_caller]
fn verify(app: &TestApp) {
    app.verify();
}
