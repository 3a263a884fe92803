//! Handing out and taking back.

use super::{Claim, Item, Model};

/// Something that comes back, and what is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Back {
    pub unit: String,
    pub condition: Option<String>,
    /// Whether it leaves service.
    pub withdraw: bool,
}

impl Model {
    /// Hands out these units, or all that has not been fetched.
    pub fn hand_out(&mut self, name: &str, scanned: &[String], actor: &str) {
        let reserved = self.bookings[name].items.iter().filter(|item| item.is_reserved());
        let all: Vec<String> = reserved.filter_map(|item| item.unit.clone()).collect();
        for unit in if scanned.is_empty() { &all } else { scanned } {
            self.hand_out_unit(name, unit);
        }
        let began = self.bookings[name].status == "APPROVED";
        self.bookings.get_mut(name).unwrap().becomes("CHECKED_OUT");
        self.record("booking", name, if began { "STATUS_CHANGE" } else { "UPDATE" }, Some(actor));
        self.settle();
    }

    fn hand_out_unit(&mut self, name: &str, unit: &str) {
        let booking = &self.bookings[name];
        let (start, end) = (booking.start.min(self.now), booking.end);
        let thing = &self.units[unit].thing;
        let items = booking.items.iter();
        let own = |item: &Item| item.is_reserved() && item.unit.as_deref() == Some(unit);
        let own = items.clone().position(own);
        // Another unit of the same thing takes the place of the reserved one.
        let other = || items.clone().position(|item| item.is_reserved() && item.thing == *thing);
        let index = own.or_else(other).unwrap();
        let kept = own.and_then(|index| booking.items[index].claim);
        let buffer = kept.map_or_else(|| self.buffer_of(unit), |claim| claim.buffer);
        assert!(self.is_free_until(unit, name, start, end + buffer), "{unit} was not free");
        assert!(self.out_with(unit).is_none(), "{unit} went out twice");
        let now = self.now;
        let item = &mut self.bookings.get_mut(name).unwrap().items[index];
        item.unit = Some(unit.to_owned());
        item.claim = Some(Claim { start, buffer });
        item.out_at = Some(now);
        item.at_risk = false;
    }

    /// Takes back these units, or all that is out; answers the fines that this makes.
    pub fn take_back(&mut self, name: &str, said: &[Back], actor: &str) -> Vec<i64> {
        let out = self.bookings[name].items.iter().filter(|item| item.is_out());
        let out = out.filter_map(|item| item.unit.clone());
        let all: Vec<Back> =
            out.map(|unit| Back { unit, condition: None, withdraw: false }).collect();
        let backs = if said.is_empty() { &all } else { said };
        for back in backs {
            let condition = self.note_condition(back, actor);
            let now = self.now;
            let items = &mut self.bookings.get_mut(name).unwrap().items;
            let item = items
                .iter_mut()
                .find(|item| item.is_out() && item.unit.as_deref() == Some(&back.unit));
            let item = item.unwrap();
            item.back_at = Some(now);
            item.condition = Some(condition);
            item.claim = None;
        }
        let fines = self.fine_late(name, backs.len(), actor);
        let booking = self.bookings.get_mut(name).unwrap();
        let over = booking.items.iter().all(|item| item.back_at.is_some());
        if over {
            booking.becomes("RETURNED");
        }
        self.record("booking", name, if over { "STATUS_CHANGE" } else { "UPDATE" }, Some(actor));
        self.settle();
        fines
    }

    /// What the unit looks like from now on; answers in which condition it came back.
    fn note_condition(&mut self, back: &Back, actor: &str) -> String {
        let unit = self.units.get_mut(&back.unit).unwrap();
        let before = (unit.condition.clone(), unit.status.clone());
        let condition = back.condition.clone().unwrap_or_else(|| unit.condition.clone());
        if condition == "LOST" {
            "LOST".clone_into(&mut unit.status);
        } else {
            unit.condition.clone_from(&condition);
            if back.withdraw {
                "MAINTENANCE".clone_into(&mut unit.status);
            }
        }
        let after = (unit.condition.clone(), unit.status.clone());
        if after.1 != before.1 {
            self.record("unit", &back.unit, "STATUS_CHANGE", Some(actor));
        } else if after != before {
            self.record("unit", &back.unit, "UPDATE", Some(actor));
        }
        condition
    }
}
