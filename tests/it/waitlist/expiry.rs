//! The end of an offer, to the millisecond: who may still accept, and who has the units then.

use std::collections::BTreeMap;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::ScopedJoinHandle;

use pret::kernel::{Clock, Timestamp};
use serde_json::{Value, json};

use super::{booking_path, path, verify};
use crate::support::{Ask, Caller, Reply, TestApp, unique};

/// So many accept at once.
const CALLERS: usize = 64;
/// How long an offer holds, in milliseconds.
const HOLDS: i64 = 600_000;

/// A unit that is offered to the first of two who wait for it.
struct Queue {
    app: TestApp,
    first: Value,
    second: Value,
}

impl Queue {
    /// With the clock so many milliseconds behind the end of the offer.
    fn at(millis: i64) -> Self {
        let app = TestApp::new();
        let stock = app.resource_with_units(1);
        let taken = app.staff().book(stock.unit(), 24, 48);
        let first = app.student().wait(stock.unit(), 24, 48);
        let second = app.other_student().wait(stock.unit(), 24, 48);
        app.staff().act(&booking_path(&taken, "/cancel")).expect(200);
        let ends =
            app.student().entry(&first)["offer"]["expires_at"].as_str().map(Timestamp::parse);
        app.clock.set(ends.unwrap().unwrap().plus(millis));
        Self { app, first, second }
    }

    /// The first one accepts, so many times.
    fn by_first(&self, callers: usize) -> Vec<Ask> {
        accepts(&self.app.student(), &self.first, callers)
    }

    /// The second one accepts, so many times.
    fn by_second(&self, callers: usize) -> Vec<Ask> {
        accepts(&self.app.other_student(), &self.second, callers)
    }

    /// Sends everything at once, with the timer running beside it or not; answers how often which
    /// answer was given.
    fn race(&self, asks: &[Ask], timer: bool) -> BTreeMap<(u16, String), usize> {
        let (start, done) = (Barrier::new(asks.len()), AtomicBool::new(false));
        let replies: Vec<Reply> = std::thread::scope(|scope| {
            let (start, done) = (&start, &done);
            let timer = timer.then(|| scope.spawn(move || run_timer(&self.app, done)));
            let send = |ask: &Ask| {
                start.wait();
                ask.send()
            };
            let callers: Vec<_> = asks.iter().map(|ask| scope.spawn(move || send(ask))).collect();
            let ended: Vec<_> = callers.into_iter().map(ScopedJoinHandle::join).collect();
            done.store(true, Ordering::SeqCst);
            if let Some(timer) = timer {
                timer.join().unwrap();
            }
            ended.into_iter().map(|reply| reply.unwrap()).collect()
        });
        let mut answers = BTreeMap::new();
        for reply in replies {
            *answers.entry((reply.status(), reply.code())).or_default() += 1;
        }
        answers
    }

    /// The two entries as they are now.
    fn entries(&self) -> [Value; 2] {
        [&self.first, &self.second].map(|entry| self.app.staff().entry(entry))
    }
}

/// The same acceptance by many: every other one with a key of its own.
fn accepts(caller: &Caller<'_>, entry: &Value, count: usize) -> Vec<Ask> {
    let ask = caller.act(&path(entry, "/accept"));
    let with_key = |number: usize| {
        if number.is_multiple_of(2) { ask.clone() } else { ask.clone().key(&unique("accept")) }
    };
    (0..count).map(with_key).collect()
}

/// What the timer of the server does, again and again.
fn run_timer(app: &TestApp, done: &AtomicBool) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    while !done.load(Ordering::SeqCst) {
        runtime.block_on(app.app().run_due()).unwrap();
    }
}

fn counted<const N: usize>(answers: [(u16, &str, usize); N]) -> BTreeMap<(u16, String), usize> {
    answers.into_iter().map(|(status, code, count)| ((status, code.to_owned()), count)).collect()
}

/// Around the end, with the timer off and on.
fn each_instant() -> impl Iterator<Item = (i64, bool)> {
    [-1, 0, 1].into_iter().flat_map(|millis| [false, true].map(|timer| (millis, timer)))
}

#[test]
fn of_64_who_accept_one_wins_before_the_end_and_none_from_then_on() {
    for (millis, timer) in each_instant() {
        let queue = Queue::at(millis);
        let answers = queue.race(&queue.by_first(CALLERS), timer);
        let expected = if millis < 0 {
            counted([(200, "", 1), (409, "invalid_transition", CALLERS - 1)])
        } else {
            counted([(409, "offer_expired", CALLERS)])
        };
        assert_eq!(answers, expected, "{millis} ms, timer {timer}");
        verify(&queue.app);
    }
}

#[test]
fn what_64_accept_too_late_is_held_for_the_next_in_line() {
    for (millis, timer) in each_instant() {
        let queue = Queue::at(millis);
        queue.race(&queue.by_first(CALLERS), timer);
        let [first, second] = queue.entries();
        let states = (&first["status"], &second["status"]);
        let said = format!("{millis} ms, timer {timer}");
        if millis < 0 {
            assert_eq!(states, (&json!("ACCEPTED"), &json!("WAITING")), "{said}");
        } else {
            assert_eq!(states, (&json!("EXPIRED"), &json!("OFFERED")), "{said}");
            let ends = queue.app.clock.now().plus(HOLDS).to_string();
            assert_eq!(second["offer"]["expires_at"], ends, "{said}");
        }
        verify(&queue.app);
    }
}

#[test]
fn when_the_first_and_the_second_accept_at_once_the_clock_decides() {
    for (millis, timer) in each_instant() {
        let queue = Queue::at(millis);
        let half = CALLERS / 2;
        let both: Vec<Ask> = queue
            .by_first(half)
            .into_iter()
            .zip(queue.by_second(half))
            .flat_map(<[_; 2]>::from)
            .collect();
        let answers = queue.race(&both, timer);
        let (expected, states) = if millis < 0 {
            let refused = counted([(200, "", 1), (409, "invalid_transition", CALLERS - 1)]);
            (refused, ["ACCEPTED", "WAITING"])
        } else {
            let late = (409, "offer_expired", half);
            let refused = counted([(200, "", 1), late, (409, "invalid_transition", half - 1)]);
            (refused, ["EXPIRED", "ACCEPTED"])
        };
        assert_eq!(answers, expected, "{millis} ms, timer {timer}");
        assert_eq!(queue.entries().map(|entry| entry["status"].clone()), states.map(Value::from));
        verify(&queue.app);
    }
}
