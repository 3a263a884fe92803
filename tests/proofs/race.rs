//! Sixty-four callers at once for one unit, two hundred times, while another process writes.

use std::collections::HashMap;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::desk::{CALLERS, Desk, booking};

const ROUNDS: usize = 200;

/// Makes and changes an account again and again; answers how many commands wrote.
fn write_from_another_process(desk: &Desk, done: &AtomicBool) -> usize {
    let mut commands = 0;
    while !done.load(Ordering::Relaxed) {
        let email = format!("person-{commands}@proof.example");
        let role = ["--email", &email, "--role", "staff"];
        let create = ["user", "create", "--name", "Person", "--email", &email, "--password-stdin"];
        desk.server.pret(&create, "a password for proofs only\n").ok();
        desk.server.pret(&[&["user", "grant"], &role[..]].concat(), "").ok();
        desk.server.pret(&[&["user", "revoke"], &role[..]].concat(), "").ok();
        commands += 3;
    }
    commands
}

/// One caller: the same unit and hour as everybody, round by round.
fn caller(desk: &Desk, number: usize, start: &Barrier) -> Vec<u16> {
    let mut line = desk.line();
    let unit = &desk.units[0];
    let ask = |round: usize| {
        let body = booking(unit, 100 + i64::try_from(round).unwrap());
        start.wait();
        line.call("POST", "/bookings", &format!("{round}-{number}"), &body).unwrap().status
    };
    (0..ROUNDS).map(ask).collect()
}

#[test]
fn one_caller_in_each_round_gets_the_unit() {
    let desk = Desk::open(&[]);
    let (start, done) = (Barrier::new(CALLERS), AtomicBool::new(false));
    let (answers, commands) = std::thread::scope(|scope| {
        let (desk, start, done) = (&desk, &start, &done);
        let other = scope.spawn(move || write_from_another_process(desk, done));
        let callers: Vec<_> =
            (0..CALLERS).map(|number| scope.spawn(move || caller(desk, number, start))).collect();
        let answers: Vec<Vec<u16>> =
            callers.into_iter().map(|caller| caller.join().unwrap()).collect();
        done.store(true, Ordering::Relaxed);
        (answers, other.join().unwrap())
    });
    for round in 0..ROUNDS {
        let mut count: HashMap<u16, usize> = HashMap::new();
        for caller in &answers {
            *count.entry(caller[round]).or_default() += 1;
        }
        assert_eq!(count, HashMap::from([(201, 1), (409, CALLERS - 1)]), "round {round}");
    }
    assert!(commands > 0, "the other process must have written");
    desk.verify();
    println!("{ROUNDS} rounds of {CALLERS} callers; {commands} commands of another process");
}
