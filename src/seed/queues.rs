//! `waitlist.toml`: who holds all there is of something, who waits for it, and what becomes of them.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Bookings that leave nothing free in a period, and those who wait for one of them to end. Days
/// are counted from today.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QueueFile {
    /// The day on which the period begins; the Monday after where that is a weekend.
    pub(super) begins: i64,
    /// How many days it takes.
    pub(super) days: i64,
    /// Made before anybody else asks for that period.
    pub(super) bookings: Vec<RequestFile>,
    pub(super) entries: Vec<RequestFile>,
}

/// Something that is asked for, as a booking or in the waitlist.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestFile {
    /// The full name.
    pub(super) who: String,
    /// How many of which resource.
    pub(super) wants: BTreeMap<String, u32>,
    pub(super) purpose: String,
    /// The day on which it is made.
    pub(super) made: i64,
    /// How many days after the period of the queue its own begins.
    #[serde(default)]
    pub(super) after: i64,
    /// How many days it takes, when not as many as the queue.
    pub(super) days: Option<i64>,
    /// From which hour of the first day to which hour of the last.
    #[serde(default = "usual_hours")]
    pub(super) hours: (u32, u32),
    /// What becomes of it, in the order of time and at most once a day.
    #[serde(default)]
    pub(super) then: Vec<ThenFile>,
}

/// Something that is done later.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ThenFile {
    pub(super) day: i64,
    pub(super) what: What,
    /// Who does it, when it is not the one who asked.
    pub(super) by: Option<String>,
    /// What is said.
    #[serde(default)]
    pub(super) note: String,
    /// When the period that is proposed instead begins.
    pub(super) begins: Option<i64>,
}

/// What is done.
#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum What {
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
