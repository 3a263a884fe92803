//! Those who wait for the first unit of a desk, as an admin sees them.

use serde_json::{Value, json};

use crate::desk::{Desk, booking};
use crate::line::Line;
use pret::kernel::{Clock, SystemClock, Timestamp};

/// One who waits or has waited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub id: String,
    pub status: String,
    /// When the open offer ends.
    pub offer_ends: Option<Timestamp>,
}

impl Place {
    fn read(entry: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let offer_ends = entry["offer"]["expires_at"].as_str().map(Timestamp::parse);
        Self {
            id: text(&entry["id"]),
            status: text(&entry["status"]),
            offer_ends: offer_ends.map(Result::unwrap),
        }
    }
}

/// Asks, and insists on the status of the answer.
pub fn ask(line: &mut Line, method: &str, path: &str, body: &Value, status: u16) -> Value {
    let key = format!("{method} {path} {}", SystemClock.now().millis());
    let answer = line.call(method, path, &key, body).unwrap();
    assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
    answer.body
}

/// All who are in this state, or everybody, in the order of service.
pub fn places(line: &mut Line, status: &str) -> Vec<Place> {
    let first = format!("/waitlist?limit=200&status={status}");
    let (mut found, mut path) = (Vec::new(), first.clone());
    loop {
        let page = ask(line, "GET", &path, &Value::Null, 200);
        found.extend(page["data"].as_array().unwrap().iter().map(Place::read));
        let Some(cursor) = page["next_cursor"].as_str() else { return found };
        path = format!("{first}&cursor={cursor}");
    }
}

/// One of them.
pub fn place(line: &mut Line, id: &str) -> Place {
    Place::read(&ask(line, "GET", &format!("/waitlist/{id}"), &Value::Null, 200))
}

/// Cancels a booking.
pub fn cancel(line: &mut Line, booking: &str) {
    ask(line, "POST", &format!("/bookings/{booking}/cancel"), &json!({}), 200);
}

impl Desk {
    /// Changes the policy.
    pub fn set_policy(&self, policy: &Value) {
        let request = self.server.ask("PATCH", "/organization").bearer_auth(&self.voice.token);
        let request = request.header("x-org-id", &self.voice.org).header("if-match", "*");
        let answer = request.json(&json!({ "policy": policy })).send().unwrap();
        assert_eq!(answer.status(), 200);
    }

    /// Offers the first unit to the first of so many who wait for it, each for one second.
    pub fn offer_by_the_second(&self, count: usize) {
        self.set_policy(&json!({ "offer_ttl_seconds": 1 }));
        let (mut line, body) = (self.line(), booking(&self.units[0], 100));
        let taken = ask(&mut line, "POST", "/bookings", &body, 201);
        for number in 0..count {
            let joined = line.call("POST", "/waitlist", &format!("join {number}"), &body).unwrap();
            assert_eq!(joined.status, 201, "{joined:?}");
        }
        cancel(&mut line, taken["id"].as_str().unwrap());
    }
}
