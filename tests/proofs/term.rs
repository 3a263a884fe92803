//! SIGTERM under load: what runs ends well, nothing acknowledged is lost, exit status 0.

use crate::desk::Desk;
use crate::kill::{Seen, all_are_there, crowd};

#[test]
fn running_requests_end_and_the_exit_status_is_0() {
    let mut desk = Desk::open(&[]);
    let mut half_sent = desk.line();
    let body = desk.fresh_booking(0).to_string();
    half_sent.begin("/bookings", "half-sent", &body).unwrap();
    let seen = Seen::default();
    let ended = crowd(&desk, &seen, || {
        seen.wait_for_load();
        desk.server.signal("TERM");
    });
    let finished = half_sent.finish(&body).expect("a request that runs is answered");
    assert_eq!(finished.status, 201, "{finished:?}");
    assert_eq!(desk.server.wait().code(), Some(0));
    let wal = std::fs::metadata(desk.server.beside("-wal")).map_or(0, |file| file.len());
    assert_eq!(wal, 0, "the WAL is folded into the file");
    let mut acknowledged: Vec<String> = ended.into_iter().flat_map(|(ids, _)| ids).collect();
    acknowledged.push(finished.body["id"].as_str().unwrap().to_owned());
    desk = desk.reopen(&[]);
    all_are_there(&desk, &acknowledged);
    desk.verify();
    println!("{} bookings were answered before the end, all there", acknowledged.len());
}
