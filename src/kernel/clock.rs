//! Instants, and the clock they are read from. The only place that may ask the machine for the time.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Months, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::ToSchema;

/// An instant in whole milliseconds since 1970 in UTC; RFC 3339 outside, an integer in the database.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = DateTime<Utc>, examples("2026-10-05T08:00:00Z"))]
pub struct Timestamp(i64);

/// One minute in milliseconds.
pub const MINUTE: i64 = 60_000;
/// One hour in milliseconds.
pub const HOUR: i64 = 60 * MINUTE;
/// One day of 24 hours in milliseconds.
pub const DAY: i64 = 24 * HOUR;
/// 9999-12-31T23:59:59.999Z, the last instant RFC 3339 can write.
const LAST: i64 = 253_402_300_799_999;

impl Timestamp {
    /// The instant this many milliseconds after 1970, held within what RFC 3339 can write.
    pub const fn from_millis(millis: i64) -> Self {
        let floored = if millis < 0 { 0 } else { millis };
        Self(if floored > LAST { LAST } else { floored })
    }

    /// Milliseconds since 1970.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This many milliseconds later (earlier, when negative).
    #[must_use]
    pub const fn plus(self, millis: i64) -> Self {
        Self::from_millis(self.0.saturating_add(millis))
    }

    /// So many calendar months earlier, in UTC; on the last day of a month that is shorter.
    pub fn months_before(self, months: u32) -> Option<Self> {
        let then = DateTime::<Utc>::from_timestamp_millis(self.0)?
            .checked_sub_months(Months::new(months))?;
        Some(Self::from_millis(then.timestamp_millis()))
    }

    /// Milliseconds from `earlier` to this instant.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// Reads RFC 3339 with any offset; what is finer than a millisecond is cut off.
    ///
    /// # Errors
    /// Says what is missing, in words for the caller.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parsed = DateTime::parse_from_rfc3339(text).map_err(|_| {
            "must be an RFC 3339 time with an offset, such as 2026-10-05T08:00:00Z".to_owned()
        })?;
        let millis = parsed.timestamp_millis();
        if (0..=LAST).contains(&millis) {
            Ok(Self(millis))
        } else {
            Err("must lie between the years 1970 and 9999".to_owned())
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = if self.0 % 1000 == 0 { SecondsFormat::Secs } else { SecondsFormat::Millis };
        let time = DateTime::<Utc>::from_timestamp_millis(self.0).unwrap_or_default();
        f.write_str(&time.to_rfc3339_opts(format, true))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

/// Where "now" comes from.
pub trait Clock: Send + Sync + 'static {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the wall clock"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(Utc::now().timestamp_millis())
    }
}

/// A clock that stands still until it is set: for tests and seeds.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `at`.
    pub const fn new(at: Timestamp) -> Self {
        Self(AtomicI64::new(at.millis()))
    }

    /// Sets the clock.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.millis(), Ordering::SeqCst);
    }

    /// Moves the clock forward by milliseconds.
    pub fn advance(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn any_offset_comes_in_and_utc_goes_out() {
        for (input, output) in [
            ("2026-10-05T10:00:00+02:00", "2026-10-05T08:00:00Z"),
            ("2026-10-05T08:00:00.5Z", "2026-10-05T08:00:00.500Z"),
            ("2026-10-05T08:00:00.123999Z", "2026-10-05T08:00:00.123Z"),
        ] {
            assert_eq!(Timestamp::parse(input).unwrap().to_string(), output);
        }
    }

    #[test]
    fn months_are_those_of_the_calendar_and_a_year_is_never_shorter_than_one() {
        let before = |time: &str, months| {
            Timestamp::parse(time).unwrap().months_before(months).unwrap().to_string()
        };
        assert_eq!(before("2026-03-31T08:00:00Z", 1), "2026-02-28T08:00:00Z");
        assert_eq!(before("2028-02-29T08:00:00Z", 12), "2027-02-28T08:00:00Z");
        assert_eq!(before("2027-03-01T00:00:00Z", 24), "2025-03-01T00:00:00Z");
        for day in 0..1_500 {
            let now = Timestamp::parse("2026-01-01T12:00:00Z").unwrap().plus(day * super::DAY);
            assert!(now.since(now.months_before(12).unwrap()) >= 365 * super::DAY, "{now}");
        }
    }

    #[test]
    fn a_time_without_an_offset_is_refused() {
        for input in ["2026-10-05T10:00:00", "2026-10-05", "", "1969-12-31T23:59:59Z"] {
            assert!(Timestamp::parse(input).is_err(), "{input}");
        }
    }
}
