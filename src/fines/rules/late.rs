//! What a late return costs: so much for each calendar day that it reached into, where people are.

use jiff::Timestamp as Instant;
use jiff::tz::TimeZone;

use crate::kernel::clock::MINUTE;
use crate::kernel::{Cents, Error, Result, Timestamp, bug};

/// What the fine for one item depends on.
#[derive(Debug, Clone)]
pub(crate) struct LateFacts {
    /// When the item was to be back.
    pub(crate) due_at: Timestamp,
    /// When it was back.
    pub(crate) returned_at: Timestamp,
    /// Where the organization is.
    pub(crate) zone: TimeZone,
    /// Who is late by no more than this pays nothing.
    pub(crate) grace_minutes: u32,
    pub(crate) cents_per_day: Cents,
    /// The most that one item costs; none: there is no such limit.
    pub(crate) cap: Option<Cents>,
}

/// The fine for one item, nothing within the grace. Beyond the grace all of the lateness counts,
/// from the instant at which the item was due.
///
/// # Errors
/// `internal`, when the amount can't be held.
pub(crate) fn late_fine(facts: &LateFacts) -> Result<Cents> {
    let late = facts.returned_at.since(facts.due_at);
    let grace = i64::from(facts.grace_minutes) * MINUTE;
    let forgiven = if bug::seeded("grace_ignored") { 0 } else { grace };
    if late <= forgiven {
        return Ok(Cents::ZERO);
    }
    let days = begun_days(facts.due_at, facts.returned_at, &facts.zone)?;
    let amount = facts.cents_per_day.times(days)?;
    let cap = facts.cap.filter(|_| !bug::seeded("late_cap_ignored"));
    Ok(cap.map_or(amount, |cap| amount.min(cap)))
}

/// How many calendar days of the zone have an instant from `due` on and before `until`: the begun
/// days of being late. Walks from one beginning of a day to the next: days differ in length, and a
/// zone may leave one out.
///
/// # Errors
/// `internal`, at the end of time.
pub fn begun_days(due: Timestamp, until: Timestamp, zone: &TimeZone) -> Result<i64> {
    let local = if bug::seeded("fine_by_utc_days") { &TimeZone::UTC } else { zone };
    let zoned = |at: Timestamp| {
        let instant = Instant::from_millisecond(at.millis()).map_err(Error::internal)?;
        Ok::<_, Error>(instant.to_zoned(local.clone()))
    };
    let (mut day, until) = (zoned(due)?, zoned(until)?);
    let mut days = 0;
    while day < until {
        days += 1;
        let next = day.tomorrow().and_then(|next| next.start_of_day());
        day = next.map_err(Error::internal)?;
    }
    Ok(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARIS: &str = "Europe/Paris";
    const MONTREAL: &str = "America/Montreal";
    const LORD_HOWE: &str = "Australia/Lord_Howe";

    /// One euro a day, no grace and no cap.
    fn facts(zone: &str, due: &str, returned: &str) -> LateFacts {
        let local = |text: &str| {
            let civil: jiff::civil::DateTime = text.parse().unwrap();
            let instant = civil.to_zoned(TimeZone::get(zone).unwrap()).unwrap().timestamp();
            Timestamp::from_millis(instant.as_millisecond())
        };
        let at = |text: &str| {
            if text.ends_with('Z') { Timestamp::parse(text).unwrap() } else { local(text) }
        };
        LateFacts {
            due_at: at(due),
            returned_at: at(returned),
            zone: TimeZone::get(zone).unwrap(),
            grace_minutes: 0,
            cents_per_day: Cents::new(100),
            cap: None,
        }
    }

    #[track_caller]
    fn check(table: &[(&str, &str, &str, i64)]) {
        for (zone, due, returned, days) in table {
            let fine = late_fine(&facts(zone, due, returned)).unwrap();
            assert_eq!(fine, Cents::new(days * 100), "{zone}: {due} to {returned}");
        }
    }

    /// Times are those that the clocks show there, unless they bear a Z.
    #[test]
    fn each_begun_day_of_the_place_counts_once() {
        check(&[
            // A Monday and what follows.
            (PARIS, "2026-03-02T17:00", "2026-03-02T17:00", 0),
            (PARIS, "2026-03-02T17:00", "2026-03-02T16:00", 0),
            (PARIS, "2026-03-02T17:00", "2026-03-02T17:00:00.001", 1),
            (PARIS, "2026-03-02T17:00", "2026-03-02T19:00", 1),
            (PARIS, "2026-03-02T17:00", "2026-03-02T23:59:59.999", 1),
            (PARIS, "2026-03-02T17:00", "2026-03-03T00:00", 1),
            (PARIS, "2026-03-02T17:00", "2026-03-03T00:00:00.001", 2),
            (PARIS, "2026-03-02T17:00", "2026-03-03T09:00", 2),
            (PARIS, "2026-03-03T00:00", "2026-03-03T09:00", 1),
            (PARIS, "2026-03-03T00:00", "2026-03-04T00:00", 1),
            (PARIS, "2026-03-02T23:59:59.999", "2026-03-03T00:00:00.001", 2),
            (PARIS, "2026-02-27T12:00", "2026-03-02T12:00", 4),
            (PARIS, "2028-02-28T12:00", "2028-03-01T12:00", 3),
            (PARIS, "2026-12-31T23:00", "2027-01-01T01:00", 2),
            (PARIS, "2026-03-02T17:00", "2027-03-02T17:00", 366),
        ]);
    }

    #[test]
    fn days_of_23_and_25_hours_are_days() {
        check(&[
            // 29 March 2026 has 23 hours in Paris, 25 October has 25.
            (PARIS, "2026-03-29T00:00", "2026-03-30T00:00", 1),
            (PARIS, "2026-03-28T23:30", "2026-03-29T00:30", 2),
            (PARIS, "2026-03-29T00:00", "2026-03-30T00:30", 2),
            (PARIS, "2026-10-25T00:00", "2026-10-26T00:00", 1),
            (PARIS, "2026-10-25T00:00", "2026-10-25T23:59", 1),
            (PARIS, "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", 1),
            (PARIS, "2026-10-24T23:30", "2026-10-26T00:30", 3),
            // 8 March and 1 November in Montréal.
            (MONTREAL, "2026-03-08T00:00", "2026-03-09T00:00", 1),
            (MONTREAL, "2026-03-07T23:00", "2026-03-09T00:30", 3),
            (MONTREAL, "2026-11-01T00:00", "2026-11-02T00:00", 1),
            (MONTREAL, "2026-11-01T00:00", "2026-11-01T23:59", 1),
            (MONTREAL, "2026-10-31T23:59", "2026-11-02T00:01", 3),
            // On Lord Howe Island the clocks move by half an hour: 5 April and 4 October 2026.
            (LORD_HOWE, "2026-04-05T00:00", "2026-04-06T00:00", 1),
            (LORD_HOWE, "2026-04-04T23:45", "2026-04-05T00:15", 2),
            (LORD_HOWE, "2026-04-05T00:00", "2026-04-05T23:45", 1),
            (LORD_HOWE, "2026-10-04T00:00", "2026-10-05T00:00", 1),
            (LORD_HOWE, "2026-10-04T00:00", "2026-10-05T00:15", 2),
            (LORD_HOWE, "2026-10-03T23:45", "2026-10-05T00:15", 3),
        ]);
    }

    #[test]
    fn days_are_those_of_the_place_and_not_of_utc() {
        check(&[
            // Late in the evening in Honolulu a day of UTC is already over, in Auckland not begun.
            ("Pacific/Honolulu", "2026-06-01T13:00", "2026-06-01T22:00", 1),
            ("Pacific/Honolulu", "2026-06-01T23:00", "2026-06-02T01:00", 2),
            ("Pacific/Auckland", "2026-06-01T08:00", "2026-06-01T20:00", 1),
            ("Pacific/Auckland", "2026-06-01T23:00", "2026-06-02T01:00", 2),
            ("Asia/Kathmandu", "2026-06-01T05:00", "2026-06-01T06:00", 1),
            ("UTC", "2026-06-01T23:00", "2026-06-02T01:00", 2),
        ]);
    }

    #[test]
    fn a_day_without_a_midnight_and_one_that_was_left_out() {
        check(&[
            // The clocks of Havana go from Saturday 24:00 to Sunday 01:00.
            ("America/Havana", "2026-03-07T23:30", "2026-03-08T01:00", 1),
            ("America/Havana", "2026-03-07T23:30", "2026-03-08T01:30", 2),
            // In Nuuk Saturday the 24th begins its last hour twice.
            ("America/Nuuk", "2026-10-24T22:00", "2026-10-25T00:00", 1),
            ("America/Nuuk", "2026-10-24T23:30", "2026-10-25T00:30", 2),
            // Samoa went from 29 to 31 December 2011.
            ("Pacific/Apia", "2011-12-29T12:00", "2011-12-31T12:00", 2),
        ]);
    }

    #[test]
    fn within_the_grace_nothing_counts_and_beyond_it_all_does() {
        for (returned, days) in [
            ("2026-03-02T16:59", 0),
            ("2026-03-02T17:29", 0),
            ("2026-03-02T17:30", 0),
            ("2026-03-02T17:30:00.001", 1),
            ("2026-03-03T00:00:00.001", 2),
        ] {
            let facts =
                LateFacts { grace_minutes: 30, ..facts(PARIS, "2026-03-02T17:00", returned) };
            assert_eq!(late_fine(&facts).unwrap(), Cents::new(days * 100), "{returned}");
        }
        // A grace that reaches over midnight forgives days, and does not move the first one.
        let facts = facts(PARIS, "2026-03-02T23:50", "2026-03-03T00:20");
        assert_eq!(
            late_fine(&LateFacts { grace_minutes: 30, ..facts.clone() }).unwrap(),
            Cents::ZERO
        );
        assert_eq!(late_fine(&LateFacts { grace_minutes: 29, ..facts }).unwrap(), Cents::new(200));
    }

    #[test]
    fn the_cap_is_the_most_and_amounts_never_wrap() {
        let ten_days = facts(PARIS, "2026-03-02T17:00", "2026-03-11T17:00");
        for (per_day, cap, fine) in [
            (100, None, 1_000),
            (100, Some(1_000), 1_000),
            (100, Some(999), 999),
            (100, Some(0), 0),
            (0, None, 0),
            (1_000_000_000, Some(1_000_000_000), 1_000_000_000),
            (1_000_000_000, None, 10_000_000_000),
        ] {
            let facts = LateFacts {
                cents_per_day: Cents::new(per_day),
                cap: cap.map(Cents::new),
                ..ten_days.clone()
            };
            assert_eq!(late_fine(&facts).unwrap(), Cents::new(fine), "{per_day} {cap:?}");
        }
        let endless = LateFacts { cents_per_day: Cents::new(i64::MAX), ..ten_days };
        assert!(late_fine(&endless).is_err());
    }
}
