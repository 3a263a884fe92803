//! The audit trail of the week: every event that must be there, and no other.

use std::collections::BTreeMap;

use pret::kernel::Actor;
use serde_json::Value;

use super::desk::{Desk, text};

/// More bookings than this make a week.
const FULL: usize = 30;

/// What happened to one object: action, who and when.
type Story = Vec<(String, Option<String>, String)>;

impl Desk {
    pub fn compare_trail(&self) {
        let events = self.events();
        let seqs: Vec<i64> = events.iter().map(|event| event["seq"].as_i64().unwrap()).collect();
        let last = self.caller("Bo").get("/organization").expect(200).seq();
        assert_eq!(seqs, (self.first_seq + 1..=last).collect::<Vec<_>>(), "seq has a gap");
        self.compare_stories(&events);
        Self::compare_states(&events);
        self.compare_last_states(&events);
        let org = self.app.north().parse().unwrap();
        let report = self
            .app
            .db()
            .read(|global| pret::audit::verify(&global.within(org, Actor::system()), None));
        let report = report.unwrap();
        assert_eq!((report.faults, report.head.seq), (Vec::new(), last));
    }

    /// The events since the week began, the first one first.
    fn events(&self) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        let mut path = "/audit?limit=200".to_owned();
        loop {
            let page = self.caller("Bo").get(&path).expect(200);
            all.extend(page.data());
            match page.json()["next_cursor"].as_str() {
                Some(cursor) => path = format!("/audit?limit=200&cursor={cursor}"),
                None => break,
            }
        }
        all.retain(|event| event["seq"].as_i64().unwrap() > self.first_seq);
        all.reverse();
        all
    }

    fn compare_stories(&self, events: &[Value]) {
        let mut shown: BTreeMap<(String, String), Story> = BTreeMap::new();
        for event in events {
            let actor = event["actor_user_id"].as_str().map(str::to_owned);
            let told = (text(&event["action"]), actor, text(&event["at"]));
            let object = (text(&event["entity_type"]), text(&event["entity_id"]));
            shown.entry(object).or_default().push(told);
        }
        let mut expected: BTreeMap<(String, String), Story> = BTreeMap::new();
        for event in &self.model.trail {
            let actor = event.actor.as_ref().map(|who| self.model.people[who].id.clone());
            let told = (event.action.to_owned(), actor, event.at.to_string());
            let object = (event.kind.to_owned(), self.id_of(event.kind, &event.name));
            expected.entry(object).or_default().push(told);
        }
        for (object, story) in &expected {
            let name = self.model.trail.iter().find(|event| {
                (event.kind, self.id_of(event.kind, &event.name)) == (&*object.0, object.1.clone())
            });
            let name = &name.unwrap().name;
            assert_eq!(shown.get(object), Some(story), "the trail of {} {name}", object.0);
        }
        let others = shown.keys().filter(|object| !expected.contains_key(object));
        assert_eq!(others.collect::<Vec<_>>(), Vec::<&(String, String)>::new());
    }

    fn id_of(&self, kind: &str, name: &str) -> String {
        let model = &self.model;
        match kind {
            "organization" => self.app.north().to_owned(),
            "user" | "member" => model.people[name].id.clone(),
            "resource" => model.things[name].id.clone(),
            "unit" => model.units[name].id.clone(),
            "booking" => model.bookings[name].id.clone(),
            "waitlist_entry" => model.entries[name].id.clone(),
            "maintenance" => self.plan_ids[name].clone(),
            "fine" => model.fines[name].id.clone(),
            _ => name.to_owned(),
        }
    }

    /// Each event begins where the one before it of the same object ended.
    fn compare_states(events: &[Value]) {
        let mut states: BTreeMap<(String, String), Value> = BTreeMap::new();
        for event in events {
            let object = (text(&event["entity_type"]), text(&event["entity_id"]));
            let (before, after) = (stored(&event["before"]), stored(&event["after"]));
            if event["action"] == "CREATE" {
                assert_eq!(before, Value::Null, "{event}");
            } else if let Some(known) = states.get(&object) {
                assert_eq!(&before, known, "{event}");
            }
            assert_ne!(before, after, "nothing changed: {event}");
            states.insert(object, after);
        }
    }

    /// The last event of each booking ends with what the booking is.
    fn compare_last_states(&self, events: &[Value]) {
        for (name, booking) in &self.model.bookings {
            let of = |event: &&Value| event["entity_id"] == booking.id.as_str();
            let last = events.iter().rev().find(of).unwrap();
            assert_eq!(last["after"], self.booking(name, booking), "the last event of {name}");
        }
    }

    /// It was a week that is worth its name.
    pub fn demand_a_full_week(&self) {
        let model = &self.model;
        assert!(model.bookings.len() >= FULL, "{} bookings", model.bookings.len());
        let with = |status: &str| model.bookings.values().any(|one| one.status == status);
        for status in ["RETURNED", "REJECTED", "CANCELLED", "EXPIRED"] {
            assert!(with(status), "no booking is {status}");
        }
        let taken: i64 = model.payments.iter().map(|payment| payment.amount).sum();
        let paid: i64 = model.fines.values().map(|fine| fine.paid).sum();
        assert_eq!(taken, paid, "the till");
    }
}

/// The state without what is only computed.
fn stored(state: &Value) -> Value {
    let mut state = state.clone();
    if let Some(members) = state.as_object_mut()
        && members.contains_key("buffer_minutes")
    {
        members.remove("units");
    }
    state
}
