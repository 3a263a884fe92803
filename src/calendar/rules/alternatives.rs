//! The nearest periods in which the same request fits.

use super::is_free;
use crate::calendar::model::{BusyUnit, ResolvedLine};
use crate::kernel::{DemandLine, Timestamp, Window};

/// Candidates that are looked at; a crowded calendar has thousands, the nearest are enough.
const LOOKED_AT: usize = 500;

/// Up to `most` windows of the same length in `within`, the nearest to `wanted` first. A window
/// can only begin to fit where a claim ends, or end to fit where one begins.
pub(crate) fn nearest_windows(
    wanted: &Window,
    lines: &[ResolvedLine],
    units: &[BusyUnit],
    within: &Window,
    most: usize,
) -> Vec<Window> {
    let mut starts: Vec<Timestamp> = vec![within.start];
    for busy in units.iter().flat_map(|unit| &unit.claims) {
        starts.push(busy.window.end);
        for line in lines {
            let length = wanted.with_buffer(line.buffer_minutes).millis();
            starts.push(busy.window.start.plus(-length));
        }
    }
    starts.retain(|start| within.start <= *start && *start < within.end);
    starts.sort_by_key(|start| (start.since(wanted.start).abs(), *start));
    starts.dedup();
    let windows = starts.into_iter().map(|start| wanted.shifted(start.since(wanted.start)));
    windows
        .filter(|window| window.start != wanted.start)
        .take(LOOKED_AT)
        .filter(|window| fits(window, lines, units))
        .take(most)
        .collect()
}

/// Whether every line can be served at once; named units are not counted for the others.
fn fits(window: &Window, lines: &[ResolvedLine], units: &[BusyUnit]) -> bool {
    let named: Vec<_> = lines
        .iter()
        .filter_map(|line| match line.line {
            DemandLine::Unit(unit) => Some(unit),
            DemandLine::Any(..) => None,
        })
        .collect();
    lines.iter().all(|line| {
        let wanted = window.with_buffer(line.buffer_minutes);
        let free = |unit: &&BusyUnit| is_free(unit, &wanted);
        match line.line {
            DemandLine::Unit(id) => {
                units.iter().filter(|unit| unit.unit_id == id).any(|u| free(&u))
            }
            DemandLine::Any(resource, quantity) => {
                let others = units
                    .iter()
                    .filter(|unit| unit.resource_id == resource && !named.contains(&unit.unit_id));
                others.filter(free).count() >= usize::try_from(quantity).unwrap_or(usize::MAX)
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::calendar::model::{Busy, BusyKind};
    use crate::kernel::{ResourceId, UnitId, clock::MINUTE};

    fn window(start: i64, end: i64) -> Window {
        let at = |minutes: i64| Timestamp::from_millis(minutes * MINUTE);
        Window::new(at(start), at(end)).unwrap()
    }

    fn unit(number: u128, claims: &[(i64, i64)]) -> BusyUnit {
        let busy = |(start, end): &(i64, i64)| Busy {
            window: window(*start, *end),
            kind: BusyKind::Booking,
            buffer_minutes: 0,
        };
        BusyUnit {
            unit_id: UnitId(Uuid::from_u128(number)),
            resource_id: ResourceId(Uuid::nil()),
            lendable: true,
            late_since: None,
            claims: claims.iter().map(busy).collect(),
        }
    }

    fn line(quantity: u32, buffer_minutes: i64) -> ResolvedLine {
        let resource_id = ResourceId(Uuid::nil());
        let line = DemandLine::Any(resource_id, quantity);
        ResolvedLine { line, resource_id, buffer_minutes, obstacle: None }
    }

    #[test]
    fn windows_before_and_after_are_found_nearest_first() {
        let units = [unit(1, &[(100, 200), (230, 300)])];
        let found = nearest_windows(&window(150, 180), &[line(1, 0)], &units, &window(10, 400), 5);
        assert_eq!(found, [window(200, 230), window(70, 100), window(10, 40), window(300, 330)]);
    }

    #[test]
    fn the_buffer_must_fit_too_and_all_units_at_once() {
        let units = [unit(1, &[(100, 200), (230, 300)]), unit(2, &[(0, 260)])];
        let one = nearest_windows(&window(150, 180), &[line(1, 5)], &units, &window(10, 400), 1);
        assert_eq!(one, [window(65, 95)]);
        let two = nearest_windows(&window(150, 180), &[line(2, 0)], &units, &window(10, 400), 1);
        assert_eq!(two, [window(300, 330)]);
    }
}
