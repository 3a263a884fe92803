//! Two desks scan the same unit at once for two bookings, two hundred times.

use std::sync::Barrier;

use serde_json::{Value, json};

use crate::desk::Desk;
use crate::line::Line;
use pret::kernel::{Clock, SystemClock};

const ROUNDS: usize = 200;
const HOUR: i64 = 3_600_000;

/// A booking of the unit from now on, granted at once.
fn booked(line: &mut Line, unit: &str, round: &str) -> String {
    let now = SystemClock.now();
    let body = json!({
        "start_at": now, "end_at": now.plus(HOUR), "purpose": "a proof",
        "items": [{ "resource_unit_id": unit }],
    });
    let made = line.call("POST", "/bookings", round, &body).unwrap();
    assert_eq!((made.status, &made.body["status"]), (201, &json!("APPROVED")), "{}", made.body);
    made.body["id"].as_str().unwrap().to_owned()
}

fn act(line: &mut Line, booking: &str, action: &str, key: &str, body: &Value) -> (u16, Value) {
    let answer = line.call("POST", &format!("/bookings/{booking}/{action}"), key, body).unwrap();
    (answer.status, answer.body)
}

#[test]
fn one_of_two_desks_hands_out_the_unit() {
    let desk = Desk::open(&[]);
    let mut lines = [desk.line(), desk.line()];
    // The barcode of the third unit; the first two are reserved.
    let scan = json!({ "items": [{ "barcode": "2" }] });
    let mut wins = [0, 0];
    for round in 0..ROUNDS {
        let bookings =
            [0, 1].map(|d| booked(&mut lines[d], &desk.units[d], &format!("{round}-{d}-book")));
        let start = Barrier::new(2);
        let answers: Vec<(u16, Value)> = std::thread::scope(|scope| {
            let desks: Vec<_> = lines
                .iter_mut()
                .zip(&bookings)
                .map(|(line, booking)| {
                    let (start, scan) = (&start, &scan);
                    scope.spawn(move || {
                        start.wait();
                        act(line, booking, "check-out", &format!("{round}-{booking}"), scan)
                    })
                })
                .collect();
            desks.into_iter().map(|desk| desk.join().unwrap()).collect()
        });
        let mut statuses: Vec<u16> = answers.iter().map(|(status, _)| *status).collect();
        let winner = statuses.iter().position(|status| *status == 200).unwrap_or_default();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "round {round}: {answers:?}");
        assert_eq!(answers[1 - winner].1["code"], "unit_unavailable");
        wins[winner] += 1;
        let (back, given_up) = (&bookings[winner], &bookings[1 - winner]);
        let key = |what: &str| format!("{round}-{what}");
        assert_eq!(act(&mut lines[0], back, "return", &key("back"), &json!({})).0, 200);
        assert_eq!(act(&mut lines[1], given_up, "cancel", &key("up"), &json!({})).0, 200);
    }
    desk.verify();
    println!("{ROUNDS} rounds, one winner in each: {} and {} for the two desks", wins[0], wins[1]);
}
