//! How long a page of resources takes, from the first to the last of 100,000.
//! `cargo bench --bench walk` prints both and fails when the last costs more than twice the first.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a measurement that can't go on fails"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use pret::db::{self, Db, DbOptions};
use pret::identity::{self, NewOrganization};
use pret::inventory::{self, NewResource, ResourceFilters};
use pret::kernel::{
    Actor, Error, Listed, ManualClock, OrgId, PageRequest, SortColumn, SortKey, SortValue,
    Timestamp,
};

const RESOURCES: usize = 100_000;
const PAGE: u32 = 200;
/// Pages at each end that are compared.
const COMPARED: usize = 20;
const BOUND: f64 = 2.0;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pret.db");
    db::migrate(&path).unwrap();
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_800_000_000_000)));
    let db = Db::open(&path, DbOptions::new(clock)).unwrap();
    let org = fill(&db);
    for sort in [("name", "r.name"), ("type", "r.type"), ("created_at", "r.created_at")] {
        let times = walk(&db, org, SortColumn { name: sort.0, sql: sort.1 });
        let (first, last) = (median(&times[..COMPARED]), median(&times[times.len() - COMPARED..]));
        let ratio = last.as_secs_f64() / first.as_secs_f64();
        println!("by {}: first {first:.0?}, last {last:.0?}, ratio {ratio:.2}", sort.0);
        assert!(ratio <= BOUND, "the last pages cost more than the first");
    }
    db.close();
}

fn fill(db: &Db) -> OrgId {
    let new = NewOrganization {
        name: "Bench".to_owned(),
        timezone: "Europe/Berlin".to_owned(),
        currency: None,
    };
    let made = db.write_blocking(move |global| identity::create_organization(global, &new));
    let org = made.unwrap().id;
    db.write_blocking(move |global| {
        let tx = global.write_within(org, Actor::system());
        for number in 0..RESOURCES {
            let new = serde_json::json!({
                "type": format!("type {}", number % 12),
                "name": format!("Resource {:06}", number * 7919 % RESOURCES),
            });
            let new: NewResource = serde_json::from_value(new).map_err(Error::internal)?;
            inventory::create_resource(&tx, &new)?;
        }
        Ok(())
    })
    .unwrap();
    org
}

/// Reads all pages; answers how long each took.
fn walk(db: &Db, org: OrgId, column: SortColumn) -> Vec<Duration> {
    let (mut times, mut seen, mut after) = (Vec::new(), 0, None);
    loop {
        let begin = Instant::now();
        let page = page(db, org, column, after);
        times.push(begin.elapsed());
        seen += page.rows.len();
        after = page.next;
        if after.is_none() {
            assert_eq!(seen, RESOURCES, "each resource is seen once");
            return times;
        }
    }
}

fn page(
    db: &Db,
    org: OrgId,
    column: SortColumn,
    after: Option<Vec<SortValue>>,
) -> Listed<inventory::Resource> {
    let sort = vec![SortKey { column, descending: false }];
    let request = PageRequest { limit: PAGE, sort, after };
    let filters: ResourceFilters = serde_json::from_str("{}").unwrap();
    db.read(|global| {
        let tx = global.within(org, Actor::system());
        inventory::list_resources(&tx, &filters, &request)
    })
    .unwrap()
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[times.len() / 2]
}
