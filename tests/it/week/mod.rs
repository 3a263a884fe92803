//! One week at a desk, over HTTP, with a night in it in which the clocks change: what the service
//! shows at any time is what a model says that knows nothing but the contract.

mod calendars;
mod desk;
mod doing;
mod findings;
mod model;
mod read_back;
mod script;
mod sentence;
mod trail;

use jiff::civil::date;
use jiff::tz::TimeZone;

use desk::Desk;
use sentence::Wall;

/// Lives through the week that begins on this Monday; `night` is what the script can't know of the
/// zone, in cents.
fn live(zone: &str, (year, month, day): (i16, i8, i8), night: i64) {
    let zone = TimeZone::get(zone).unwrap();
    let mut desk = Desk::open(Wall { monday: date(year, month, day), zone });
    for day in script::WEEK {
        let day = day.replace("$night", &night.to_string());
        for line in day.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let sentence = sentence::read(line, &desk.wall);
            desk.go_to(sentence.at, !sentence.changes_something());
            desk.act(&sentence);
            // A refusal has shown already that nothing has changed.
            if sentence.refused.is_none() {
                desk.compare_bookings(line);
            }
        }
        desk.close_the_day();
    }
    desk.demand_a_full_week();
}

/// 02:00 becomes 03:00: from 01:50 to 03:10 are twenty minutes, within the grace. Goes red with each
/// of the seeded bugs `late_unfined`, `fine_by_utc_days`, `grace_ignored`, `late_cap_ignored`,
/// `danger_not_seen`, `lateness_ignored`, `order_by_age_alone`, `served_in_parts`,
/// `expiry_only_by_the_job`, `event_outside`, `every_step_a_new_state` and `let_go_is_late`.
#[test]
fn in_paris_in_spring() {
    live("Europe/Paris", (2026, 3, 23), 0);
}

/// 03:00 becomes 02:00.
#[test]
fn in_paris_in_autumn() {
    live("Europe/Paris", (2026, 10, 19), 150);
}

/// 02:00 becomes 01:30, in April.
#[test]
fn on_lord_howe_island() {
    live("Australia/Lord_Howe", (2026, 3, 30), 150);
}

/// Midnight becomes 01:00: the Sunday has no midnight.
#[test]
fn in_beirut() {
    live("Asia/Beirut", (2026, 3, 23), 150);
}
