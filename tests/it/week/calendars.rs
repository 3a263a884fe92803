//! The calendars: when each unit is not free and why, and how many are free throughout the week.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::desk::Desk;
use super::model::LATE_HORIZON;

/// A stretch of time and its kind.
type Stretch = (Timestamp, Timestamp, &'static str);

impl Desk {
    /// The calendar of each thing, and how many of it could be handed out right now.
    pub fn compare_calendars(&self) {
        let days = |count: i64| SignedDuration::from_hours(24 * count);
        let monday = self.wall.at("Mon", "00:00");
        let range = (monday - days(2), monday + days(11));
        for (name, thing) in &self.model.things {
            let path = format!("/resources/{}", thing.id);
            let (from, to) = range;
            let path_of_range = format!("{path}/availability?from={from}&to={to}");
            let shown = self.caller("Cleo").get(&path_of_range).expect(200).json();
            assert_eq!(shown, self.calendar(name, range), "{name} at {}", self.model.now);
            let shown = self.caller("Cleo").get(&path).expect(200).json();
            assert_eq!(shown["units"], self.counts(name), "{name} at {}", self.model.now);
        }
    }

    fn units_of(&self, thing: &str) -> Vec<&String> {
        let units = self.model.units.iter().filter(|(_, unit)| unit.thing == thing);
        units.map(|(name, _)| name).collect()
    }

    /// Kept in the order of their barcodes, as they were made.
    fn calendar(&self, thing: &str, range: (Timestamp, Timestamp)) -> Value {
        let units = self.units_of(thing);
        let unit = |unit: &&String| {
            let busy = self.stretches(unit, range).into_iter().map(|(start, end, kind)| {
                json!({ "start_at": start.to_string(), "end_at": end.to_string(), "kind": kind })
            });
            json!({
                "resource_unit_id": self.model.units[*unit].id,
                "lendable": self.model.is_lent(unit), "busy": busy.collect::<Vec<_>>(),
            })
        };
        json!({
            "resource_id": self.model.things[thing].id,
            "steps": self.steps(&units, range),
            "units": units.iter().map(unit).collect::<Vec<_>>(),
        })
    }

    /// When a unit is not free: what holds it, the buffers, and between them its lateness.
    fn stretches(&self, unit: &str, (from, to): (Timestamp, Timestamp)) -> Vec<Stretch> {
        let mut all: Vec<Stretch> = Vec::new();
        for taken in self.model.taken().iter().filter(|taken| taken.unit == unit) {
            all.push((taken.start, taken.end, taken.kind));
            all.push((taken.end, taken.until(), "buffer"));
        }
        if let Some(since) = self.model.late_since(unit, "") {
            let until = self.model.now + LATE_HORIZON;
            let mut free_from = since;
            for (start, end, _) in all.clone() {
                all.push((free_from, start.min(until), "late"));
                free_from = free_from.max(end);
            }
            all.push((free_from, until, "late"));
        }
        all.retain_mut(|(start, end, _)| {
            (*start, *end) = ((*start).max(from), (*end).min(to));
            start < end
        });
        all.sort_unstable();
        all
    }

    /// The number of free units from change to change.
    fn steps(&self, units: &[&String], range: (Timestamp, Timestamp)) -> Vec<Value> {
        let lent = units.iter().filter(|unit| self.model.is_lent(unit));
        let busy: Vec<Vec<Stretch>> = lent.map(|unit| self.stretches(unit, range)).collect();
        let mut edges = vec![range.0, range.1];
        edges.extend(busy.iter().flatten().flat_map(|(start, end, _)| [*start, *end]));
        edges.sort_unstable();
        edges.dedup();
        let free_at = |at: Timestamp| {
            let is_busy =
                |busy: &&Vec<Stretch>| busy.iter().any(|(start, end, _)| *start <= at && at < *end);
            busy.len() - busy.iter().filter(is_busy).count()
        };
        let mut steps: Vec<(Timestamp, Timestamp, usize)> = Vec::new();
        for pair in edges.windows(2) {
            let free = free_at(pair[0]);
            match steps.last_mut() {
                Some(last) if last.2 == free => last.1 = pair[1],
                _ => steps.push((pair[0], pair[1], free)),
            }
        }
        let step = |(start, end, free): (Timestamp, Timestamp, usize)| json!({ "start_at": start.to_string(), "end_at": end.to_string(), "free": free });
        steps.into_iter().map(step).collect()
    }

    /// How many units there are, and how many could be handed out right now.
    fn counts(&self, thing: &str) -> Value {
        let units = self.units_of(thing);
        let (model, now) = (&self.model, self.model.now);
        let ready = |unit: &&&String| {
            let held = model
                .taken()
                .into_iter()
                .any(|taken| taken.unit == ***unit && taken.start <= now && now < taken.until());
            model.is_lent(unit) && model.out_with(unit).is_none() && !held
        };
        json!({ "total": units.len(), "available": units.iter().filter(ready).count() })
    }
}
