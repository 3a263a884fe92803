//! Asking, deciding, answering, and what staff do to the stock.

use jiff::Timestamp;

use super::{Booking, Claim, Entry, Item, Line, Model, Plan};

impl Model {
    /// A request is made; `items` are what the service says it holds.
    pub fn book(&mut self, name: &str, booking: Booking, actor: &str) {
        self.bookings.insert(name.to_owned(), booking);
        self.record("booking", name, "CREATE", Some(actor));
        if self.bookings[name].is_active() {
            self.claim(name);
        }
        self.settle();
    }

    /// Holds the units of a booking from now on; each of them must be free.
    pub fn claim(&mut self, name: &str) {
        let (start, end) = (self.bookings[name].start, self.bookings[name].end);
        let held = self.bookings[name].items.iter().filter_map(|item| item.unit.clone());
        let held: Vec<String> = held.collect();
        let each_once: std::collections::BTreeSet<_> = held.iter().collect();
        assert_eq!((each_once.len(), held.len()), (held.len(), self.bookings[name].items.len()));
        for unit in &held {
            assert!(self.is_free(unit, name, start, end), "{name} got {unit}, which is not free");
        }
        for (index, unit) in held.iter().enumerate() {
            let buffer = self.buffer_of(unit);
            let item = &mut self.bookings.get_mut(name).unwrap().items[index];
            item.claim = Some(Claim { start, buffer });
        }
    }

    pub fn join(&mut self, name: &str, entry: Entry, request: Booking, actor: &str) {
        self.bookings.insert(name.to_owned(), request);
        self.entries.insert(name.to_owned(), entry);
        self.record("booking", name, "CREATE", Some(actor));
        self.record("waitlist_entry", name, "CREATE", Some(actor));
    }

    /// A booking goes into another state by somebody's word.
    pub fn decide(&mut self, name: &str, status: &'static str, actor: &str) {
        let now = self.now;
        let booking = self.bookings.get_mut(name).unwrap();
        booking.becomes(status);
        match status {
            "APPROVED" | "REJECTED" => booking.decided_by = Some(actor.to_owned()),
            "CANCELLED" => booking.cancelled_at = Some(now),
            _ => {}
        }
        self.record("booking", name, "STATUS_CHANGE", Some(actor));
        self.settle();
    }

    /// Another period; what was held is given up and held anew.
    pub fn shift(&mut self, name: &str, start: Timestamp, end: Timestamp, actor: &str) {
        let booking = self.bookings.get_mut(name).unwrap();
        (booking.start, booking.end) = (start, end);
        if booking.is_active() {
            self.claim(name);
        }
        self.record("booking", name, "UPDATE", Some(actor));
        self.settle();
    }

    /// Kept for longer; the claim keeps its buffer.
    pub fn extend(&mut self, name: &str, end: Timestamp, actor: &str) {
        for held in self.taken().iter().filter(|taken| taken.holder == name) {
            let (unit, until) = (&held.unit, end + held.buffer);
            assert!(self.is_free_until(unit, name, held.start, until), "{name} crosses a claim");
        }
        self.bookings.get_mut(name).unwrap().end = end;
        self.record("booking", name, "UPDATE", Some(actor));
        self.settle();
    }

    /// Takes what is offered: approved where the role approves itself, else to be decided.
    pub fn accept(&mut self, name: &str, item_ids: &[String], actor: &str) {
        let entry = self.entries.get_mut(name).unwrap();
        entry.status = "ACCEPTED";
        let units = entry.offer.take().unwrap().units;
        let status = if self.people[actor].is_staff { "APPROVED" } else { "PENDING" };
        let start = self.bookings[name].start;
        let mut items = Vec::new();
        for ((unit, buffer), id) in units.iter().zip(item_ids) {
            let mut item = Item::new(id, &self.units[unit].thing, Some(unit));
            item.claim = Some(Claim { start, buffer: *buffer });
            items.push(item);
        }
        let booking = self.bookings.get_mut(name).unwrap();
        booking.items = items;
        booking.becomes(status);
        self.record("booking", name, "STATUS_CHANGE", Some(actor));
        self.record("waitlist_entry", name, "STATUS_CHANGE", Some(actor));
        self.settle();
    }

    /// Declines an offer or leaves the waitlist.
    pub fn leave(&mut self, name: &str, actor: &str) {
        self.end_entry(name, "CANCELLED", "CANCELLED", Some(actor));
        self.settle();
    }

    pub fn plan(&mut self, name: &str, plan: Plan, actor: &str) {
        assert!(self.is_lent(&plan.unit));
        self.plans.insert(name.to_owned(), plan);
        self.record("maintenance", name, "CREATE", Some(actor));
    }

    /// Gives planned maintenance up.
    pub fn unplan(&mut self, name: &str, actor: &str) {
        self.plans.remove(name).unwrap();
        self.record("maintenance", name, "SOFT_DELETE", Some(actor));
        self.settle();
    }

    /// A unit leaves service, or comes back into it.
    pub fn set_service(&mut self, unit: &str, status: &str, actor: &str) {
        status.clone_into(&mut self.units.get_mut(unit).unwrap().status);
        self.record("unit", unit, "STATUS_CHANGE", Some(actor));
        self.settle();
    }

    /// From now on so much is kept free behind what is booked of a thing.
    pub fn set_buffer(&mut self, thing: &str, minutes: i64, actor: &str) {
        self.things.get_mut(thing).unwrap().buffer = jiff::SignedDuration::from_mins(minutes);
        self.record("resource", thing, "UPDATE", Some(actor));
        self.settle();
    }

    /// What a request asks for that names nothing twice, line by line.
    pub fn fits(&self, lines: &[Line], items: &[Item]) -> bool {
        let mut things: Vec<String> = items.iter().map(|item| item.thing.clone()).collect();
        for line in lines {
            let count = if let Line::Any(_, count) = line { *count } else { 1 };
            for _ in 0..count {
                let thing = self.thing_of(line);
                let Some(place) = things.iter().position(|other| *other == thing) else {
                    return false;
                };
                things.remove(place);
            }
        }
        let holds = |unit: &String| items.iter().any(|item| item.unit.as_ref() == Some(unit));
        let named = |line: &Line| match line {
            Line::Unit(unit) => holds(unit),
            Line::Any(..) => true,
        };
        things.is_empty() && lines.iter().all(named)
    }
}
