//! Offers that nobody answers, while nobody writes: the timer alone passes them on, in time.

use serde_json::Value;

use crate::desk::Desk;
use crate::line::Line;
use crate::waiting::{ask, place, places};
use pret::kernel::Timestamp;

const EXPIRIES: usize = 20;
/// How long an offer holds, and how late it may be passed on, in milliseconds.
const HOLDS: i64 = 1_000;
const BOUND: i64 = 250;

/// Asks until the entry has its offer; answers when that ends.
fn offered(line: &mut Line, id: &str) -> Timestamp {
    loop {
        let place = place(line, id);
        match place.offer_ends {
            Some(ends) => return ends,
            None => assert_eq!(place.status, "WAITING", "its turn passed unseen"),
        }
    }
}

/// Demands that the timer knows what is due next, and that it ran for what was due before.
fn knows_what_is_due(line: &mut Line, next: Timestamp, before: Option<Timestamp>) {
    let jobs = ask(line, "GET", "/health/details", &Value::Null, 200)["jobs"].clone();
    assert_eq!(jobs["next_due_at"], next.to_string(), "{jobs}");
    assert!(jobs["lag_ms"].as_i64().unwrap() < BOUND, "{jobs}");
    let last_run = Timestamp::parse(jobs["last_run_at"].as_str().unwrap()).unwrap();
    assert!(before.is_none_or(|before| before <= last_run), "{jobs}");
}

#[test]
fn an_idle_server_passes_offers_on_in_time() {
    let desk = Desk::open(&[]);
    desk.offer_by_the_second(EXPIRIES + 1);
    let mut line = desk.line();
    let queue = places(&mut line, "WAITING,OFFERED");
    let mut ends = offered(&mut line, &queue[0].id);
    knows_what_is_due(&mut line, ends, None);
    let mut late = Vec::new();
    for next in &queue[1..] {
        let before = ends;
        ends = offered(&mut line, &next.id);
        late.push(ends.plus(-HOLDS).since(before));
        knows_what_is_due(&mut line, ends, Some(before));
    }
    let latest = late.iter().max().unwrap();
    println!("{EXPIRIES} offers passed on by the timer alone, at most {latest} ms late: {late:?}");
    assert!(late.iter().all(|late| (0..BOUND).contains(late)), "{late:?}");
    desk.verify();
}
