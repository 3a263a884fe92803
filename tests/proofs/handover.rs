//! `kill -9` around the end of an offer: the next start passes it on by itself, to the next in
//! line and to nobody else.

use crate::desk::Desk;
use crate::line::Line;
use crate::waiting::{Place, places};
use pret::kernel::{Clock, SystemClock, Timestamp};

/// So many kills must come before the offer was passed on.
const KILLS: usize = 20;
/// When the server is killed, in milliseconds behind the end of the offer. The timer passes it on
/// within a few.
const INSTANTS: [i64; 8] = [-400, 0, 1, -20, -1, 0, 1, 2];
/// More than are ever passed.
const ENTRIES: usize = 150;
/// So long after the start the offer must be open, in milliseconds.
const BOUND: i64 = 500;
/// How long an offer holds, in milliseconds.
const HOLDS: i64 = 1_000;

/// The one open offer: its place in line, and when it ends. All before it are over, all behind it
/// wait.
fn open_offer(line: &mut Line) -> (usize, Timestamp) {
    let queue = places(line, "WAITING,OFFERED,EXPIRED");
    let at = queue.iter().take_while(|place| place.status == "EXPIRED").count();
    let ends = queue[at].offer_ends;
    assert!(ends.is_some(), "no offer is open: {queue:?}");
    let waits = |place: &Place| place.status == "WAITING" && place.offer_ends.is_none();
    assert!(queue[at + 1..].iter().all(waits), "not the next in line: {queue:?}");
    (at, ends.unwrap())
}

fn wait_until(instant: Timestamp) {
    while SystemClock.now() < instant {
        std::thread::yield_now();
    }
}

/// An offer that ends far enough in the future to be killed at that instant of it.
fn offer_ahead(line: &mut Line, instant: i64) -> (usize, Timestamp) {
    loop {
        let (at, ends) = open_offer(line);
        if SystemClock.now() < ends.plus(instant - 20) {
            return (at, ends);
        }
    }
}

/// What became of an offer whose server was killed.
struct Handover {
    /// Whether it was killed before the offer was passed on.
    in_time: bool,
    /// Whether it was killed between the end of the offer and the next one.
    between: bool,
    /// How long after the start the next offer was made, in milliseconds; negative: before it was
    /// seen to listen.
    late: i64,
}

fn kill_and_start(mut desk: Desk, instant: i64) -> (Desk, Handover) {
    let (before, ends) = offer_ahead(&mut desk.line(), instant);
    wait_until(ends.plus(instant));
    desk.server.signal("KILL");
    let killed = SystemClock.now();
    desk.server.wait();
    wait_until(ends);
    desk = desk.restart(&[]);
    let started = SystemClock.now();
    let mut line = desk.line();
    let made = loop {
        let (at, ends) = open_offer(&mut line);
        if at > before {
            break ends.plus(-HOLDS);
        }
        assert!(SystemClock.now() < started.plus(BOUND), "nobody was offered what ran out");
    };
    desk.verify();
    let in_time = made > killed;
    let between = in_time && killed >= ends;
    (desk, Handover { in_time, between, late: made.since(started) })
}

#[test]
fn what_runs_out_while_no_server_runs_goes_to_the_next_in_line() {
    let mut desk = Desk::open(&[]);
    desk.offer_by_the_second(ENTRIES);
    let mut seen: Vec<Handover> = Vec::new();
    let count = |seen: &[Handover], what: fn(&Handover) -> bool| {
        seen.iter().filter(|handover| what(handover)).count()
    };
    let mut instants = INSTANTS.into_iter().cycle();
    while count(&seen, |handover| handover.in_time) < KILLS {
        let handover;
        (desk, handover) = kill_and_start(desk, instants.next().unwrap());
        seen.push(handover);
    }
    println!(
        "{} kills, {KILLS} of them before the offer was passed on and {} between its end and the \
         next one; each time the next in line had it, at the latest {} ms after the start",
        seen.len(),
        count(&seen, |handover| handover.between),
        seen.iter().map(|handover| handover.late).max().unwrap()
    );
    desk.verify();
}
