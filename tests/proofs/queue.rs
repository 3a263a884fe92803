//! Five hundred wait for a unit that is cancelled again and again while others try to book it:
//! whoever is best gets it, and nobody else.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::bookers::cancel_among;
use crate::desk::{Desk, booking};
use crate::line::Line;
use crate::members::{Member, members};
use crate::waiting::{ask, cancel, places};
use pret::kernel::Timestamp;
use pret::kernel::clock::DAY;

const ROUNDS: usize = 200;
const ENTRIES: usize = 500;
const BOOKERS: usize = 32;
const STUDENTS: usize = 20;
const STAFF: usize = 5;
/// Points for each day of waiting.
const AGE: i64 = 10;
/// So often the whole database is verified.
const VERIFIED: usize = 50;

/// The queue as it should be: by score, which is reckoned here for itself.
struct Queue {
    people: Vec<Member>,
    body: Value,
    joined: usize,
    /// What is served first, with its entry and the number of the person.
    order: BTreeSet<(i64, String, usize)>,
}

impl Queue {
    /// Another entry of a person. Nobody has a booking that is active when the queue is looked at.
    fn join(&mut self, number: usize) {
        let person = &self.people[number];
        self.joined += 1;
        let key = format!("join {}", self.joined);
        let joined = person.line().call("POST", "/waitlist", &key, &self.body).unwrap();
        assert_eq!(joined.status, 201, "{joined:?}");
        let made = Timestamp::parse(joined.body["created_at"].as_str().unwrap()).unwrap();
        let rank = AGE * made.millis() - person.points * DAY;
        self.order.insert((rank, joined.body["id"].as_str().unwrap().to_owned(), number));
    }

    /// The entries, the best first.
    fn ids(&self) -> impl Iterator<Item = &String> {
        self.order.iter().map(|(_, id, _)| id)
    }
}

/// Demands that the best has the offer and everybody else waits in order; takes the best out.
fn only_the_best_is_served(line: &mut Line, queue: &mut Queue) -> (String, usize) {
    let (_, best, person) = queue.order.pop_first().unwrap();
    let offered = places(line, "OFFERED");
    assert_eq!(offered.iter().map(|place| &place.id).collect::<Vec<_>>(), [&best]);
    let waiting = places(line, "WAITING");
    assert!(
        waiting.iter().map(|place| &place.id).eq(queue.ids()),
        "the others don't wait in order"
    );
    (best, person)
}

/// Turns the offer into a booking: its requester accepts, or the desk approves.
fn take(line: &mut Line, queue: &Queue, (entry, person): &(String, usize), round: usize) -> String {
    let taken = if round.is_multiple_of(2) {
        let path = format!("/waitlist/{entry}/accept");
        ask(&mut queue.people[*person].line(), "POST", &path, &json!({}), 200)
    } else {
        ask(line, "POST", &format!("/waitlist/{entry}/approve"), &json!({}), 200)
    };
    assert_eq!(taken["status"], "ACCEPTED");
    taken["booking_id"].as_str().unwrap().to_owned()
}

/// A booking, and those who wait for its end.
fn open(desk: &Desk) -> (Queue, String) {
    desk.set_policy(&json!({
        "max_active_bookings": { "student": null }, "offer_ttl_seconds": 600,
        "priority_weights": { "age_per_day": AGE },
    }));
    let body = booking(&desk.units[0], 100);
    let taken = ask(&mut desk.line(), "POST", "/bookings", &body, 201);
    let people = members(desk, STUDENTS, STAFF);
    let mut queue = Queue { people, body, joined: 0, order: BTreeSet::new() };
    for number in 0..ENTRIES {
        queue.join(number % (STUDENTS + STAFF));
    }
    (queue, taken["id"].as_str().unwrap().to_owned())
}

#[test]
fn the_best_of_500_gets_what_32_try_to_book() {
    let desk = Desk::open(&[]);
    let (mut queue, mut taken) = open(&desk);
    let mut line = desk.line();
    let mut lines: Vec<Line> = (0..BOOKERS).map(|_| desk.line()).collect();
    let (mut answers, mut cancelled) = (BTreeMap::<String, usize>::new(), Vec::new());
    for round in 0..ROUNDS {
        let body = queue.body.clone();
        let cancel = || cancel(&mut line, &taken);
        let seen = cancel_among(&mut lines, round, &body, cancel);
        let best = only_the_best_is_served(&mut line, &mut queue);
        taken = take(&mut line, &queue, &best, round);
        queue.join(round % STUDENTS);
        seen.answers
            .into_iter()
            .for_each(|(answer, count)| *answers.entry(answer).or_default() += count);
        cancelled.push(seen.cancelled_in);
        if (round + 1).is_multiple_of(VERIFIED) {
            desk.verify();
        }
    }
    cancelled.sort_unstable();
    println!(
        "{ROUNDS} cancellations with {ENTRIES} waiting and {BOOKERS} who try to book: the best had it \
         each time; {answers:?}; cancelled in {:?}, at most {:?}",
        cancelled[ROUNDS / 2],
        cancelled[ROUNDS - 1]
    );
    assert!(answers.keys().eq(["409 \"unit_unavailable\""]), "{answers:?}");
}
