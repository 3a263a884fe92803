//! Who waits, in which order, and what is offered to whom.

use jiff::Timestamp;

use super::{Entry, LATE_HORIZON, Line, Model, OFFER_TTL, Offer};

const AGE_PER_DAY: f64 = 10.0;
const STAFF: i64 = 20;
const LATE_RETURN: i64 = 15;
const UNPAID_FINE: i64 = 10;
const ACTIVE_BOOKING: i64 = 5;

/// The parts of a score as the README has them: age, role, penalties, active bookings.
pub type Score = (f64, i64, i64, i64);

impl Model {
    pub fn score(&self, name: &str) -> Score {
        let who = &self.bookings[name].who;
        let waited = self.now.duration_since(self.entries[name].created_at);
        let own = || self.bookings.values().filter(|booking| booking.who == *who);
        let late = own().flat_map(|booking| booking.items.iter().map(move |item| (booking, item)));
        let late = late.filter(|(booking, item)| {
            item.out_at.is_some() && item.back_at.is_some_and(|back| back > booking.end)
        });
        let open = self.fines.values().filter(|fine| fine.who == *who && fine.status() == "OPEN");
        let count = |number: usize| i64::try_from(number).unwrap();
        (
            waited.as_secs_f64() / 86_400.0 * AGE_PER_DAY,
            if self.people[who].is_staff { STAFF } else { 0 },
            -LATE_RETURN * count(late.count()) - UNPAID_FINE * count(open.count()),
            -ACTIVE_BOOKING * count(own().filter(|booking| booking.is_active()).count()),
        )
    }

    /// The sum of the parts.
    pub fn points(&self, name: &str) -> f64 {
        let (age, role, penalties, active) = self.score(name);
        age + f64::from(i32::try_from(role + penalties + active).unwrap())
    }

    /// Those who wait, the best first.
    pub fn queue(&self) -> Vec<String> {
        let waits = self.entries.iter().filter(|(_, entry)| entry.status == "WAITING");
        let mut names: Vec<String> = waits.map(|(name, _)| name.clone()).collect();
        names.sort_by(|one, other| self.points(other).total_cmp(&self.points(one)));
        names
    }

    /// The place in the queue of a thing, from 1.
    pub fn position(&self, name: &str, thing: &str) -> Option<usize> {
        let in_queue = |name: &&String| {
            self.entries[*name].lines.iter().any(|line| self.thing_of(line) == thing)
        };
        let queue = self.queue();
        let place = queue.iter().filter(in_queue).position(|other| other == name);
        place.map(|index| index + 1)
    }

    pub fn thing_of(&self, line: &Line) -> String {
        match line {
            Line::Unit(unit) => self.units[unit].thing.clone(),
            Line::Any(thing, _) => thing.clone(),
        }
    }

    /// Holds what is free for whom it is due, the best first.
    pub fn serve(&mut self) {
        for name in self.queue() {
            let (start, end) = (self.bookings[&name].start, self.bookings[&name].end);
            let lines = self.entries[&name].lines.clone();
            if !self.has_all(&lines, start, end) {
                continue;
            }
            let mut units = Vec::new();
            for line in &lines {
                units.extend(self.only_units(line, start, end));
            }
            let units = units.into_iter().map(|unit| (unit.clone(), self.buffer_of(&unit)));
            let expires_at = (self.now + OFFER_TTL).min(start);
            let offer = Offer { units: units.collect(), expires_at };
            let entry = self.entries.get_mut(&name).unwrap();
            entry.status = "OFFERED";
            entry.offer = Some(offer);
            self.record("waitlist_entry", &name, "STATUS_CHANGE", None);
        }
    }

    /// The units that serve a line, where there is no choice.
    fn only_units(&self, line: &Line, start: Timestamp, end: Timestamp) -> Vec<String> {
        match line {
            Line::Unit(unit) => vec![unit.clone()],
            Line::Any(thing, count) => {
                let free = self.free_units(thing, "", start, end);
                assert_eq!(free.len(), *count, "the script leaves a choice: {free:?}");
                free
            }
        }
    }

    /// An offer runs out, or the period begins.
    pub(super) fn expire_entry(&mut self, name: &str) {
        let begun = self.bookings[name].start <= self.now;
        let entry = &self.entries[name];
        let over = entry.offer.as_ref().is_some_and(|offer| offer.expires_at <= self.now);
        if over || entry.status == "WAITING" && begun {
            self.end_entry(name, "EXPIRED", "EXPIRED", None);
        }
    }

    /// An offer of what has become late is taken back; the place is kept.
    pub(super) fn withdraw_late(&mut self, name: &str) {
        let near = self.bookings[name].start < self.now + LATE_HORIZON;
        let offer = self.entries[name].offer.as_ref();
        let late = |offer: &Offer| {
            offer.units.iter().any(|(unit, _)| self.late_since(unit, name).is_some())
        };
        if near && offer.is_some_and(late) {
            let entry = self.entries.get_mut(name).unwrap();
            entry.status = "WAITING";
            entry.offer = None;
            self.record("waitlist_entry", name, "STATUS_CHANGE", None);
        }
    }

    /// An entry ends, and its request with it.
    pub fn end_entry(
        &mut self,
        name: &str,
        entry_becomes: &'static str,
        request_becomes: &'static str,
        actor: Option<&str>,
    ) {
        let entry: &mut Entry = self.entries.get_mut(name).unwrap();
        entry.status = entry_becomes;
        entry.offer = None;
        let now = self.now;
        let booking = self.bookings.get_mut(name).unwrap();
        booking.becomes(request_becomes);
        if request_becomes == "CANCELLED" {
            booking.cancelled_at = Some(now);
        }
        self.record("booking", name, "STATUS_CHANGE", actor);
        self.record("waitlist_entry", name, "STATUS_CHANGE", actor);
    }
}
