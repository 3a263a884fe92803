//! Everything that can be asked around a queue, drawn by lot.

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use super::{booking_path, path, verify};
use crate::support::{Ask, Caller, Person, Stock, TestApp, minutes, unique};

const PEOPLE: [Person; 4] = [Person::Admin, Person::Staff, Person::Student, Person::OtherStudent];

/// What the storm blows on.
pub struct Sea<'a> {
    pub app: &'a TestApp,
    random: SmallRng,
    stocks: Vec<Stock>,
    /// Free for what is proposed: nobody else asks for it.
    spare: Stock,
    /// Minutes after the beginning.
    pub now: i64,
}

impl<'a> Sea<'a> {
    pub fn new(app: &'a TestApp, seed: u64) -> Self {
        let stocks = [1, 2, 3].map(|units| app.resource_with_units(units)).to_vec();
        let spare = app.resource_with_units(4);
        let random = SmallRng::seed_from_u64(seed);
        Self { app, random, stocks, spare, now: 0 }
    }

    pub fn below(&mut self, count: usize) -> usize {
        self.random.random_range(0..count.max(1))
    }

    pub fn any(&mut self) -> Caller<'a> {
        self.app.caller(PEOPLE[self.below(4)])
    }

    fn stock(&mut self) -> Stock {
        let index = self.below(self.stocks.len());
        self.stocks[index].clone()
    }

    pub fn unit(&mut self) -> String {
        let stock = self.stock();
        stock.units[self.below(stock.units.len())].clone()
    }

    /// A few hours, soon or from now on.
    pub fn period(&mut self) -> (String, String) {
        let soon = self.now / 60 * 60 + 60 * self.random.random_range(1..4);
        let from = if self.below(4) == 0 { self.now } else { soon };
        (minutes(from), minutes(from + 60 * self.random.random_range(1..4)))
    }

    fn items(&mut self) -> Value {
        let count = 1 + self.below(4) / 3;
        let mut items: Vec<Value> = Vec::new();
        for _ in 0..count {
            let item = if self.below(3) == 0 {
                json!({ "resource_unit_id": self.unit() })
            } else {
                json!({ "resource_id": self.stock().resource, "quantity": 1 + self.below(4) / 3 })
            };
            if !items.contains(&item) {
                items.push(item);
            }
        }
        json!(items)
    }

    pub fn request(&mut self) -> Value {
        let ((start, end), items) = (self.period(), self.items());
        json!({ "start_at": start, "end_at": end, "purpose": "", "items": items })
    }

    /// What somebody has taken, or anything.
    fn wanted(&mut self) -> Value {
        let taken = self.one_of("/bookings?status=PENDING,APPROVED");
        let mut wanted = self.request();
        if taken["id"] != "none" && self.below(4) > 0 {
            let unit = &taken["items"][0]["resource_unit_id"];
            wanted["items"] = json!([{ "resource_unit_id": unit }]);
            wanted["start_at"] = taken["start_at"].clone();
            wanted["end_at"] = taken["end_at"].clone();
        }
        wanted
    }

    /// One of a list, or what no path takes.
    pub fn one_of(&mut self, list: &str) -> Value {
        let data = self.app.admin().get(list).expect(200).data();
        let index = self.below(data.len());
        data.get(index).cloned().unwrap_or_else(|| json!({ "id": "none" }))
    }

    fn booking(&mut self, action: &str) -> String {
        booking_path(&self.one_of("/bookings?status=PENDING,APPROVED"), action)
    }

    pub fn ask(&mut self) -> Ask {
        let admin = self.app.admin();
        match self.below(36) {
            0..=3 => self.any().post("/waitlist", &self.wanted()),
            4..=6 | 30..=34 => self.any().post("/bookings", &self.request()),
            7..=9 => {
                let action =
                    ["/cancel", "/cancel", "/cancel", "/reject", "/approve"][self.below(5)];
                admin.act(&self.booking(action))
            }
            10 => {
                let (start, end) = self.period();
                let mut patch = json!({ "start_at": start, "end_at": end });
                if self.below(2) == 0 {
                    patch["items"] = self.items();
                }
                admin.patch(&self.booking(""), "*", &patch)
            }
            11..=13 => self.answer(),
            14..=17 => self.decide(),
            18 | 29 => self.stocktaking(),
            19 => self.rule(),
            20..=28 => self.counter(),
            _ => self.service(),
        }
    }

    fn answer(&mut self) -> Ask {
        let action = ["accept", "decline", "decline", "cancel"][self.below(4)];
        let entry = self.one_of("/waitlist?status=OFFERED");
        let is_owner = |who: &Person| entry["requester_user_id"] == self.app.user_id(*who);
        let owner = PEOPLE.into_iter().find(is_owner).unwrap_or(Person::Staff);
        self.app.caller(owner).act(&path(&entry, &format!("/{action}")))
    }

    fn decide(&mut self) -> Ask {
        let (entry, admin) = (self.one_of("/waitlist?status=WAITING"), self.app.admin());
        match self.below(8) {
            0 => admin.act(&path(&entry, "/offer")),
            1..=4 => {
                let spare = json!([{ "resource_id": self.spare.resource, "quantity": 1 }]);
                let ((start, end), items) = (self.period(), [spare, self.items()]);
                let items = &items[self.below(2)];
                let different = json!({ "start_at": start, "end_at": end, "items": items });
                admin.post(&path(&entry, "/propose"), &different)
            }
            5 => admin.act(&path(&entry, "/approve")),
            6 => admin.act(&path(&entry, "/reject")),
            _ => admin.act(&path(&entry, "/expire")),
        }
    }

    fn stocktaking(&mut self) -> Ask {
        let admin = self.app.admin();
        let (unit, stock) = (format!("/units/{}", self.unit()), self.stock());
        let resource = format!("/resources/{}", stock.resource);
        let lent = ["AVAILABLE", "AVAILABLE", "AVAILABLE", "MAINTENANCE"][self.below(4)];
        match self.below(16) {
            0 => admin.post(&format!("{resource}/units"), &json!({ "barcode": unique("unit") })),
            1 => admin.delete(&unit),
            2..=4 => admin.act(&format!("{unit}/restore")),
            5..=9 => admin.patch(&unit, "*", &json!({ "status": lent })),
            10..=11 => {
                let buffer = [json!(null), json!(60)][self.below(2)].clone();
                let patch = json!({ "status": "AVAILABLE", "buffer_minutes": buffer });
                admin.patch(&resource, "*", &patch)
            }
            12 => admin.delete(&resource),
            _ => admin.act(&format!("{resource}/restore")),
        }
    }

    fn rule(&mut self) -> Ask {
        let admin = self.app.admin();
        let who = [Person::Student, Person::OtherStudent][self.below(2)];
        let member = format!("/members/{}", self.app.user_id(who));
        match self.below(9) {
            0 => admin.delete(&member),
            1..=4 => {
                let role = who.role().name();
                let roles = [json!([role]), json!(["staff"])];
                if self.below(4) == 0 {
                    admin.patch(&member, "*", &json!({ "is_active": false })).send();
                    verify(self.app);
                }
                let roles = &roles[self.below(2)];
                admin.patch(&member, "*", &json!({ "roles": roles, "is_active": true }))
            }
            _ => {
                let weights =
                    json!({ "age_per_day": self.below(20), "active_booking": self.below(9) });
                let horizon = [None, Some(1), Some(24)][self.below(3)];
                let grace = [None, Some(0), Some(120)][self.below(3)];
                let policy = json!({
                    "auto_offer": self.below(4) > 0, "buffer_minutes": 30 * self.below(3),
                    "priority_weights": weights, "offer_ttl_seconds": 600 * (1 + self.below(9)),
                    "late_horizon_hours": horizon,
                    "no_show_grace_minutes": grace,
                    "late_fine_cents_per_day": 50 * self.below(3), "late_grace_minutes": 0,
                });
                admin.patch("/organization", "*", &json!({ "policy": policy }))
            }
        }
    }
}
