//! What happens by the clock, and what follows from every change: bookings in danger move or are
//! marked, then who waits is served.

use jiff::Timestamp;

use super::{Claim, LATE_HORIZON, Model, NO_SHOW_GRACE};

impl Model {
    /// Moves to an instant and does what is due by then.
    pub fn go_to(&mut self, now: Timestamp) {
        self.now = now;
        for name in self.names_of_bookings() {
            self.expire_booking(&name);
        }
        for name in self.entries.keys().cloned().collect::<Vec<_>>() {
            self.expire_entry(&name);
            self.withdraw_late(&name);
        }
        self.settle();
    }

    /// What every change ends with.
    pub fn settle(&mut self) {
        for name in self.names_of_bookings() {
            self.look_after(&name);
        }
        self.serve();
    }

    /// By their start, as they are looked at.
    fn names_of_bookings(&self) -> Vec<String> {
        let mut names: Vec<_> = self.bookings.keys().cloned().collect();
        names.sort_by_key(|name| self.bookings[name].start);
        names
    }

    fn expire_booking(&mut self, name: &str) {
        let now = self.now;
        let booking = self.bookings.get_mut(name).unwrap();
        let kept_until = (booking.start + NO_SHOW_GRACE).min(booking.end);
        match booking.status {
            "PENDING" if booking.start <= now => booking.becomes("EXPIRED"),
            "APPROVED" if kept_until <= now => booking.becomes("EXPIRED"),
            "CHECKED_OUT" if kept_until <= now => return self.let_go(name),
            _ => return,
        }
        self.record("booking", name, "STATUS_CHANGE", None);
    }

    /// What was not fetched with the rest.
    fn let_go(&mut self, name: &str) {
        let now = self.now;
        let booking = self.bookings.get_mut(name).unwrap();
        if !booking.items.iter().any(super::Item::is_reserved) {
            return;
        }
        for item in booking.items.iter_mut().filter(|item| item.is_reserved()) {
            item.back_at = Some(now);
            item.claim = None;
            item.at_risk = false;
        }
        let over = booking.items.iter().all(|item| item.back_at.is_some());
        if over {
            booking.becomes("RETURNED");
        }
        self.record("booking", name, if over { "STATUS_CHANGE" } else { "UPDATE" }, None);
    }

    /// Whether a reserved unit of a booking may not be there in time.
    fn is_endangered(&self, name: &str, unit: &str) -> bool {
        let near = self.bookings[name].start < self.now + LATE_HORIZON;
        !self.is_lent(unit) || near && self.late_since(unit, name).is_some()
    }

    fn look_after(&mut self, name: &str) {
        let booking = &self.bookings[name];
        if !booking.is_active() {
            return;
        }
        let was_at_risk = booking.at_risk();
        let (start, end) = (booking.start, booking.end);
        let mut moved = false;
        for index in 0..self.bookings[name].items.len() {
            let item = &self.bookings[name].items[index];
            let Some(unit) = item.unit.clone().filter(|_| item.is_reserved()) else { continue };
            let in_danger = self.is_endangered(name, &unit);
            let mut found =
                if in_danger { self.free_units(&item.thing, name, start, end) } else { Vec::new() };
            found.retain(|unit| {
                !self.bookings[name].items.iter().any(|item| item.unit.as_ref() == Some(unit))
            });
            assert!(found.len() < 2, "the script leaves a choice to {name}: {found:?}");
            let buffer = self.buffer_of(&unit);
            let item = &mut self.bookings.get_mut(name).unwrap().items[index];
            item.at_risk = in_danger && found.is_empty();
            if let Some(other) = found.pop() {
                item.unit = Some(other);
                item.claim = Some(Claim { start, buffer });
                moved = true;
            }
        }
        if moved || self.bookings[name].at_risk() != was_at_risk {
            self.record("booking", name, "UPDATE", None);
        }
    }
}
