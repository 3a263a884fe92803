//! Backups under full load: each is whole, has every booking that was answered before it began,
//! and holds nobody up.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use pret::audit::{self, Change, EntityType};
use pret::db::{Db, DbOptions, GlobalWriteTx};
use pret::identity::{self, NewOrganization};
use pret::kernel::{Actor, ResourceId, SystemClock};
use serde_json::json;

use crate::desk::{CALLERS, Desk};
use crate::support::{Server, pret};

/// So many bookings are answered beside nothing before and after each backup, to compare with.
const UNDISTURBED: usize = 200;
/// So many backups in a row; `PRET_PROOF_ROUNDS` says otherwise.
const ROUNDS: usize = 8;

/// How many rounds are wanted.
pub fn rounds(usual: usize) -> usize {
    std::env::var("PRET_PROOF_ROUNDS").map_or(usual, |text| text.parse().unwrap())
}

/// What runs beside the crowd.
const NOTHING: u8 = 0;
const A_BACKUP: u8 = 1;
const A_RESTORE: u8 = 2;

/// What the crowd was answered, and how long each answer took.
#[derive(Default)]
struct Answered {
    ids: Mutex<Vec<String>>,
    /// What ran beside it when it was asked for, and the time to the answer.
    times: Mutex<Vec<(u8, Duration)>>,
    beside: AtomicU8,
    ended: AtomicBool,
}

/// Books again and again.
fn book(desk: &Desk, caller: usize, answered: &Answered) {
    let mut line = desk.line();
    while !answered.ended.load(Ordering::SeqCst) {
        let body = desk.fresh_booking(caller);
        let key = format!("{caller} {}", body["start_at"]);
        let (beside, began) = (answered.beside.load(Ordering::SeqCst), Instant::now());
        let answer = line.call("POST", "/bookings", &key, &body).unwrap();
        assert_eq!(answer.status, 201, "{answer:?}");
        answered.times.lock().unwrap().push((beside, began.elapsed()));
        answered.ids.lock().unwrap().push(answer.body["id"].as_str().unwrap().to_owned());
    }
}

/// Makes a backup, and restores it into a fresh folder; answers its size and how long it took.
fn back_up(desk: &Desk, round: usize, answered: &Answered) -> (u64, Duration) {
    let before = answered.ids.lock().unwrap().clone();
    let name = format!("round-{round}.db");
    answered.beside.store(A_BACKUP, Ordering::SeqCst);
    let began = Instant::now();
    let made = desk.server.pret(&["backup", &name, "--json"], "").json();
    let took = began.elapsed();
    answered.beside.store(A_RESTORE, Ordering::SeqCst);
    let meanwhile = answered.ids.lock().unwrap().len() - before.len();
    assert!(meanwhile > 0, "nobody was answered while round {round} ran");
    let fresh = tempfile::tempdir().unwrap();
    let file = desk.server.folder().join(&name);
    pret(fresh.path(), &["restore", file.to_str().unwrap()], "").ok();
    let head = made["heads"][0].as_str().unwrap();
    pret(fresh.path(), &["verify", "--expect-head", head], "").ok();
    let restored = crate::support::File::open(&fresh.path().join("pret.db"));
    for id in &before {
        let there = format!("SELECT count(*) FROM bookings WHERE id = '{id}'");
        assert_eq!(restored.number(&there), 1, "{id} was answered before and is not in {name}");
    }
    std::fs::remove_file(file).unwrap();
    (made["bytes"].as_u64().unwrap(), took)
}

/// The time within which 99 of 100 were answered, and the longest.
fn tail(times: &[(u8, Duration)], beside: u8) -> (Duration, Duration) {
    let mut times: Vec<Duration> =
        times.iter().filter(|(found, _)| *found == beside).map(|(_, time)| *time).collect();
    times.sort_unstable();
    (times[times.len() * 99 / 100], times[times.len() - 1])
}

/// Fills a database with so many events of a kilobyte, each recorded as the server does.
fn fill(database: &Path, events: usize) {
    pret::db::migrate(database).unwrap();
    let db = Db::open(database, DbOptions::new(Arc::new(SystemClock))).unwrap();
    let new = NewOrganization { name: "Large".into(), timezone: "UTC".into(), currency: None };
    let made = move |global: &GlobalWriteTx<'_>| identity::create_organization(global, &new);
    let org = db.write_blocking(made).unwrap().id;
    for _ in 0..events.div_ceil(1_000) {
        db.write_blocking(move |global| {
            let tx = global.write_within(org, Actor::system());
            for _ in 0..1_000 {
                let id = ResourceId::new();
                let state = json!({ "id": id, "description": "What it looks like. ".repeat(30) });
                audit::record(&tx, &Change::create(EntityType::Resource, id, &state)?)?;
            }
            Ok(())
        })
        .unwrap();
    }
    db.close();
}

/// Run by hand: `cargo test --release --test proofs -- --ignored --nocapture one_gigabyte`.
#[test]
#[ignore = "takes minutes and 4 GB"]
fn figures_for_one_gigabyte() {
    let folder = tempfile::tempdir().unwrap();
    fill(&folder.path().join("pret.db"), 1_000_000);
    let backup = pret(folder.path(), &["backup", "copy.db", "--json"], "").json();
    let began = Instant::now();
    pret(folder.path(), &["restore", "copy.db", "--yes"], "").ok();
    let restored = began.elapsed();
    let began = Instant::now();
    let server = Server::within(folder, &[]);
    server.get("/health").expect(200);
    let ready = began.elapsed();
    let began = Instant::now();
    server.pret(&["verify"], "").ok();
    println!(
        "{} MiB: copied in {} ms and verified in {} ms; restored in {} ms; from start to the first \
         answer {} ms; `pret verify` {} ms",
        backup["bytes"].as_u64().unwrap() / 1024 / 1024,
        backup["copied_ms"],
        backup["verified_ms"],
        restored.as_millis(),
        ready.as_millis(),
        began.elapsed().as_millis()
    );
}

#[test]
fn a_backup_under_full_load_is_whole_and_holds_nobody_up() {
    let desk = Desk::open(&[]);
    let answered = Answered::default();
    let rounds = rounds(ROUNDS);
    let made: Vec<(u64, Duration)> = std::thread::scope(|scope| {
        let (desk, answered) = (&desk, &answered);
        let crowd: Vec<_> =
            (0..CALLERS).map(|caller| scope.spawn(move || book(desk, caller, answered))).collect();
        let undisturbed = |more: usize| {
            answered.beside.store(NOTHING, Ordering::SeqCst);
            let enough = answered.ids.lock().unwrap().len() + more;
            while answered.ids.lock().unwrap().len() < enough
                && !crowd.iter().any(std::thread::ScopedJoinHandle::is_finished)
            {
                std::thread::yield_now();
            }
        };
        undisturbed(2_000);
        let made = (0..rounds).map(|round| {
            undisturbed(UNDISTURBED);
            back_up(desk, round, answered)
        });
        let made = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| made.collect()));
        answered.ended.store(true, Ordering::SeqCst);
        made.unwrap()
    });
    desk.verify();
    let times = answered.times.into_inner().unwrap();
    let (during, without) = (tail(&times, A_BACKUP), tail(&times, NOTHING));
    let took = made.iter().map(|(_, took)| took.as_millis());
    println!(
        "{rounds} backups under {CALLERS} callers, {} bookings, all that were answered before are \
         in each; the last has {} KiB; {} to {} ms each; bookings p99 {} ms while one runs \
         (longest {} ms), {} ms beside nothing (longest {} ms)",
        times.len(),
        made[made.len() - 1].0 / 1024,
        took.clone().min().unwrap(),
        took.max().unwrap(),
        during.0.as_millis(),
        during.1.as_millis(),
        without.0.as_millis(),
        without.1.as_millis(),
    );
}
