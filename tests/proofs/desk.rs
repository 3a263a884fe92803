//! A served organization with things to lend, and a crowd that books them.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::{Value, json};

use crate::line::{Line, Voice};
use crate::support::Server;
use pret::kernel::{Clock, SystemClock, Timestamp};

/// What makes the first organization.
const TOKEN: &str = "a bootstrap token for proofs only";
const EMAIL: &str = "admin@proof.example";
/// The password of everybody.
pub const PASSWORD: &str = "a password for proofs only";

/// So many ask at once.
pub const CALLERS: usize = 64;

const HOUR: i64 = 3_600_000;

/// A running server, and who asks it.
pub struct Desk {
    /// The process.
    pub server: Server,
    /// An admin.
    pub voice: Voice,
    /// Each caller has a unit of its own.
    pub units: Vec<String>,
    /// For each unit, the hour from which nobody has booked it yet.
    next_hours: Vec<AtomicI64>,
}

impl Desk {
    /// Starts a server with these settings, and makes an organization with a unit for each caller.
    pub fn open(settings: &[(&str, &str)]) -> Self {
        let server = Server::with(&all(settings));
        let new = json!({
            "bootstrap_token": TOKEN, "email": EMAIL, "password": PASSWORD, "full_name": "Admin",
            "organization": { "name": "Proof", "timezone": "Europe/Berlin" },
        });
        let made = server.ask("POST", "/auth/register").json(&new).send().unwrap();
        assert_eq!(made.status(), 201);
        let voice = sign_in(&server, EMAIL);
        let units: Vec<Value> =
            (0..CALLERS).map(|number| json!({ "barcode": number.to_string() })).collect();
        let stock = json!({ "type": "camera", "name": "Camera", "units": units });
        let mut line = Line::open(server.address, &voice).unwrap();
        let resource = line.call("POST", "/resources", "stock", &stock).unwrap().body;
        let path = format!("/resources/{}/units?limit=200", resource["id"].as_str().unwrap());
        let units = line.call("GET", &path, "", &Value::Null).unwrap().body;
        let id = |unit: &Value| unit["id"].as_str().unwrap().to_owned();
        let units = units["data"].as_array().unwrap().iter().map(id).collect();
        let next_hours = (0..CALLERS).map(|_| AtomicI64::new(48)).collect();
        Self { server, voice, units, next_hours }
    }

    /// Starts again on what the ended server left behind, and signs in.
    pub fn reopen(self, settings: &[(&str, &str)]) -> Self {
        let desk = self.restart(settings);
        let voice = sign_in(&desk.server, EMAIL);
        Self { voice, ..desk }
    }

    /// Starts again on what the ended server left behind. The token still holds, so nothing is
    /// written.
    pub fn restart(self, settings: &[(&str, &str)]) -> Self {
        let server = self.server.again(&all(settings));
        Self { server, ..self }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// A connection of its own.
    pub fn line(&self) -> Line {
        Line::open(self.address(), &self.voice).unwrap()
    }

    /// A booking of a caller's own unit, for an hour in which it is free.
    pub fn fresh_booking(&self, caller: usize) -> Value {
        booking(&self.units[caller], self.next_hours[caller].fetch_add(1, Ordering::Relaxed))
    }

    /// Demands that the whole database is sound.
    pub fn verify(&self) {
        let verdict = self.server.pret(&["verify"], "");
        assert!(verdict.status.success(), "{verdict:?}");
    }
}

/// A booking of a unit for an hour, so many hours from now.
pub fn booking(unit: &str, hour: i64) -> Value {
    let start = (SystemClock.now().millis() / HOUR + hour) * HOUR;
    let at = |millis| Timestamp::from_millis(millis).to_string();
    json!({
        "start_at": at(start), "end_at": at(start + HOUR), "purpose": "proof",
        "items": [{ "resource_unit_id": unit }],
    })
}

fn all<'a>(settings: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("PRET_LIMITS__ENABLED", "false"),
        ("PRET_BOOTSTRAP_TOKEN", TOKEN),
        ("PRET_AUTH__ACCESS_TOKEN_TTL_SECONDS", "86400"),
        ("PRET_LOG__LEVEL", "warn"),
    ];
    usual.into_iter().chain(settings.iter().copied()).collect()
}

/// Signs somebody in.
pub fn sign_in(server: &Server, email: &str) -> Voice {
    let login = json!({ "email": email, "password": PASSWORD });
    let answer = server.ask("POST", "/auth/login").json(&login).send().unwrap();
    let answer: Value = answer.json().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Voice { token: text(&answer["access_token"]), org: text(&answer["organizations"][0]["id"]) }
}
