//! From the parts that are stored to the score as of now.

use crate::kernel::Timestamp;
use crate::kernel::clock::DAY;
use crate::waitlist::model::Score;

/// How long a late return counts: twelve months, as 365 days.
pub(crate) const YEAR: i64 = 365 * DAY;

/// What the ranking statement answers about an entry, in points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) age_per_day: i64,
    pub(crate) role: i64,
    pub(crate) penalties: i64,
    pub(crate) active_bookings: i64,
}

/// Points with four digits as a number.
#[expect(clippy::cast_precision_loss, reason = "exact up to nine hundred billion points")]
fn digits(points: i64) -> f64 {
    points as f64 / 10_000.0
}

/// The score and its parts at an instant. Fractions of a point come from age alone and are cut to
/// four digits, so that the same instant gives the same number everywhere.
pub(crate) fn score(parts: &Parts, created_at: Timestamp, now: Timestamp) -> (f64, Score) {
    let Parts { age_per_day, role, penalties, active_bookings } = *parts;
    let others = role + penalties + active_bookings;
    let age = age_per_day.saturating_mul(now.since(created_at));
    let age = i64::try_from(i128::from(age) * 10_000 / i128::from(DAY)).unwrap_or(i64::MAX);
    let sum = digits(age.saturating_add(others.saturating_mul(10_000)));
    (sum, Score { age: digits(age), role, penalties, active_bookings })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_add_up_and_age_is_linear() {
        let parts = Parts { age_per_day: 10, role: 20, penalties: -25, active_bookings: -5 };
        let made = Timestamp::from_millis(1_000 * DAY);
        let at = |millis| {
            let (sum, score) = score(&parts, made, made.plus(millis));
            format!("{} {sum}", score.age)
        };
        assert_eq!(at(0), "0 -10");
        assert_eq!(at(3 * DAY), "30 20");
        assert_eq!(at(300 * DAY), "3000 2990");
        assert_eq!(at(DAY / 3), "3.3333 -6.6667");
    }
}
