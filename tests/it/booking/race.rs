//! Many callers at once for one unit: exactly one gets it.

use std::sync::Barrier;

use crate::support::{Caller, TestApp, booking_of_unit};

const CALLERS: usize = 64;
const ROUNDS: i64 = 8;

/// All callers ask for the unit in the same hour, at the same moment.
fn round(callers: &[Caller<'_>], unit: &str, hour: i64) -> Vec<u16> {
    let start = Barrier::new(callers.len());
    let body = booking_of_unit(unit, hour, hour + 1);
    std::thread::scope(|scope| {
        let running: Vec<_> = callers
            .iter()
            .map(|caller| {
                let ask = caller.post("/bookings", &body);
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    ask.send().status()
                })
            })
            .collect();
        running.into_iter().map(|caller| caller.join().unwrap()).collect()
    })
}

#[test]
fn one_of_many_callers_gets_the_unit() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let callers: Vec<Caller<'_>> = (0..CALLERS).map(|_| app.staff()).collect();
    for hour in 24..24 + ROUNDS {
        let statuses = round(&callers, stock.unit(), hour);
        let count = |status| statuses.iter().filter(|found| **found == status).count();
        assert_eq!((count(201), count(409)), (1, CALLERS - 1), "{statuses:?}");
    }
    let stats = app.db().writer_stats();
    let bookings = app.file().number("SELECT count(*) FROM bookings");
    assert_eq!(bookings, ROUNDS);
    assert!(stats.commits < stats.jobs, "jobs must share commits: {stats:?}");
}
