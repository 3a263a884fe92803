//! How long it takes to take a unit, by how many claims it has before and after the period.
//! `cargo bench --bench claim` prints the medians and fails when the cost follows the history.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a measurement that can't go on fails"
)]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pret::calendar::{self, ClaimKind};
use pret::db::{self, Db, DbOptions, WriteTx};
use pret::identity::{self, NewOrganization};
use pret::inventory::{self, NewResource, NewUnit};
use pret::kernel::clock::{DAY, MINUTE};
use pret::kernel::{
    Actor, Code, Demand, DemandLine, Error, ManualClock, OrgId, Result, Timestamp, UnitId, Window,
};
use uuid::Uuid;

/// Claims on the unit before the measured period, and as many after it.
const HISTORIES: [i64; 3] = [10, 1_000, 100_000];
const ROUNDS: usize = 2_000;
/// How much longer the longest history may take than the shortest.
const BOUND: f64 = 3.0;

const NOW: Timestamp = Timestamp::from_millis(30_000 * DAY);

fn main() {
    let medians: Vec<Duration> = HISTORIES.iter().map(|claims| measure(*claims)).collect();
    for (claims, median) in HISTORIES.iter().zip(&medians) {
        println!("{claims:>7} claims before and after: {median:.1?} a claim");
    }
    let ratio = medians[2].as_secs_f64() / medians[0].as_secs_f64();
    println!("ratio of the longest to the shortest history: {ratio:.2}");
    assert!(ratio <= BOUND, "the cost of a claim follows the history");
}

fn measure(claims: i64) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let (db, org) = open(&folder.path().join("pret.db"));
    let unit = prepare(&db, org, claims);
    // Each in a transaction of its own, as a booking is: what a long one has to remember for its
    // savepoints would be measured too.
    let time = |_| {
        db.write_blocking(move |global| time_once(&global.write_within(org, Actor::system()), unit))
    };
    let mut times = (0..ROUNDS).map(time).collect::<Result<Vec<_>>>().unwrap();
    db.close();
    times.sort_unstable();
    times[ROUNDS / 2]
}

fn open(path: &Path) -> (Db, OrgId) {
    db::migrate(path).unwrap();
    let db = Db::open(path, DbOptions::new(Arc::new(ManualClock::new(NOW)))).unwrap();
    let new = NewOrganization {
        name: "Bench".to_owned(),
        timezone: "Europe/Berlin".to_owned(),
        currency: None,
    };
    let made = db.write_blocking(move |global| identity::create_organization(global, &new));
    (db, made.unwrap().id)
}

/// A unit with claims of half an hour each hour, and one hour left free in the middle.
fn prepare(db: &Db, org: OrgId, claims: i64) -> UnitId {
    db.write_blocking(move |global| {
        let tx = global.write_within(org, Actor::system());
        let new: NewResource = serde_json::from_value(serde_json::json!({
            "type": "camera", "name": "Camera",
        }))
        .map_err(Error::internal)?;
        let resource = inventory::create_resource(&tx, &new)?;
        let new: NewUnit = serde_json::from_value(serde_json::json!({ "barcode": "1" }))
            .map_err(Error::internal)?;
        let unit = inventory::create_units(&tx, resource.id, &[new])?[0].id;
        for hour in (-claims..=claims).filter(|hour| *hour != 0) {
            take(&tx, unit, hour)?;
        }
        Ok(unit)
    })
    .unwrap()
}

/// The whole of it: looking the unit up, the check, the claim with its triggers.
fn take(tx: &WriteTx<'_>, unit: UnitId, hour: i64) -> Result<()> {
    let start = NOW.plus(hour * 60 * MINUTE);
    let window = Window { start, end: start.plus(30 * MINUTE) };
    let lines = vec![DemandLine::Unit(unit)];
    let demand = Demand {
        window,
        lines,
        holder: Uuid::now_v7(),
        preferred: Vec::new(),
        excluded: Vec::new(),
    };
    let lines = calendar::resolve(tx, &demand.lines)?;
    calendar::require_bookable(&lines)?;
    calendar::claim(tx, ClaimKind::Maintenance, &demand, &lines)?;
    Ok(())
}

/// Takes the unit in the free hour, and gives it back.
fn time_once(tx: &WriteTx<'_>, unit: UnitId) -> Result<Duration> {
    let mut spent = Duration::ZERO;
    let undone = tx.attempt(|| {
        let begin = Instant::now();
        take(tx, unit, 0)?;
        spent = begin.elapsed();
        Err::<(), _>(Error::new(Code::InUse, "measured, and undone"))
    });
    match undone {
        Err(error) if error.code() == Code::InUse => Ok(spent),
        Err(error) => Err(error),
        Ok(()) => Ok(spent),
    }
}
