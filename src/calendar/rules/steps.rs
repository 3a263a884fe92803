//! Calendars as people read them: busy intervals of a unit, free units as a step function.

use crate::calendar::model::{Busy, BusyInterval, BusyKind, BusyUnit, FreeStep};
use crate::kernel::{Window, clock::MINUTE};

/// When a unit is not free within the range, the buffer told apart from what it follows.
pub(crate) fn intervals(unit: &BusyUnit, range: &Window) -> Vec<BusyInterval> {
    unit.claims.iter().flat_map(split).filter_map(|interval| clip(&interval, range)).collect()
}

fn split(busy: &Busy) -> [BusyInterval; 2] {
    let Busy { window: Window { start, end }, kind, .. } = *busy;
    let until = end.plus(-busy.buffer_minutes * MINUTE).max(start);
    [
        BusyInterval { start_at: start, end_at: until, kind },
        BusyInterval { start_at: until, end_at: end, kind: BusyKind::Buffer },
    ]
}

fn clip(interval: &BusyInterval, range: &Window) -> Option<BusyInterval> {
    let start_at = interval.start_at.max(range.start);
    let end_at = interval.end_at.min(range.end);
    (start_at < end_at).then_some(BusyInterval { start_at, end_at, kind: interval.kind })
}

/// The number of free units over the whole range; neighbouring steps differ.
pub(crate) fn steps(units: &[BusyUnit], range: &Window) -> Vec<FreeStep> {
    let lendable = units.iter().filter(|unit| unit.lendable);
    let mut free = i64::try_from(lendable.clone().count()).unwrap_or(i64::MAX);
    let mut changes = Vec::new();
    for busy in lendable.flat_map(|unit| &unit.claims) {
        let start = busy.window.start.max(range.start);
        let end = busy.window.end.min(range.end);
        if start < end {
            changes.push((start, -1));
            changes.push((end, 1));
        }
    }
    changes.sort_unstable();
    changes.push((range.end, 0));
    let mut steps: Vec<FreeStep> = Vec::new();
    let mut from = range.start;
    for (at, change) in changes {
        if from < at {
            push(&mut steps, FreeStep { start_at: from, end_at: at, free: clamp(free) });
            from = at;
        }
        free += change;
    }
    steps
}

/// Adds a step, or lengthens the last one when the number stays the same.
fn push(steps: &mut Vec<FreeStep>, step: FreeStep) {
    match steps.last_mut() {
        Some(last) if last.free == step.free => last.end_at = step.end_at,
        _ => steps.push(step),
    }
}

fn clamp(free: i64) -> u32 {
    u32::try_from(free).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::kernel::{ResourceId, Timestamp, UnitId};

    fn window(start: i64, end: i64) -> Window {
        let at = |minutes: i64| Timestamp::from_millis(minutes * MINUTE);
        Window::new(at(start), at(end)).unwrap()
    }

    fn unit(lendable: bool, claims: &[(i64, i64, i64)]) -> BusyUnit {
        let busy = |(start, end, buffer_minutes): &(i64, i64, i64)| Busy {
            window: window(*start, *end),
            kind: BusyKind::Booking,
            buffer_minutes: *buffer_minutes,
        };
        BusyUnit {
            unit_id: UnitId(Uuid::nil()),
            resource_id: ResourceId(Uuid::nil()),
            lendable,
            late_since: None,
            claims: claims.iter().map(busy).collect(),
        }
    }

    fn numbers(units: &[BusyUnit]) -> Vec<(i64, i64, u32)> {
        let minutes = |at: Timestamp| at.millis() / MINUTE;
        let steps = steps(units, &window(0, 100));
        steps.iter().map(|s| (minutes(s.start_at), minutes(s.end_at), s.free)).collect()
    }

    #[test]
    fn steps_cover_the_range_and_neighbours_differ() {
        let units = [
            unit(true, &[(10, 20, 0), (20, 30, 0)]),
            unit(true, &[(25, 200, 0)]),
            unit(false, &[]),
        ];
        assert_eq!(numbers(&units), [(0, 10, 2), (10, 25, 1), (25, 30, 0), (30, 100, 1)]);
        assert_eq!(numbers(&[]), [(0, 100, 0)]);
    }

    #[test]
    fn the_buffer_is_told_apart() {
        let busy = intervals(&unit(true, &[(10, 30, 5)]), &window(0, 28));
        let kinds: Vec<_> = busy.iter().map(|i| (i.end_at.millis() / MINUTE, i.kind)).collect();
        assert_eq!(kinds, [(25, BusyKind::Booking), (28, BusyKind::Buffer)]);
    }
}
