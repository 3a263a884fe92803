//! How many times the disk is flushed for each booking when many book at once: counted.

use std::path::Path;
use std::process::Command;

use crate::desk::{CALLERS, Desk};

const BOOKINGS: usize = 40;
const BOUND: f64 = 0.2;

/// Builds the library that counts; a C compiler is there, or the binary would not be.
fn counter(folder: &Path) -> String {
    let library = folder.join("fsync_counter.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/proofs/fsync_counter.c");
    let mut cc = Command::new("cc");
    let built = cc.args(["-shared", "-fPIC", "-O2", "-o"]).arg(&library).arg(source).arg("-ldl");
    assert!(built.status().unwrap().success());
    library.to_str().unwrap().to_owned()
}

fn read(path: &Path) -> u64 {
    u64::from_ne_bytes(std::fs::read(path).unwrap().try_into().unwrap())
}

fn caller(desk: &Desk, number: usize) {
    let mut line = desk.line();
    for _ in 0..BOOKINGS {
        let body = desk.fresh_booking(number);
        let key = format!("{number} {}", body["start_at"]);
        let answer = line.call("POST", "/bookings", &key, &body).unwrap();
        assert_eq!(answer.status, 201, "{answer:?}");
    }
}

#[test]
fn many_bookings_share_one_flush() {
    let folder = tempfile::tempdir().unwrap();
    let library = counter(folder.path());
    let count = folder.path().join("count");
    let desk = Desk::open(&[("LD_PRELOAD", &library), ("FSYNC_COUNT", count.to_str().unwrap())]);
    let before = read(&count);
    std::thread::scope(|scope| {
        for number in 0..CALLERS {
            let desk = &desk;
            scope.spawn(move || caller(desk, number));
        }
    });
    let flushes = read(&count) - before;
    let bookings = CALLERS * BOOKINGS;
    let each = flushes as f64 / bookings as f64;
    println!("{flushes} flushes for {bookings} bookings by {CALLERS} callers: {each:.3} each");
    assert!(flushes > 0, "nothing was counted");
    assert!(each <= BOUND, "{each} flushes for each booking");
    desk.verify();
}
