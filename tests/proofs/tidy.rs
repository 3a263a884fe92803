//! A million answers to be removed by age, while people book: nobody waits for it.

use std::time::{Duration, Instant};

use crate::desk::Desk;
use crate::support::File;

const EXPIRED: i64 = 1_000_000;
/// So many book at once, each so many times.
const BOOKERS: usize = 8;
const BOOKINGS: usize = 60;
/// Beside twice what it takes on a calm server. One step holds the
/// writer for some milliseconds.
const BOUND: Duration = Duration::from_millis(50);

/// How long the slowest of a hundred bookings took.
fn slowest(desk: &Desk, name: &str) -> Duration {
    let book = |caller: usize| {
        let mut line = desk.line();
        let mut took = Vec::new();
        for turn in 0..BOOKINGS {
            let body = desk.fresh_booking(caller);
            let began = Instant::now();
            let key = format!("{name} {caller} {turn}");
            let answer = line.call("POST", "/bookings", &key, &body).unwrap();
            took.push(began.elapsed());
            assert_eq!(answer.status, 201, "{}", answer.body);
        }
        took
    };
    let mut took: Vec<Duration> = std::thread::scope(|scope| {
        let bookers: Vec<_> =
            (0..BOOKERS).map(|caller| scope.spawn(move || book(caller))).collect();
        bookers.into_iter().flat_map(|booker| booker.join().unwrap()).collect()
    });
    took.sort_unstable();
    println!(
        "{name}: half within {:?}, p99 {:?}",
        took[took.len() / 2],
        took[took.len() * 99 / 100]
    );
    took[took.len() * 99 / 100]
}

fn left(desk: &Desk) -> i64 {
    File::open(&desk.server.beside(""))
        .number("SELECT count(*) FROM idempotency_keys WHERE created_at = 0")
}

#[test]
fn nobody_waits_for_a_million_answers_to_be_removed() {
    let mut desk = Desk::open(&[]);
    slowest(&desk, "warming up");
    let calm = slowest(&desk, "calm");
    desk.server.signal("TERM");
    assert!(desk.server.wait().success());
    File::open(&desk.server.beside(""))
        .run(&format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {EXPIRED})
             INSERT INTO idempotency_keys
             SELECT u.org_id, u.id, 'old ' || n.i, hex(randomblob(32)), 201, '\"1\"', NULL,
                 randomblob(200), 1, 0
             FROM n JOIN users AS u"
        ))
        .unwrap();
    let desk = desk.restart(&[]);
    let whole = left(&desk);
    while left(&desk) == whole {}
    let before = left(&desk);
    let busy = slowest(&desk, "while tidying up");
    let after = left(&desk);
    println!("{} of {EXPIRED} answers were removed meanwhile", before - after);
    assert!(after < before && after > 0, "nothing was removed, or all of it before");
    assert!(busy < calm * 2 + BOUND, "{calm:?} on a calm server, {busy:?} while it tidies up");
    desk.verify();
}
