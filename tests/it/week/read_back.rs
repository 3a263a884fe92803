//! Everything the service shows, beside what the model says it must show.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::desk::{Desk, text};
use super::model::{Booking, Entry, Item};

/// Objects by their id.
type Objects = BTreeMap<String, Value>;

impl Desk {
    /// All that there is, compared; then what `pret verify` says.
    pub fn close_the_day(&self) {
        self.compare_bookings("the end of the day");
        self.compare_worries();
        self.compare("fines", &self.listed("/fines", &["note"]), self.fines());
        self.compare("payments", &self.listed("/fines/payments", &[]), self.payments());
        self.compare("units", &self.listed("/units", &["created_at", "status_note"]), self.units());
        self.compare_waitlist();
        self.compare_calendars();
        for who in self.model.people.keys() {
            assert_eq!(self.open_cents(who), self.model.debt(who), "the debt of {who}");
        }
        self.compare_trail();
        self.app.verify();
    }

    /// A whole list by id, without these members.
    fn listed(&self, path: &str, without: &[&str]) -> Objects {
        let all = self.caller("Bo").get(&format!("{path}?limit=200")).expect(200);
        assert_eq!(all.json()["next_cursor"], Value::Null, "{path} has a second page");
        let object = |mut object: Value| {
            for member in without {
                object.as_object_mut().unwrap().remove(*member).unwrap();
            }
            (text(&object["id"]), object)
        };
        all.data().into_iter().map(object).collect()
    }

    fn compare(&self, what: &str, shown: &Objects, expected: Vec<Value>) {
        let expected: Objects =
            expected.into_iter().map(|object| (text(&object["id"]), object)).collect();
        let faults = shown.keys().chain(expected.keys()).filter_map(|id| {
            let (shown, expected) = (shown.get(id), expected.get(id));
            (shown != expected).then(|| {
                let print = |one: Option<&Value>| one.map_or("nothing".into(), Value::to_string);
                format!("{what}, shown:\n{}\nexpected:\n{}", print(shown), print(expected))
            })
        });
        let mut faults: Vec<String> = faults.collect();
        faults.dedup();
        assert!(faults.is_empty(), "at {}:\n{}", self.model.now, faults.join("\n"));
    }

    pub fn compare_bookings(&self, when: &str) {
        let model = &self.model.bookings;
        let expected = model.iter().map(|(name, booking)| self.booking(name, booking));
        self.compare(when, &self.listed("/bookings", &[]), expected.collect());
    }

    /// The lists that the desk looks at: what may not be there in time, what should be back.
    pub fn compare_worries(&self) {
        let model = self.model.bookings.values();
        let filtered = |query: &str, wanted: &dyn Fn(&&Booking) -> bool| {
            let path = format!("/bookings?limit=200&{query}=true");
            let shown = self.caller("Bo").get(&path).expect(200).data();
            let mut shown: Vec<String> = shown.iter().map(|booking| text(&booking["id"])).collect();
            let wanted = model.clone().filter(|booking| wanted(booking));
            let mut expected: Vec<String> = wanted.map(|booking| booking.id.clone()).collect();
            shown.sort();
            expected.sort();
            assert_eq!(shown, expected, "{query} at {}", self.model.now);
        };
        filtered("at_risk", &|booking| booking.at_risk());
        filtered("overdue", &|booking| {
            booking.end < self.model.now && booking.items.iter().any(Item::is_out)
        });
    }

    /// A booking as it must be shown.
    pub fn booking(&self, name: &str, booking: &Booking) -> Value {
        let instant = |at: Option<Timestamp>| at.map(|at| at.to_string());
        let item = |item: &Item| {
            let unit = item.unit.as_ref().map(|unit| &self.model.units[unit].id);
            json!({
                "id": item.id, "resource_id": self.model.things[&item.thing].id,
                "resource_unit_id": unit, "quantity": 1,
                "checked_out_at": instant(item.out_at), "returned_at": instant(item.back_at),
                "return_condition": item.condition, "return_note": null,
            })
        };
        let decided_by = booking.decided_by.as_ref().map(|who| &self.model.people[who].id);
        json!({
            "id": booking.id, "requester_user_id": self.model.people[&booking.who].id,
            "status": booking.status, "start_at": booking.start.to_string(),
            "end_at": booking.end.to_string(), "purpose": name,
            "items": booking.items.iter().map(item).collect::<Vec<_>>(),
            "at_risk": booking.at_risk(), "decided_by": decided_by, "decision_note": null,
            "version": self.model.version("booking", name),
            "created_at": booking.created_at.to_string(),
            "updated_at": self.model.changed_at("booking", name).to_string(),
            "cancelled_at": instant(booking.cancelled_at),
        })
    }

    fn fines(&self) -> Vec<Value> {
        let model = &self.model;
        let fine = |(name, fine): (&String, &super::model::Fine)| {
            let booking = fine.booking.as_ref().map(|booking| &model.bookings[booking].id);
            json!({
                "id": fine.id, "user_id": model.people[&fine.who].id, "booking_id": booking,
                "kind": fine.kind, "amount_cents": fine.amount, "paid_cents": fine.paid,
                "status": fine.status(), "version": model.version("fine", name),
                "created_at": fine.created_at.to_string(),
            })
        };
        model.fines.iter().map(fine).collect()
    }

    fn payments(&self) -> Vec<Value> {
        let payment = |payment: &super::model::Payment| {
            json!({
                "id": payment.id, "fine_id": self.model.fines[&payment.fine].id,
                "amount_cents": payment.amount, "method": "CASH", "reference": null,
                "recorded_by": self.model.people[&payment.by].id,
                "created_at": payment.created_at.to_string(),
            })
        };
        self.model.payments.iter().map(payment).collect()
    }

    fn units(&self) -> Vec<Value> {
        let unit = |(name, unit): (&String, &super::model::Unit)| {
            json!({
                "id": unit.id, "resource_id": self.model.things[&unit.thing].id, "barcode": name,
                "condition": unit.condition, "status": unit.status, "deleted_at": null,
                "version": self.model.version("unit", name),
            })
        };
        self.model.units.iter().map(unit).collect()
    }

    fn compare_waitlist(&self) {
        let mut shown = self.listed("/waitlist", &["last_skip"]);
        for (name, entry) in &self.model.entries {
            let members = shown.get_mut(&entry.id).unwrap().as_object_mut().unwrap();
            let (points, score) = (members.remove("priority_score"), members.remove("score"));
            if ["WAITING", "OFFERED"].contains(&entry.status) {
                self.compare_score(name, &points.unwrap(), &score.unwrap());
            }
        }
        let expected = self.model.entries.iter().map(|(name, entry)| self.entry_of(name, entry));
        self.compare("entries", &shown, expected.collect());
    }

    fn compare_score(&self, name: &str, points: &Value, parts: &Value) {
        let close = |shown: &Value, expected: f64| {
            let shown = shown.as_f64().unwrap();
            assert!((shown - expected).abs() < 0.001, "{name}: {shown} and not {expected}");
        };
        let (age, role, penalties, active) = self.model.score(name);
        close(points, self.model.points(name));
        close(&parts["age"], age);
        let rest = json!([role, penalties, active]);
        let shown = json!([parts["role"], parts["penalties"], parts["active_bookings"]]);
        assert_eq!(shown, rest, "role, penalties and active bookings of {name}");
    }

    fn entry_of(&self, name: &str, entry: &Entry) -> Value {
        let request = &self.model.bookings[name];
        let id_of = |unit: &str| &self.model.units[unit].id;
        let thing_id = |unit: &str| &self.model.things[&self.model.units[unit].thing].id;
        let items = entry.lines.iter().zip(self.items(&entry.lines).as_array().unwrap().clone());
        let items = items.map(|(line, mut item)| {
            let thing = self.model.thing_of(line);
            item["resource_id"] = json!(self.model.things[&thing].id);
            item["quantity"] = item.get("quantity").cloned().unwrap_or(json!(1));
            item["resource_unit_id"] = item.get("resource_unit_id").cloned().unwrap_or_default();
            item["position"] = json!(self.model.position(name, &thing));
            item
        });
        let offer = entry.offer.as_ref().map(|offer| {
            let units = offer.units.iter().map(|(unit, _)| {
                json!({ "resource_id": thing_id(unit), "resource_unit_id": id_of(unit) })
            });
            json!({
                "items": units.collect::<Vec<_>>(), "start_at": request.start.to_string(),
                "end_at": request.end.to_string(), "expires_at": offer.expires_at.to_string(),
                "proposal": false, "note": null,
            })
        });
        json!({
            "id": entry.id, "booking_id": request.id,
            "requester_user_id": self.model.people[&request.who].id,
            "items": items.collect::<Vec<_>>(), "start_at": request.start.to_string(),
            "end_at": request.end.to_string(), "status": entry.status, "offer": offer,
            "version": self.model.version("waitlist_entry", name),
            "created_at": entry.created_at.to_string(),
        })
    }
}
