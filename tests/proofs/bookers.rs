//! A crowd that tries to book what somebody cancels.

use std::collections::BTreeMap;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::line::Line;

/// What the bookers were told, and how long the cancelling took among them.
pub struct Round {
    pub answers: BTreeMap<String, usize>,
    pub cancelled_in: Duration,
}

/// What the crowd and the one who cancels tell each other.
struct Signals {
    start: Barrier,
    /// So many were answered once.
    answered: AtomicUsize,
    cancelled: AtomicBool,
}

/// Tries to book again and again, the last time after the cancelling was answered.
fn book(line: &mut Line, key: &str, body: &Value, signals: &Signals) -> Vec<String> {
    let mut answers = Vec::new();
    signals.start.wait();
    loop {
        let last = signals.cancelled.load(Ordering::SeqCst);
        let key = format!("{key} {}", answers.len());
        let Some(answer) = line.call("POST", "/bookings", &key, body) else { return answers };
        if answers.is_empty() {
            signals.answered.fetch_add(1, Ordering::SeqCst);
        }
        answers.push(format!("{} {}", answer.status, answer.body["code"]));
        if last {
            return answers;
        }
    }
}

/// Cancels while everybody tries to book: each has asked before, and asks once more behind it.
pub fn cancel_among(
    lines: &mut [Line],
    round: usize,
    body: &Value,
    cancel: impl FnOnce() + Send,
) -> Round {
    let count = lines.len();
    let (start, answered) = (Barrier::new(count + 1), AtomicUsize::new(0));
    let signals = &Signals { start, answered, cancelled: AtomicBool::new(false) };
    std::thread::scope(|scope| {
        let start_one = |(number, line)| {
            let key = format!("{round} {number}");
            scope.spawn(move || book(line, &key, body, signals))
        };
        let bookers: Vec<_> = lines.iter_mut().enumerate().map(start_one).collect();
        signals.start.wait();
        let all_asked = || signals.answered.load(Ordering::SeqCst) == count;
        while !all_asked() && !bookers.iter().any(ScopedJoinHandle::is_finished) {
            std::thread::yield_now();
        }
        let began = Instant::now();
        let cancelled = scope.spawn(cancel).join();
        let cancelled_in = began.elapsed();
        // Also when it failed: the crowd must come to its end.
        signals.cancelled.store(true, Ordering::SeqCst);
        cancelled.unwrap();
        let mut answers = BTreeMap::new();
        for answer in bookers.into_iter().flat_map(|booker| booker.join().unwrap()) {
            *answers.entry(answer).or_default() += 1;
        }
        Round { answers, cancelled_in }
    })
}
