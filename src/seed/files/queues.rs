//! `waitlist.toml`: who holds all there is of something, who waits for it, and what becomes of them.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Bookings that leave nothing free in a period, and those who wait for one of them to end. Days
/// are counted from today.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::seed) struct QueueFile {
    /// The day on which the period begins; the Monday after where that is a weekend.
    pub(in crate::seed) begins: i64,
    /// How many days it takes.
    pub(in crate::seed) days: i64,
    /// Made before anybody else asks for that period.
    pub(in crate::seed) bookings: Vec<RequestFile>,
    pub(in crate::seed) entries: Vec<RequestFile>,
}

/// Something that is asked for, as a booking or in the waitlist.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::seed) struct RequestFile {
    /// The full name.
    pub(in crate::seed) who: String,
    /// How many of which resource.
    pub(in crate::seed) wants: BTreeMap<String, u32>,
    pub(in crate::seed) purpose: String,
    /// The day on which it is made.
    pub(in crate::seed) made: i64,
    /// How many days after the period of the queue its own begins.
    #[serde(default)]
    pub(in crate::seed) after: i64,
    /// How many days it takes, when not as many as the queue.
    pub(in crate::seed) days: Option<i64>,
    /// From which hour of the first day to which hour of the last.
    #[serde(default = "usual_hours")]
    pub(in crate::seed) hours: (u32, u32),
    /// What becomes of it, in the order of time and at most once a day.
    #[serde(default)]
    pub(in crate::seed) then: Vec<ThenFile>,
}

/// Something that is done later.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::seed) struct ThenFile {
    pub(in crate::seed) day: i64,
    pub(in crate::seed) what: What,
    /// Who does it, when it is not the one who asked.
    pub(in crate::seed) by: Option<String>,
    /// What is said.
    #[serde(default)]
    pub(in crate::seed) note: String,
    /// When the period that is proposed instead begins.
    pub(in crate::seed) begins: Option<i64>,
}

/// What is done.
#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::seed) enum What {
    Propose,
    Accept,
    Decline,
    Approve,
    Reject,
    Cancel,
}

fn usual_hours() -> (u32, u32) {
    (9, 17)
}
