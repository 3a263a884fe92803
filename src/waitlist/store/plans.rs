//! Holds `docs/waitlist-plans.md` to what SQLite says of the statements.

use super::list::tests::plan_of;
use super::{due, entries, offers, queue, ranking};
use crate::db::testing::plan;
use crate::waitlist::model::EntryFilters;
use crate::waitlist::model::EntryStatus::{Offered, Waiting};

const PAGE: &str = include_str!("../../../docs/waitlist-plans.md");

/// The statements of the page, each with the steps in which it is run.
fn plans() -> [(&'static str, Vec<String>); 11] {
    let all = EntryFilters::default();
    [
        ("the freed units", plan(queue::LENT_UNITS)),
        ("the next one", plan(queue::NEXT)),
        ("into the queue", plan(queue::ENTER)),
        ("out of the queue", plan(queue::LEAVE)),
        ("what is offered", plan(offers::OFFERS)),
        ("what is due", plan(due::DUE)),
        ("when something is due", plan(due::EARLIEST)),
        ("whose score changes", plan(entries::ALIVE_OF)),
        ("the ranking", plan(ranking::RANKING)),
        ("a page of the list", plan_of(&all, &[], "rank")),
        ("a page of what is alive", plan_of(&all, &[Waiting, Offered], "rank")),
    ]
}

#[test]
fn the_page_says_what_sqlite_says() {
    let missing: Vec<String> = plans()
        .into_iter()
        .map(|(name, steps)| (name, format!("```text\n{}\n```\n", steps.join("\n"))))
        .filter(|(_, block)| !PAGE.contains(block))
        .map(|(name, block)| format!("{name}\n{block}"))
        .collect();
    assert!(missing.is_empty(), "docs/waitlist-plans.md lacks:\n\n{}", missing.join("\n"));
}
