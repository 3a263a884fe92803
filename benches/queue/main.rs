//! What the waitlist costs when it is long: 100,000 entries in an organization of 2,000 resources
//! against 100. `cargo bench --bench queue` prints the figures and fails when serving a freed unit
//! follows the length of the whole waitlist, or a page of the list its place.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a measurement that can't go on fails"
)]

mod desk;

use std::time::{Duration, Instant};

use desk::{Desk, RESOURCES, WEEKS, set_policy};
use pret::booking::{self, Decision};
use pret::db::WriteTx;
use pret::identity;
use pret::kernel::{
    Actor, Code, Error, PageRequest, Precondition, Result, Role, SortColumn, SortKey, SortValue,
};
use pret::waitlist::{self, EntryFilters, EntryStatus};

const FEW: usize = 100;
const MANY: usize = 100_000;
/// Entries that have left before: they are the oldest and so rank best.
const ENDED: usize = 20_000;

const ROUNDS: usize = 500;
/// How much longer serving may take in the long waitlist than in the short one.
const SERVING_BOUND: f64 = 3.0;
/// Pages at each end of the list that are compared.
const COMPARED: usize = 20;
const LIST_BOUND: f64 = 2.0;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.db");
    let stock = timed("stock: 2,000 units with 12 bookings each", || desk::stock(&empty));
    let filled = |name: &str, entries, ended| {
        let path = folder.path().join(name);
        std::fs::copy(&empty, &path).unwrap();
        let what = format!("{entries} entries join, {ended} more have left");
        let desk = timed(&what, || Desk::fill(&path, &stock, entries, ended));
        verify(&desk, &what);
        desk
    };
    let (few, many) = (filled("few.db", FEW, 0), filled("many.db", MANY, ENDED));
    serving(&few, &many);
    let alive = [EntryStatus::Waiting, EntryStatus::Offered];
    for (name, statuses) in
        [("all", &[][..]), ("WAITING", &[EntryStatus::Waiting]), ("WAITING,OFFERED", &alive)]
    {
        for column in [("rank", "e.rank"), ("created_at", "e.created_at")] {
            pages(&many, name, statuses, SortColumn { name: column.0, sql: column.1 });
        }
    }
    changes(&many);
    for (name, desk) in [("few", few), ("many", many)] {
        verify(&desk, name);
        desk.db.close();
    }
}

/// One freed unit in a queue of the same length, in both waitlists in turn.
fn serving(few: &Desk, many: &Desk) {
    let (mut short, mut long) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        short.push(serve_once(few, round));
        long.push(serve_once(many, round));
    }
    let (short, long) = (median(&mut short), median(&mut long));
    let ratio = long.as_secs_f64() / short.as_secs_f64();
    println!(
        "a booking is cancelled and its unit offered: {short:.1?} with {FEW} entries, \
         {long:.1?} with {MANY}, ratio {ratio:.2}"
    );
    assert!(ratio <= SERVING_BOUND, "serving a unit costs more than its queue");
}

/// Cancels a booking and hands its unit on, as one write does, and undoes it.
fn serve_once(desk: &Desk, round: usize) -> Duration {
    // A stride without a common divisor meets every queue.
    let resource = round * 613 % RESOURCES.min(desk.queues);
    let id = desk.stock.bookings[resource][round % WEEKS];
    desk.write(move |tx| {
        undone(tx, || {
            waitlist::expire_due(tx)?;
            booking::cancel(tx, id, &Decision::default(), &Precondition::none())?;
            waitlist::take_turn(tx)
        })
    })
}

/// Pages at both ends of the list, in turn.
fn pages(desk: &Desk, name: &str, statuses: &[EntryStatus], column: SortColumn) {
    let position = walk(desk, statuses, column, true, None, &mut Vec::new());
    let (mut first, mut last) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        walk(desk, statuses, column, false, None, &mut first);
        walk(desk, statuses, column, false, position.clone(), &mut last);
    }
    let (first, last) = (median(&mut first), median(&mut last));
    let ratio = last.as_secs_f64() / first.as_secs_f64();
    println!(
        "{name} by {}: first pages {first:.1?}, last {last:.1?}, ratio {ratio:.2}",
        column.name
    );
    assert!(ratio <= LIST_BOUND, "the last pages cost more than the first");
}

/// Reads some pages; answers where they end.
fn walk(
    desk: &Desk,
    statuses: &[EntryStatus],
    column: SortColumn,
    descending: bool,
    mut after: Option<Vec<SortValue>>,
    times: &mut Vec<Duration>,
) -> Option<Vec<SortValue>> {
    for _ in 0..COMPARED {
        let sort = vec![SortKey { column, descending }];
        let page = PageRequest { limit: 50, sort, after };
        let begin = Instant::now();
        let listed = desk.db.read(|global| {
            let tx = global.within(desk.stock.org, Actor::system());
            waitlist::list(&tx, &EntryFilters::default(), statuses, &page)
        });
        times.push(begin.elapsed());
        let listed = listed.unwrap();
        assert!(listed.rows.len() >= 49, "a page is full");
        after = listed.next;
    }
    after
}

/// What costs more, because more changes. Nothing here has a bound.
fn changes(desk: &Desk) {
    let person = desk.stock.people[0];
    let role = |role| {
        move |tx: &WriteTx<'_>| {
            undone(tx, || {
                identity::grant_role(tx, person, role)?;
                waitlist::take_turn(tx)
            })
        }
    };
    let mut times: Vec<Duration> =
        (0..ROUNDS / 10).map(|_| desk.write(role(Role::Staff))).collect();
    println!("somebody who waits 50 times gets a role: {:.1?}", median(&mut times));
    for (what, patch) in [
        ("auto_offer is switched off", r#"{"auto_offer": false}"#),
        ("auto_offer is switched on", r#"{"auto_offer": true}"#),
        ("the weights change", r#"{"priority_weights": {"age_per_day": 9}}"#),
    ] {
        timed(&format!("{what}, with {MANY} entries"), || {
            desk.write(|tx| {
                set_policy(tx, patch)?;
                waitlist::take_turn(tx)
            });
        });
    }
}

/// Runs work and undoes it; answers how long it took.
fn undone(tx: &WriteTx<'_>, work: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let mut spent = Duration::ZERO;
    let undone = tx.attempt(|| {
        let begin = Instant::now();
        work()?;
        spent = begin.elapsed();
        Err::<(), _>(Error::new(Code::InUse, "measured, and undone"))
    });
    match undone {
        Err(error) if error.code() == Code::InUse => Ok(spent),
        Err(error) => Err(error),
        Ok(()) => Ok(spent),
    }
}

fn verify(desk: &Desk, name: &str) {
    let faults = timed(&format!("verify: {name}"), || {
        desk.db.read(|global| waitlist::verify(&global.within(desk.stock.org, Actor::system())))
    });
    assert_eq!(faults.unwrap(), Vec::<String>::new(), "the waitlist is as it should be");
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let begin = Instant::now();
    let done = work();
    println!("{what}: {:.1?}", begin.elapsed());
    done
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
