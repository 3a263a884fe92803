//! Holds `docs/waitlist-plans.md` to what SQLite says of the statements.

use super::{due, entries, queue, ranking};
use crate::db::testing::plan;

#[test]
fn print() {
    for (n, s) in [
        ("lent", queue::LENT_UNITS),
        ("next", queue::NEXT),
        ("enter", queue::ENTER),
        ("leave", queue::LEAVE),
        ("due", due::DUE),
        ("earliest", due::EARLIEST),
        ("alive", entries::ALIVE_OF),
        ("ranking", ranking::RANKING),
    ] {
        println!("## {n}\n{}\n", plan(s).join("\n"));
    }
}
