//! Who holds which unit when, and what is late.

use jiff::{SignedDuration, Timestamp};

use super::{Booking, LATE_HORIZON, Line, Model};

/// A period in which a unit is not free; the buffer comes behind `end`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub unit: String,
    pub holder: String,
    pub kind: &'static str,
    pub start: Timestamp,
    pub end: Timestamp,
    pub buffer: SignedDuration,
}

impl Taken {
    pub fn until(&self) -> Timestamp {
        self.end + self.buffer
    }
}

impl Model {
    /// Everything that is held, for whatever reason.
    pub fn taken(&self) -> Vec<Taken> {
        let mut all = Vec::new();
        for (name, booking) in self.bookings.iter().filter(|(_, booking)| booking.is_active()) {
            for item in &booking.items {
                let Some((unit, claim)) = item.unit.as_ref().zip(item.claim) else { continue };
                let (start, buffer) = (claim.start, claim.buffer);
                let end = booking.end;
                let (unit, holder) = (unit.clone(), name.clone());
                all.push(Taken { unit, holder, kind: "booking", start, end, buffer });
            }
        }
        for (name, entry) in &self.entries {
            let Booking { start, end, .. } = self.bookings[name];
            for (unit, buffer) in entry.offer.iter().flat_map(|offer| &offer.units) {
                let (unit, holder, buffer) = (unit.clone(), name.clone(), *buffer);
                all.push(Taken { unit, holder, kind: "offer", start, end, buffer });
            }
        }
        for (name, plan) in &self.plans {
            let (unit, holder) = (plan.unit.clone(), name.clone());
            let (start, end, buffer) = (plan.start, plan.end, SignedDuration::ZERO);
            all.push(Taken { unit, holder, kind: "maintenance", start, end, buffer });
        }
        all.sort_by(|one, other| (&one.unit, one.start).cmp(&(&other.unit, other.start)));
        all
    }

    /// The booking that has a unit out.
    pub fn out_with(&self, unit: &str) -> Option<(&str, &Booking)> {
        let has = |booking: &Booking| {
            booking.items.iter().any(|item| item.is_out() && item.unit.as_deref() == Some(unit))
        };
        let found = self.bookings.iter().find(|(_, booking)| has(booking));
        found.map(|(name, booking)| (name.as_str(), booking))
    }

    /// Since when a unit should be back, if it is out with somebody else than the holder.
    pub fn late_since(&self, unit: &str, holder: &str) -> Option<Timestamp> {
        let (name, booking) = self.out_with(unit)?;
        (name != holder && booking.end < self.now).then_some(booking.end)
    }

    pub fn is_lent(&self, unit: &str) -> bool {
        self.units[unit].status == "AVAILABLE"
    }

    pub fn buffer_of(&self, unit: &str) -> SignedDuration {
        self.things[&self.units[unit].thing].buffer
    }

    /// Whether a holder could have this unit for this period.
    pub fn is_free(&self, unit: &str, holder: &str, start: Timestamp, end: Timestamp) -> bool {
        self.is_free_until(unit, holder, start, end + self.buffer_of(unit))
    }

    /// The same, where it is known until when it must be free.
    pub fn is_free_until(
        &self,
        unit: &str,
        holder: &str,
        start: Timestamp,
        until: Timestamp,
    ) -> bool {
        let late = self.late_since(unit, holder).is_some() && start < self.now + LATE_HORIZON;
        let in_the_way = |taken: &Taken| {
            taken.unit == unit
                && taken.holder != holder
                && taken.start < until
                && start < taken.until()
        };
        self.is_lent(unit) && !late && !self.taken().iter().any(in_the_way)
    }

    /// The units of a thing that a holder could have for this period.
    pub fn free_units(
        &self,
        thing: &str,
        holder: &str,
        start: Timestamp,
        end: Timestamp,
    ) -> Vec<String> {
        let of_thing = self.units.iter().filter(|(_, unit)| unit.thing == thing);
        let names = of_thing.map(|(name, _)| name.clone());
        names.filter(|name| self.is_free(name, holder, start, end)).collect()
    }

    /// Whether all lines could be served for this period.
    pub fn has_all(&self, lines: &[Line], start: Timestamp, end: Timestamp) -> bool {
        lines.iter().all(|line| match line {
            Line::Unit(unit) => self.is_free(unit, "", start, end),
            Line::Any(thing, count) => self.free_units(thing, "", start, end).len() >= *count,
        })
    }
}
