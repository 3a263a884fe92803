//! Days as people in an organization count them, around the day on which the demo is made.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp as Instant};

use crate::kernel::clock::DAY;
use crate::kernel::{Error, Result, Timestamp};

/// Counts days from today in a time zone.
pub(super) struct Days {
    zone: TimeZone,
    today: Date,
    /// The beginning of today in UTC. Whatever the demo did lies before it, so that it does not
    /// matter at what time of the day the demo is made.
    pub(super) anchor: Timestamp,
}

impl Days {
    pub(super) fn around(now: Timestamp, zone: &str) -> Result<Self> {
        let anchor = Timestamp::from_millis(now.millis() - now.millis().rem_euclid(DAY));
        let zone = TimeZone::get(zone).map_err(Error::internal)?;
        let instant = Instant::from_millisecond(anchor.millis()).map_err(Error::internal)?;
        let today = instant.to_zoned(zone.clone()).date();
        Ok(Self { zone, today, anchor })
    }

    /// The instant at which the clocks show this time, so many days from today.
    pub(super) fn at(&self, day: i64, hour: u32, minute: u32) -> Result<Timestamp> {
        let small = |number: u32| i8::try_from(number).map_err(Error::internal);
        let time = self.date(day)?.at(small(hour)?, small(minute)?, 0, 0);
        let instant = time.to_zoned(self.zone.clone()).map_err(Error::internal)?.timestamp();
        Ok(Timestamp::from_millis(instant.as_millisecond()))
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
    fn today_is_the_day_there_when_the_day_begins_in_utc() {
        let now = Timestamp::parse("2026-03-20T15:00:00Z").unwrap();
        let halifax = Days::around(now, "America/Halifax").unwrap();
        assert_eq!(halifax.at(0, 12, 0).unwrap().to_string(), "2026-03-19T15:00:00Z");
    }
}
