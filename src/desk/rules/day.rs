//! Days as people in the organization count them.

use jiff::Timestamp as Instant;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::kernel::{Error, Result, Timestamp, Window, bug};

/// The time zone with this IANA name.
///
/// # Errors
/// `internal`, when this build knows none: none other can be set.
pub(crate) fn zone(name: &str) -> Result<TimeZone> {
    let name = if bug::seeded("today_by_utc") { "UTC" } else { name };
    TimeZone::get(name).map_err(Error::internal)
}

/// The day in which an instant lies, and its period: 24 hours, or less or more where clocks change.
///
/// # Errors
/// `internal`, at the end of time.
pub(crate) fn day_of(now: Timestamp, zone: &TimeZone) -> Result<(String, Window)> {
    let date = date(now, zone)?;
    let end = beginning(date.tomorrow().map_err(Error::internal)?, zone)?;
    Ok((date.to_string(), Window { start: beginning(date, zone)?, end }))
}

fn date(at: Timestamp, zone: &TimeZone) -> Result<Date> {
    let instant = Instant::from_millisecond(at.millis()).map_err(Error::internal)?;
    Ok(instant.to_zoned(zone.clone()).date())
}

/// The first instant of a day, which is not midnight where clocks change then.
fn beginning(date: Date, zone: &TimeZone) -> Result<Timestamp> {
    let start = date.to_zoned(zone.clone()).map_err(Error::internal)?;
    Ok(Timestamp::from_millis(start.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::clock::HOUR;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn a_day_is_that_of_the_place_and_as_long_as_it_is_there() {
        for (place, now, date, from, hours) in [
            ("Europe/Berlin", "2026-03-02T09:00:00Z", "2026-03-02", "2026-03-01T23:00:00Z", 24),
            ("Europe/Berlin", "2026-03-02T23:00:00Z", "2026-03-03", "2026-03-02T23:00:00Z", 24),
            ("Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-29", "2026-03-28T23:00:00Z", 23),
            ("Europe/Berlin", "2026-10-25T12:00:00Z", "2026-10-25", "2026-10-24T22:00:00Z", 25),
            ("America/Halifax", "2026-03-02T03:59:59Z", "2026-03-01", "2026-03-01T04:00:00Z", 24),
            // Here the clocks skip the hour behind midnight, and midnight comes twice.
            ("America/Santiago", "2026-09-06T12:00:00Z", "2026-09-06", "2026-09-06T04:00:00Z", 23),
            ("America/Havana", "2024-11-03T12:00:00Z", "2024-11-03", "2024-11-03T04:00:00Z", 25),
        ] {
            let (found, window) = day_of(at(now), &zone(place).unwrap()).unwrap();
            let found = (found.as_str(), window.start, window.millis() / HOUR);
            assert_eq!(found, (date, at(from), hours), "{place} {now}");
        }
    }
}
