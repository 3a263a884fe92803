//! `kill -9` under load: every answered booking is there, and the next start needs no repair.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::desk::{CALLERS, Desk};
use crate::line::Line;

const KILLS: usize = 20;
/// At least so many were answered since the start, and so many are on their way, at each kill.
const ANSWERED: usize = 100;
const UNANSWERED: usize = 16;

/// What the crowd has seen.
#[derive(Default)]
pub struct Seen {
    answered: AtomicUsize,
    on_the_way: AtomicUsize,
}

impl Seen {
    /// Waits until enough was answered and enough is on its way.
    pub fn wait_for_load(&self) {
        while self.answered.load(Ordering::SeqCst) < ANSWERED
            || self.on_the_way.load(Ordering::SeqCst) < UNANSWERED * 2
        {
            std::thread::yield_now();
        }
    }
}

/// Books until the server is gone; answers what was acknowledged, and whether a request was left
/// without an answer.
pub fn book_until_it_ends(desk: &Desk, number: usize, seen: &Seen) -> (Vec<String>, bool) {
    let mut acknowledged = Vec::new();
    let Some(mut line) = Line::open(desk.address(), &desk.voice) else {
        return (acknowledged, false);
    };
    loop {
        let body = desk.fresh_booking(number);
        let key = body["start_at"].to_string();
        seen.on_the_way.fetch_add(1, Ordering::SeqCst);
        let answer = line.call("POST", "/bookings", &format!("{number} {key}"), &body);
        seen.on_the_way.fetch_sub(1, Ordering::SeqCst);
        match answer {
            Some(answer) if answer.status == 201 => {
                acknowledged.push(answer.body["id"].as_str().unwrap().to_owned());
                seen.answered.fetch_add(1, Ordering::SeqCst);
            }
            Some(answer) if answer.status == 503 => return (acknowledged, false),
            Some(answer) => panic!("{answer:?}"),
            None => return (acknowledged, true),
        }
    }
}

/// Lets the crowd book until `end` has ended the server; answers what each caller saw.
pub fn crowd(desk: &Desk, seen: &Seen, end: impl FnOnce()) -> Vec<(Vec<String>, bool)> {
    std::thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS)
            .map(|number| scope.spawn(move || book_until_it_ends(desk, number, seen)))
            .collect();
        end();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    })
}

/// Demands that every acknowledged booking is there.
pub fn all_are_there(desk: &Desk, acknowledged: &[String]) {
    let mut line = desk.line();
    for id in acknowledged {
        let answer = line.call("GET", &format!("/bookings/{id}"), "", &serde_json::Value::Null);
        assert_eq!(answer.unwrap().status, 200, "booking {id} was acknowledged and is gone");
    }
}

#[test]
fn every_answered_booking_survives_a_kill() {
    let mut desk = Desk::open(&[]);
    let (mut kept, mut lost) = (0, Vec::new());
    for _ in 0..KILLS {
        let seen = Seen::default();
        let ended = crowd(&desk, &seen, || {
            seen.wait_for_load();
            desk.server.signal("KILL");
        });
        let unanswered = ended.iter().filter(|(_, unanswered)| *unanswered).count();
        assert!(unanswered >= UNANSWERED, "only {unanswered} requests were on their way");
        let acknowledged: Vec<String> = ended.into_iter().flat_map(|(ids, _)| ids).collect();
        desk.server.wait();
        desk = desk.reopen(&[]);
        all_are_there(&desk, &acknowledged);
        desk.verify();
        kept += acknowledged.len();
        lost.push(unanswered);
    }
    println!("{KILLS} kills, {kept} answered bookings, all there; unanswered at each: {lost:?}");
}
