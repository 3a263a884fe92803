//! Each kind of sentence: what is sent, and what the model makes of it when it is done.

use serde_json::{Value, json};

use super::desk::{Desk, text};
use super::model::{self, Back, Plan};
use super::sentence::{Act, Period, Sentence};
use crate::support::Ask;

/// What is written by each request that bears a key, also by one that is refused.
const KEPT_ANSWERS: &str = "idempotency_keys:";

impl Desk {
    /// Does what the sentence says, or is refused and finds nothing changed.
    pub fn act(&mut self, sentence: &Sentence<'_>) {
        if let Act::Find(finding) = &sentence.act {
            assert!(self.finds(finding), "it is not so: {}", sentence.text);
            self.compare_worries();
            return;
        }
        let ask = self.ask(sentence);
        if let Some(code) = sentence.refused {
            let before = self.app.file().dump();
            let reply = ask.send();
            assert_eq!(reply.code(), code, "{}\n{reply}", sentence.text);
            let difference = before.difference(&self.app.file().dump());
            let changed = difference.lines().filter(|line| !line[2..].starts_with(KEPT_ANSWERS));
            assert_eq!(changed.collect::<Vec<_>>(), Vec::<&str>::new(), "{}", sentence.text);
            return;
        }
        let reply = ask.send();
        assert!(reply.status() < 300, "{}\n{reply}", sentence.text);
        if matches!(sentence.act, Act::Book { .. } | Act::Pay { .. }) {
            // Sent once more by a client that has not heard the answer.
            let again = ask.send();
            assert_eq!(again.header("idempotency-replayed"), Some("true"), "{again}");
            assert_eq!(again.bytes(), reply.bytes());
        }
        let answered = serde_json::from_slice(reply.bytes()).unwrap_or_default();
        self.follow(sentence, &answered);
    }

    /// The request that a sentence stands for.
    fn ask(&self, sentence: &Sentence<'_>) -> Ask {
        let who = self.caller(sentence.who);
        let booking = |name: &str, action: &str| self.booking_path(name, action);
        let entry = |name: &str, action: &str| {
            format!("/waitlist/{}/{action}", self.model.entries[name].id)
        };
        let unit = |unit: &str| format!("/units/{}", self.model.units[unit].id);
        match &sentence.act {
            Act::Book { name, lines, period, whom, draft } => {
                let mut new = request(name, *period, self.items(lines));
                new["draft"] = json!(draft);
                if *whom != sentence.who {
                    new["requester_user_id"] = json!(self.model.people[*whom].id);
                }
                who.post("/bookings", &new)
            }
            Act::Join { name, lines, period } => {
                who.post("/waitlist", &request(name, *period, self.items(lines)))
            }
            Act::Decide { name, action } => who.act(&booking(name, &format!("/{action}"))),
            Act::HandOut { name, units } => who.post(&booking(name, "/check-out"), &scanned(units)),
            Act::TakeBack { name, backs } => who.post(&booking(name, "/return"), &said(backs)),
            Act::Extend { name, end } => {
                who.patch(&booking(name, ""), "*", &json!({ "end_at": end.to_string() }))
            }
            Act::Shift { name, period } => who.patch(&booking(name, ""), "*", &span(*period)),
            Act::Accept { name } => who.act(&entry(name, "accept")),
            Act::Leave { name, action } => who.act(&entry(name, action)),
            Act::Plan { unit: of, period, .. } => {
                who.post(&format!("{}/maintenance", unit(of)), &span(*period))
            }
            Act::Unplan { name } => {
                let plan = &self.model.plans[*name];
                who.delete(&format!("{}/maintenance/{}", unit(&plan.unit), plan.id))
            }
            Act::Withdraw { unit: of, status } => {
                who.post(&format!("{}/withdraw", unit(of)), &json!({ "status": status }))
            }
            Act::SetStatus { unit: of, status } => {
                who.patch(&unit(of), "*", &json!({ "status": status }))
            }
            Act::SetBuffer { thing, minutes } => {
                let path = format!("/resources/{}", self.model.things[*thing].id);
                who.patch(&path, "*", &json!({ "buffer_minutes": minutes }))
            }
            money => self.ask_for_money(sentence, money),
        }
    }

    fn ask_for_money(&self, sentence: &Sentence<'_>, act: &Act<'_>) -> Ask {
        let who = self.caller(sentence.who);
        let id = |fine: &str| &self.model.fines[fine].id;
        match act {
            Act::Fine { whom, kind, cents, booking, .. } => {
                let mut new = json!({
                    "user_id": self.model.people[*whom].id, "kind": kind, "amount_cents": cents,
                });
                if let Some(booking) = booking {
                    new["booking_id"] = json!(self.model.bookings[*booking].id);
                }
                who.post("/fines", &new)
            }
            Act::Pay { fine, cents } => {
                let new = json!({ "fine_id": id(fine), "amount_cents": cents, "method": "CASH" });
                who.post("/fines/payments", &new)
            }
            Act::Waive { fine } => {
                who.post(&format!("/fines/{}/waive", id(fine)), &json!({ "note": "forgiven" }))
            }
            other => panic!("nothing is sent for {other:?}"),
        }
    }

    /// The model does the same.
    fn follow(&mut self, sentence: &Sentence<'_>, answered: &Value) {
        let who = sentence.who;
        match &sentence.act {
            Act::Book { name, lines, whom, draft, period } => {
                let approves_itself = self.model.people[*whom].is_staff;
                let status = match (draft, approves_itself) {
                    (true, _) => "DRAFT",
                    (_, true) => "APPROVED",
                    _ => "PENDING",
                };
                let booking = self.made(answered, whom, status);
                assert_eq!((booking.start, booking.end), *period);
                assert!(*draft || self.model.fits(lines, &booking.items), "{answered}");
                self.model.book(name, booking, who);
            }
            Act::Join { name, lines, period } => {
                let path = format!("/bookings/{}", text(&answered["booking_id"]));
                let request = self.caller(who).get(&path).expect(200).json();
                assert!(!self.model.has_all(lines, period.0, period.1), "{name} need not wait");
                let request = self.made(&request, who, "WAITLISTED");
                let entry = self.entry(answered, lines);
                self.model.join(name, entry, request, who);
            }
            Act::Decide { name, action } => self.decide(name, action, who, answered),
            Act::HandOut { name, units } => self.model.hand_out(name, units, who),
            Act::TakeBack { name, backs } => {
                let fines = self.model.take_back(name, backs, who);
                self.adopt_late_fines(name, &fines);
            }
            Act::Extend { name, end } => self.model.extend(name, *end, who),
            Act::Shift { name, period } => {
                let items = self.made(answered, "", "").items;
                self.model.bookings.get_mut(*name).unwrap().items = items;
                self.model.shift(name, period.0, period.1, who);
            }
            Act::Accept { name } => {
                let path = self.booking_path(name, "");
                let booking = self.caller(who).get(&path).expect(200).json();
                let items = booking["items"].as_array().unwrap().iter();
                let ids: Vec<String> = items.map(|item| text(&item["id"])).collect();
                self.model.accept(name, &ids, who);
            }
            Act::Leave { name, .. } => self.model.leave(name, who),
            _ => self.follow_staff(sentence, answered),
        }
    }

    fn follow_staff(&mut self, sentence: &Sentence<'_>, answered: &Value) {
        let who = sentence.who;
        match &sentence.act {
            Act::Plan { name, unit, period: (start, end) } => {
                let (id, unit) = (text(&answered["id"]), (*unit).to_owned());
                self.plan_ids.insert((*name).to_owned(), id.clone());
                self.model.plan(name, Plan { id, unit, start: *start, end: *end }, who);
            }
            Act::Unplan { name } => self.model.unplan(name, who),
            Act::Withdraw { unit, status } | Act::SetStatus { unit, status } => {
                self.model.set_service(unit, status, who);
            }
            Act::SetBuffer { thing, minutes } => self.model.set_buffer(thing, *minutes, who),
            Act::Fine { name, whom, kind, cents, booking } => {
                let fine = model::Fine {
                    id: text(&answered["id"]),
                    who: (*whom).to_owned(),
                    booking: booking.map(str::to_owned),
                    kind: (*kind).to_owned(),
                    amount: *cents,
                    paid: 0,
                    waived: false,
                    created_at: self.model.now,
                };
                self.model.fine(name, fine, who);
            }
            Act::Pay { fine, cents } => {
                self.model.pay(&text(&answered["id"]), fine, *cents, who);
            }
            Act::Waive { fine } => self.model.waive(fine, who),
            other => panic!("the model can't follow {other:?}"),
        }
        self.model.settle();
    }

    fn decide(&mut self, name: &str, action: &str, who: &str, answered: &Value) {
        let status = match action {
            "approve" => "APPROVED",
            "reject" => "REJECTED",
            "cancel" => "CANCELLED",
            _ => "PENDING",
        };
        if action == "submit" {
            // Only now units are chosen.
            let items = self.made(answered, "", "").items;
            self.model.bookings.get_mut(name).unwrap().items = items;
            self.model.claim(name);
        }
        self.model.decide(name, status, who);
    }
}

fn span((start, end): Period) -> Value {
    json!({ "start_at": start.to_string(), "end_at": end.to_string() })
}

fn request(name: &str, period: Period, items: Value) -> Value {
    let mut new = span(period);
    new["purpose"] = json!(name);
    new["items"] = items;
    new
}

/// All, where nothing is named.
fn scanned(units: &[String]) -> Value {
    let items: Vec<Value> = units.iter().map(|unit| json!({ "barcode": unit })).collect();
    if items.is_empty() { json!({}) } else { json!({ "items": items }) }
}

fn said(backs: &[Back]) -> Value {
    let item = |back: &Back| {
        let mut item = json!({ "barcode": back.unit });
        if let Some(condition) = &back.condition {
            item["condition"] = json!(condition);
        }
        if back.withdraw {
            item["withdraw"] = json!(true);
        }
        item
    };
    let items: Vec<Value> = backs.iter().map(item).collect();
    if items.is_empty() { json!({}) } else { json!({ "items": items }) }
}
