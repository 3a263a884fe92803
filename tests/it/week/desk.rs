//! Does what the script says: over HTTP at the service, and in the model.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::model::{
    self, Booking, CAP_CENTS, CENTS_PER_DAY, Entry, Item, Line, Model, OFFER_TTL, Person, Thing,
    Unit,
};
use super::sentence::Wall;
use crate::support::{Caller, Options, PASSWORD, Person as Known, TestApp, unlimited};

/// Who comes to the desk or works there; the first four are known to every test.
pub const PEOPLE: [(&str, &str, Option<Known>); 9] = [
    ("Ada", "admin", Some(Known::Admin)),
    ("Bo", "staff", Some(Known::Staff)),
    ("Cleo", "student", Some(Known::Student)),
    ("Dunja", "student", Some(Known::OtherStudent)),
    ("Emil", "student", None),
    ("Femi", "student", None),
    ("Gina", "student", None),
    ("Hugo", "student", None),
    ("Ines", "staff", None),
];

/// What is lent: a name, how many units with which letters, minutes kept free behind a booking.
pub const THINGS: [(&str, &str, i64, Option<i64>); 7] = [
    ("camera", "CAM", 3, None),
    ("drone", "DRO", 1, Some(60)),
    ("tripod", "TRI", 4, None),
    ("mic", "MIC", 2, None),
    ("laptop", "LAP", 2, Some(30)),
    ("projector", "PRO", 1, Some(0)),
    ("light", "LIG", 2, None),
];

pub struct Desk {
    pub app: TestApp,
    pub wall: Wall,
    pub model: Model,
    /// Where the trail stood before the week.
    pub first_seq: i64,
    /// Ids of planned maintenance, also of what was given up.
    pub plan_ids: BTreeMap<String, String>,
    tokens: BTreeMap<String, String>,
}

impl Desk {
    /// The evening before: the zone and the policy are set, people and things are there.
    pub fn open(wall: Wall) -> Self {
        let mut config = unlimited();
        config.auth.access_token_ttl_seconds = 10 * 86_400;
        let app = Options::default().config(config).start();
        let opens = wall.at("Mon", "08:00");
        let mut desk = Self {
            first_seq: app.staff().get("/organization").expect(200).seq(),
            model: Model::new(opens, TimeZone::clone(&wall.zone)),
            app,
            wall,
            plan_ids: BTreeMap::new(),
            tokens: BTreeMap::new(),
        };
        desk.set_clock(opens);
        desk.set_rules();
        for (name, role, known) in PEOPLE {
            desk.welcome(name, role, known);
        }
        for (name, letters, count, buffer) in THINGS {
            desk.stock(name, letters, count, buffer);
        }
        desk
    }

    fn set_clock(&self, to: Timestamp) {
        let to = pret::kernel::Timestamp::parse(&to.to_string()).unwrap();
        let ahead = to.since(pret::kernel::Clock::now(&*self.app.clock));
        assert!(ahead >= 0, "the script goes back in time");
        self.app.clock.advance(ahead);
    }

    fn set_rules(&mut self) {
        let zone = self.wall.zone.iana_name().unwrap();
        let rules = json!({ "timezone": zone, "policy": {
            "late_fine_cents_per_day": CENTS_PER_DAY,
            "late_fine_cap_cents": CAP_CENTS,
            "offer_ttl_seconds": OFFER_TTL.as_secs(),
        } });
        self.app.admin().patch("/organization", "*", &rules).expect(200);
        self.model.record("organization", "North", "UPDATE", Some("Ada"));
    }

    /// Somebody is registered where they are new, and signs in.
    fn welcome(&mut self, name: &str, role: &str, known: Option<Known>) {
        let email = match known {
            Some(known) => known.email().to_owned(),
            None => format!("{name}@north.example").to_lowercase(),
        };
        if known.is_none() {
            let new = json!({
                "email": email, "password": PASSWORD, "full_name": name, "roles": [role],
            });
            self.app.admin().post("/auth/register", &new).expect(201);
            self.model.record("user", name, "CREATE", Some("Ada"));
            self.model.record("member", name, "CREATE", Some("Ada"));
        }
        let login = json!({ "email": email, "password": PASSWORD });
        let session = self.app.anonymous().post("/auth/login", &login).expect(200).json();
        let id = text(&session["user"]["id"]);
        self.tokens.insert(name.to_owned(), text(&session["access_token"]));
        self.model.people.insert(name.to_owned(), Person { id, is_staff: role != "student" });
    }

    fn stock(&mut self, name: &str, letters: &str, count: i64, buffer: Option<i64>) {
        let barcodes: Vec<String> =
            (1..=count).map(|number| format!("{letters}-{number}")).collect();
        let units: Vec<Value> =
            barcodes.iter().map(|barcode| json!({ "barcode": barcode })).collect();
        let mut new = json!({ "type": "equipment", "name": name, "units": units });
        new["buffer_minutes"] = json!(buffer);
        let id = self.caller("Bo").post("/resources", &new).expect(201).id();
        let buffer = SignedDuration::from_mins(buffer.unwrap_or(0));
        self.model.record("resource", name, "CREATE", Some("Bo"));
        let units = self.caller("Bo").get(&format!("/resources/{id}/units")).expect(200).data();
        for unit in &units {
            let barcode = text(&unit["barcode"]);
            assert!(barcodes.contains(&barcode));
            self.model.record("unit", &barcode, "CREATE", Some("Bo"));
            let unit = Unit {
                id: text(&unit["id"]),
                thing: name.to_owned(),
                condition: text(&unit["condition"]),
                status: "AVAILABLE".to_owned(),
            };
            self.model.units.insert(barcode, unit);
        }
        assert_eq!(units.len(), barcodes.len());
        self.model.things.insert(name.to_owned(), Thing { id, buffer });
    }

    /// Somebody, by name.
    pub fn caller(&self, name: &str) -> Caller<'_> {
        let token = &self.tokens[name];
        self.app.anonymous().in_org(self.app.north()).with_token(token)
    }

    /// Time passes. What is due is done by the timer of the server, or by whoever writes next.
    pub fn go_to(&mut self, at: Timestamp, by_the_timer: bool) {
        self.set_clock(at);
        if by_the_timer {
            self.app.run_jobs();
        }
        self.model.go_to(at);
    }

    /// The path of a booking and an action.
    pub fn booking_path(&self, name: &str, action: &str) -> String {
        format!("/bookings/{}{action}", self.model.bookings[name].id)
    }

    /// What a request asks for, as it is sent.
    pub fn items(&self, lines: &[Line]) -> Value {
        let item = |line: &Line| match line {
            Line::Unit(unit) => json!({ "resource_unit_id": self.model.units[unit].id }),
            Line::Any(thing, quantity) => {
                json!({ "resource_id": self.model.things[thing].id, "quantity": quantity })
            }
        };
        lines.iter().map(item).collect()
    }

    /// A booking as the service made it; which units it chose is taken over.
    pub fn made(&self, shown: &Value, whom: &str, status: &'static str) -> Booking {
        let items = shown["items"].as_array().unwrap().iter().map(|item| {
            let things = &self.model.things;
            let thing = things.iter().find(|(_, thing)| item["resource_id"] == thing.id.as_str());
            let unit = item["resource_unit_id"].as_str().map(|id| self.model.unit_name(id));
            Item::new(item["id"].as_str().unwrap(), thing.unwrap().0, unit)
        });
        Booking {
            id: text(&shown["id"]),
            who: whom.to_owned(),
            status,
            start: shown["start_at"].as_str().unwrap().parse().unwrap(),
            end: shown["end_at"].as_str().unwrap().parse().unwrap(),
            items: items.collect(),
            decided_by: None,
            cancelled_at: None,
            created_at: self.model.now,
        }
    }

    pub fn entry(&self, shown: &Value, lines: &[Line]) -> Entry {
        let (id, lines) = (text(&shown["id"]), lines.to_vec());
        Entry { id, lines, status: "WAITING", offer: None, created_at: self.model.now }
    }

    /// Finds the ids of the fines that a return has made: each amount once.
    pub fn adopt_late_fines(&mut self, booking: &str, expected: &[i64]) {
        let path = format!("/fines?booking_id={}&limit=200", self.model.bookings[booking].id);
        let mut listed = self.caller("Bo").get(&path).expect(200).data();
        listed.retain(|fine| {
            fine["kind"] == "LATE"
                && !self.model.fines.values().any(|known| fine["id"] == known.id.as_str())
        });
        let amounts: Vec<i64> =
            listed.iter().map(|fine| fine["amount_cents"].as_i64().unwrap()).collect();
        assert_eq!(amounts, expected, "fines for the late return of {booking}");
        let new =
            self.model.fines.values_mut().filter(|fine: &&mut model::Fine| fine.id.is_empty());
        for (fine, listed) in new.zip(&listed) {
            fine.id = text(&listed["id"]);
        }
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}
