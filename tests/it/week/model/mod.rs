//! The desk as CONTRACT.md describes it, computed once more and in another way: plain lists, no
//! database, nothing of the service. What the service shows must be this.

mod acts;
mod calendar;
mod clock;
mod counter;
mod money;
mod waiting;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

pub use counter::Back;

/// Like the defaults of section 6, with fines switched on.
pub const CENTS_PER_DAY: i64 = 150;
pub const CAP_CENTS: i64 = 400;
pub const LATE_GRACE: SignedDuration = SignedDuration::from_mins(30);
pub const NO_SHOW_GRACE: SignedDuration = SignedDuration::from_mins(120);
pub const LATE_HORIZON: SignedDuration = SignedDuration::from_hours(24);
pub const OFFER_TTL: SignedDuration = SignedDuration::from_secs(3_600);

/// All that there is, by the names of the script.
pub struct Model {
    pub now: Timestamp,
    pub zone: TimeZone,
    pub people: BTreeMap<String, Person>,
    pub things: BTreeMap<String, Thing>,
    pub units: BTreeMap<String, Unit>,
    pub bookings: BTreeMap<String, Booking>,
    pub entries: BTreeMap<String, Entry>,
    pub plans: BTreeMap<String, Plan>,
    pub fines: BTreeMap<String, Fine>,
    pub payments: Vec<Payment>,
    pub trail: Vec<Event>,
}

pub struct Person {
    pub id: String,
    pub is_staff: bool,
}

/// A resource.
pub struct Thing {
    pub id: String,
    pub buffer: SignedDuration,
}

pub struct Unit {
    pub id: String,
    pub thing: String,
    pub condition: String,
    pub status: String,
}

pub struct Booking {
    pub id: String,
    pub who: String,
    pub status: &'static str,
    pub start: Timestamp,
    pub end: Timestamp,
    pub items: Vec<Item>,
    pub decided_by: Option<String>,
    pub cancelled_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

pub struct Item {
    pub id: String,
    pub thing: String,
    pub unit: Option<String>,
    pub out_at: Option<Timestamp>,
    pub back_at: Option<Timestamp>,
    pub condition: Option<String>,
    pub claim: Option<Claim>,
    pub at_risk: bool,
}

/// From when a unit is held, and what is kept free behind it; the end is that of the booking.
#[derive(Clone, Copy)]
pub struct Claim {
    pub start: Timestamp,
    pub buffer: SignedDuration,
}

/// A line of a request: a unit by name, or so many of a thing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Line {
    Unit(String),
    Any(String, usize),
}

pub struct Entry {
    pub id: String,
    /// The names of entry and request are the same.
    pub lines: Vec<Line>,
    pub status: &'static str,
    pub offer: Option<Offer>,
    pub created_at: Timestamp,
}

pub struct Offer {
    pub units: Vec<(String, SignedDuration)>,
    pub expires_at: Timestamp,
}

/// Planned maintenance.
pub struct Plan {
    pub id: String,
    pub unit: String,
    pub start: Timestamp,
    pub end: Timestamp,
}

pub struct Fine {
    pub id: String,
    pub who: String,
    pub booking: Option<String>,
    pub kind: String,
    pub amount: i64,
    pub paid: i64,
    pub waived: bool,
    pub created_at: Timestamp,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Payment {
    pub id: String,
    pub fine: String,
    pub amount: i64,
    pub by: String,
    pub created_at: Timestamp,
}

/// An event that the trail must hold. Nobody is the system.
pub struct Event {
    pub kind: &'static str,
    pub name: String,
    pub action: &'static str,
    pub actor: Option<String>,
    pub at: Timestamp,
}

impl Model {
    pub fn new(now: Timestamp, zone: TimeZone) -> Self {
        Self {
            now,
            zone,
            people: BTreeMap::new(),
            things: BTreeMap::new(),
            units: BTreeMap::new(),
            bookings: BTreeMap::new(),
            entries: BTreeMap::new(),
            plans: BTreeMap::new(),
            fines: BTreeMap::new(),
            payments: Vec::new(),
            trail: Vec::new(),
        }
    }

    /// Expects an event by somebody, or by the system.
    pub fn record(
        &mut self,
        kind: &'static str,
        name: &str,
        action: &'static str,
        actor: Option<&str>,
    ) {
        let actor = actor.map(str::to_owned);
        self.trail.push(Event { kind, name: name.to_owned(), action, actor, at: self.now });
    }

    /// How many events an object has had: its version.
    pub fn version(&self, kind: &str, name: &str) -> usize {
        self.trail.iter().filter(|event| event.kind == kind && event.name == name).count()
    }

    /// When an object last changed.
    pub fn changed_at(&self, kind: &str, name: &str) -> Timestamp {
        let of = |event: &&Event| event.kind == kind && event.name == name;
        self.trail.iter().rev().find(of).unwrap().at
    }

    /// The unit with this id.
    pub fn unit_name(&self, id: &str) -> &str {
        self.units.iter().find(|(_, unit)| unit.id == id).map(|(name, _)| name).unwrap()
    }
}

impl Booking {
    pub fn is_active(&self) -> bool {
        ["PENDING", "APPROVED", "CHECKED_OUT"].contains(&self.status)
    }

    pub fn at_risk(&self) -> bool {
        self.items.iter().any(|item| item.at_risk)
    }

    /// Moves into a state; outside the active ones nothing is held.
    pub fn becomes(&mut self, status: &'static str) {
        self.status = status;
        if !self.is_active() {
            for item in &mut self.items {
                item.claim = None;
                item.at_risk = false;
            }
        }
    }
}

impl Item {
    pub fn new(id: &str, thing: &str, unit: Option<&str>) -> Self {
        Self {
            id: id.to_owned(),
            thing: thing.to_owned(),
            unit: unit.map(str::to_owned),
            out_at: None,
            back_at: None,
            condition: None,
            claim: None,
            at_risk: false,
        }
    }

    pub fn is_out(&self) -> bool {
        self.out_at.is_some() && self.back_at.is_none()
    }

    /// Kept for somebody who has not come yet.
    pub fn is_reserved(&self) -> bool {
        self.out_at.is_none() && self.back_at.is_none()
    }
}

impl Fine {
    pub fn status(&self) -> &'static str {
        match (self.waived, self.paid == self.amount) {
            (true, _) => "WAIVED",
            (_, true) => "PAID",
            _ => "OPEN",
        }
    }

    pub fn open(&self) -> i64 {
        if self.waived { 0 } else { self.amount - self.paid }
    }
}
