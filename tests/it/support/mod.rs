//! What every test stands on: the app on a copy of a migrated database with a clock that stands
//! still, callers by role, answers that say what was expected of them, makers that go through
//! the API.

mod app;
mod caller;
mod client;
mod file;
mod makers;
mod old;
mod people;
mod process;
mod reply;
mod source;
mod template;

pub use app::{Options, TestApp, unlimited};
pub use caller::{Ask, Caller, KEYED, at_once};
pub use client::{client, raw};
pub use file::{Dump, File};
pub use makers::{Stock, booking_of_unit, unique};
pub use old::old_database;
pub use people::{PASSWORD, Person};
pub use process::{Ran, Server, pret};
pub use reply::Reply;
pub use source::Source;

use pret::kernel::Timestamp;

/// Prints a count that readers of the checks want to see, also when the test passes.
pub fn say(text: &str) {
    use std::io::Write;
    drop(writeln!(std::io::stderr(), "   {text}"));
}

/// When every test begins: a Monday at nine.
pub const START: &str = "2026-03-02T09:00:00Z";

/// Fails with everything that is wrong, not only the first.
#[track_caller]
pub fn none(faults: impl IntoIterator<Item = String>) {
    let faults: Vec<String> = faults.into_iter().collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// The instant at which every test begins.
pub fn start() -> Timestamp {
    Timestamp::parse(START).unwrap()
}

/// So many hours after the beginning, as it stands in the API.
pub fn at(hours: i64) -> String {
    minutes(hours * 60)
}

/// So many minutes after the beginning, as it stands in the API.
pub fn minutes(minutes: i64) -> String {
    start().plus(minutes * 60_000).to_string()
}
