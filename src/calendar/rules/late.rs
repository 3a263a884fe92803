//! What a late unit does to its calendar: until it is back, nobody counts on it for periods that
//! begin soon.

use crate::calendar::model::{Busy, BusyKind, BusyUnit};
use crate::kernel::clock::HOUR;
use crate::kernel::{Timestamp, Window};

/// Periods that begin before this are refused a unit that is late; none: lateness refuses nothing.
pub(crate) fn late_until(now: Timestamp, horizon_hours: Option<u32>) -> Option<Timestamp> {
    horizon_hours.map(|hours| now.plus(i64::from(hours) * HOUR))
}

/// Fills the free time of a late unit from its due instant up to `until`, so that its calendar
/// stays disjoint.
pub(crate) fn fill_late(unit: &mut BusyUnit, until: Timestamp, range: &Window) {
    let Some(since) = unit.late_since else { return };
    let end = until.min(range.end);
    let mut free_from = since.max(range.start);
    let mut filled = Vec::with_capacity(unit.claims.len() + 1);
    for claim in unit.claims.drain(..) {
        filled.extend(late(free_from, claim.window.start.min(end)));
        free_from = free_from.max(claim.window.end);
        filled.push(claim);
    }
    filled.extend(late(free_from, end));
    unit.claims = filled;
}

fn late(from: Timestamp, to: Timestamp) -> Option<Busy> {
    let window = Window::new(from, to)?;
    Some(Busy { window, kind: BusyKind::Late, buffer_minutes: 0 })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::kernel::{ResourceId, UnitId};

    fn window(start: i64, end: i64) -> Window {
        Window::new(Timestamp::from_millis(start), Timestamp::from_millis(end)).unwrap()
    }

    fn filled(late_since: Option<i64>, until: i64, claims: &[(i64, i64)]) -> Vec<(i64, i64, bool)> {
        let busy = |(start, end): &(i64, i64)| Busy {
            window: window(*start, *end),
            kind: BusyKind::Booking,
            buffer_minutes: 0,
        };
        let mut unit = BusyUnit {
            unit_id: UnitId(Uuid::nil()),
            resource_id: ResourceId(Uuid::nil()),
            lendable: true,
            late_since: late_since.map(Timestamp::from_millis),
            claims: claims.iter().map(busy).collect(),
        };
        fill_late(&mut unit, Timestamp::from_millis(until), &window(100, 1_000));
        let shown = |busy: &Busy| {
            let Window { start, end } = busy.window;
            (start.millis(), end.millis(), busy.kind == BusyKind::Late)
        };
        unit.claims.iter().map(shown).collect()
    }

    #[test]
    fn the_gaps_up_to_the_horizon_are_filled_and_nothing_overlaps() {
        assert_eq!(filled(None, 500, &[(150, 200)]), [(150, 200, false)]);
        assert_eq!(filled(Some(50), 500, &[]), [(100, 500, true)]);
        assert_eq!(
            filled(Some(50), 500, &[(40, 120), (200, 300), (600, 700)]),
            [
                (40, 120, false),
                (120, 200, true),
                (200, 300, false),
                (300, 500, true),
                (600, 700, false)
            ]
        );
        assert_eq!(
            filled(Some(50), 5_000, &[(400, 1_200)]),
            [(100, 400, true), (400, 1_200, false)]
        );
        assert_eq!(filled(Some(50), 90, &[]), []);
    }

    #[test]
    fn the_horizon_moves_with_time_and_may_be_off() {
        let now = Timestamp::from_millis(1_000);
        assert_eq!(late_until(now, Some(2)), Some(now.plus(2 * HOUR)));
        assert_eq!(late_until(now, Some(0)), Some(now));
        assert_eq!(late_until(now, None), None);
    }
}
