//! Ordinary people: each asks, thinks for a moment, and asks again.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::desk::Desk;

const PEOPLE: usize = 4;
/// How long somebody thinks.
const THOUGHT: Duration = Duration::from_millis(8);

/// Waits without anything coming.
pub struct Pause {
    comes: Receiver<()>,
    _never: Sender<()>,
}

impl Pause {
    /// Somebody who can wait.
    pub fn new() -> Self {
        let (never, comes) = channel();
        Self { comes, _never: never }
    }

    /// For so long.
    pub fn wait(&self, time: Duration) {
        // Nothing comes.
        let _ = self.comes.recv_timeout(time);
    }
}

/// Lets people work at the desk for a while; answers how long each of their calls took. A connection
/// that was closed meanwhile is opened again, as any client does, and that time counts too.
pub fn work(desk: &Desk, time: Duration) -> Vec<Duration> {
    std::thread::scope(|scope| {
        let start = |number| scope.spawn(move || one(desk, number, time));
        let all: Vec<_> = (0..PEOPLE).map(start).collect();
        all.into_iter().flat_map(|one| one.join().unwrap()).collect()
    })
}

fn one(desk: &Desk, number: usize, time: Duration) -> Vec<Duration> {
    let (began, pause) = (Instant::now(), Pause::new());
    let mut line = desk.line();
    let mut times = Vec::new();
    for turn in 0_usize.. {
        if began.elapsed() >= time {
            break;
        }
        let (method, path, status, body) = match turn % 4 {
            0 => ("POST", "/bookings", 201, desk.fresh_booking(number)),
            1 => ("GET", "/bookings?limit=20", 200, Value::Null),
            2 => ("GET", "/resources", 200, Value::Null),
            _ => ("GET", "/me", 200, Value::Null),
        };
        let key = format!("{number} {}", body["start_at"]);
        let asked = Instant::now();
        let answer = line.call(method, path, &key, &body).or_else(|| {
            line = desk.line();
            line.call(method, path, &key, &body)
        });
        times.push(asked.elapsed());
        assert_eq!(answer.map(|answer| answer.status), Some(status), "{method} {path}");
        pause.wait(THOUGHT);
    }
    times
}
