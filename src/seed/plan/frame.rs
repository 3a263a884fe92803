//! When bookings are made, begin and end: two months around today, most on working days.

use jiff::civil::Weekday;

use crate::kernel::{Result, Timestamp};
use crate::seed::days::Days;
use crate::seed::fortune::Fortune;

/// How far back and ahead bookings begin, in days.
pub(super) const REACH: i64 = 30;

/// The time of a booking and of its making.
pub(super) struct Frame {
    /// The day on which it begins, counted from today.
    pub(super) day: i64,
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    /// The day on which it is made, counted from today.
    pub(super) made_day: i64,
    pub(super) made: Timestamp,
}

/// All frames, in the order in which the bookings are made.
pub(super) fn frames(days: &Days, fortune: &mut Fortune) -> Result<Vec<Frame>> {
    let mut frames = Vec::new();
    for day in -REACH..=REACH {
        for _ in 0..how_many(day, days.weekday(day)?, fortune) {
            frames.push(frame(day, days, fortune)?);
        }
    }
    frames.sort_by_key(|frame| frame.made);
    Ok(frames)
}

/// How many bookings begin on a day. The further ahead, the fewer are made by now.
fn how_many(day: i64, weekday: Weekday, fortune: &mut Fortune) -> u32 {
    let usual = match weekday {
        Weekday::Saturday => fortune.between(2, 5),
        Weekday::Sunday => fortune.between(0, 3),
        Weekday::Monday | Weekday::Friday => fortune.between(8, 12),
        _ => fortune.between(7, 11),
    };
    match day {
        ..=7 => usual,
        8..=14 => usual * 4 / 5,
        15..=21 => usual * 3 / 5,
        _ => usual / 2,
    }
}

fn frame(day: i64, days: &Days, fortune: &mut Fortune) -> Result<Frame> {
    let hour = fortune.between(8, 15);
    let start = days.at(day, hour, 30 * fortune.below(2))?;
    let (last_day, last_hour) = ending(day, hour, fortune);
    let end = days.at(last_day, last_hour, 30 * fortune.below(2))?;
    // The smaller of two: most are made a few days before. Never today, which has only begun.
    let ahead = 1 + fortune.below(14).min(fortune.below(14));
    let latest = -1 - i64::from(fortune.below(9).min(fortune.below(9)));
    let made_day = (day - i64::from(ahead)).min(latest);
    let made = days.at(made_day, fortune.between(8, 19), fortune.below(60))?;
    Ok(Frame { day, start, end, made_day, made })
}

/// On which day and at which hour it ends: some hours, overnight, some days, or a week.
fn ending(day: i64, hour: u32, fortune: &mut Fortune) -> (i64, u32) {
    match fortune.below(100) {
        0..45 => (day, (hour + fortune.between(2, 8)).min(17)),
        45..70 => (day + 1, fortune.between(9, 12)),
        70..92 => (day + i64::from(fortune.between(2, 4)), fortune.between(9, 17)),
        _ => (day + i64::from(fortune.between(5, 7)), fortune.between(9, 17)),
    }
}
