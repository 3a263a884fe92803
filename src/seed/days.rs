//! Days as people in an organization count them, around the day on which the demo is made.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp as Instant, Zoned};

use crate::kernel::clock::DAY;
use crate::kernel::{Error, Result, Timestamp};

/// Counts days from today in a time zone.
pub(super) struct Days {
    zone: TimeZone,
    today: Date,
    /// The beginning of today in UTC, which is the day there for most of it. Whatever the demo did
    /// lies before it, so that it does not matter at what time of the day the demo is made.
    pub(super) anchor: Timestamp,
}

impl Days {
    pub(super) fn around(now: Timestamp, zone: &str) -> Result<Self> {
        let anchor = Timestamp::from_millis(now.millis() - now.millis().rem_euclid(DAY));
        let zone = TimeZone::get(zone).map_err(Error::internal)?;
        let today = zoned(anchor, &TimeZone::UTC)?.date();
        Ok(Self { zone, today, anchor })
    }

    /// The instant at which the clocks show this time, so many days from today.
    pub(super) fn at(&self, day: i64, hour: u32, minute: u32) -> Result<Timestamp> {
        let small = |number: u32| i8::try_from(number).map_err(Error::internal);
        let time = self.date(day)?.at(small(hour)?, small(minute)?, 0, 0);
        let instant = time.to_zoned(self.zone.clone()).map_err(Error::internal)?.timestamp();
        Ok(Timestamp::from_millis(instant.as_millisecond()))
    }

    /// How many days from today an instant is there, and its hour.
    pub(super) fn hour_of(&self, at: Timestamp) -> Result<(i64, u32)> {
        let there = zoned(at, &self.zone)?;
        let days = self.today.until(there.date()).map_err(Error::internal)?.get_days();
        let hour = u32::try_from(there.hour()).map_err(Error::internal)?;
        Ok((i64::from(days), hour))
    }

    /// Which day of the week it is, so many days from today.
    pub(super) fn weekday(&self, day: i64) -> Result<Weekday> {
        Ok(self.date(day)?.weekday())
    }

    fn date(&self, day: i64) -> Result<Date> {
        let span = Span::new().try_days(day).map_err(Error::internal)?;
        self.today.checked_add(span).map_err(Error::internal)
    }
}

fn zoned(at: Timestamp, zone: &TimeZone) -> Result<Zoned> {
    let instant = Instant::from_millisecond(at.millis()).map_err(Error::internal)?;
    Ok(instant.to_zoned(zone.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_those_of_the_place_on_both_sides_of_daylight_saving() {
        let now = Timestamp::parse("2026-03-20T15:00:00Z").unwrap();
        let days = Days::around(now, "Europe/Paris").unwrap();
        assert_eq!(days.anchor.to_string(), "2026-03-20T00:00:00Z");
        assert_eq!(days.at(0, 9, 30).unwrap().to_string(), "2026-03-20T08:30:00Z");
        assert_eq!(days.at(10, 9, 30).unwrap().to_string(), "2026-03-30T07:30:00Z");
        assert_eq!(days.weekday(1).unwrap(), Weekday::Saturday);
    }

    #[test]
    fn today_is_the_same_date_everywhere_and_an_instant_is_found_again() {
        let now = Timestamp::parse("2026-03-20T15:00:00Z").unwrap();
        for (zone, noon) in [
            ("America/Halifax", "2026-03-20T15:00:00Z"),
            ("Pacific/Auckland", "2026-03-19T23:00:00Z"),
        ] {
            let days = Days::around(now, zone).unwrap();
            assert_eq!(days.at(0, 12, 0).unwrap().to_string(), noon);
            for day in [-40, -1, 0, 20] {
                assert_eq!(days.hour_of(days.at(day, 18, 59).unwrap()).unwrap(), (day, 18));
            }
        }
    }
}
