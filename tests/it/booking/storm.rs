//! A storm of requests, and its history checked: nothing overlaps, nothing acknowledged is lost.

use std::collections::HashMap;

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::support::{Caller, Stock, TestApp, at};

const CALLERS: u64 = 8;
const STEPS: usize = 40;

/// What one caller was told: the last acknowledged state of each booking it made.
type Told = HashMap<String, Value>;

fn storm(caller: &Caller<'_>, stock: &Stock, seed: u64) -> Told {
    let mut random = SmallRng::seed_from_u64(seed);
    let mut told = Told::new();
    for _ in 0..STEPS {
        let from = random.random_range(24..48);
        let to = from + random.random_range(1..6);
        let ids: Vec<&String> = told.keys().collect();
        let one =
            ids.get(random.random_range(0..ids.len().max(1))).map(|id| format!("/bookings/{id}"));
        let reply = match (random.random_range(0..10), one) {
            (0..=1, Some(place)) => caller.act(&format!("{place}/cancel")).send(),
            (2..=4, Some(place)) => {
                let patch = json!({ "start_at": at(from), "end_at": at(to) });
                caller.patch(&place, "*", &patch).send()
            }
            _ => {
                let quantity = random.random_range(1..3);
                let item = json!({ "resource_id": stock.resource, "quantity": quantity });
                let body = json!({
                    "start_at": at(from), "end_at": at(to), "purpose": "", "items": [item],
                });
                caller.post("/bookings", &body).send()
            }
        };
        match reply.status() {
            200 | 201 => {
                told.insert(reply.id(), reply.json());
            }
            409 => {}
            _ => panic!("{reply}"),
        }
    }
    told
}

#[test]
fn nothing_overlaps_and_nothing_acknowledged_is_lost() {
    let app = TestApp::new();
    let stock = app.resource_with_units(3);
    let staff = app.staff();
    let told: Vec<Told> = std::thread::scope(|scope| {
        let (staff, stock) = (&staff, &stock);
        let running: Vec<_> =
            (0..CALLERS).map(|seed| scope.spawn(move || storm(staff, stock, seed))).collect();
        running.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    let mut held: HashMap<String, Vec<(String, String)>> = HashMap::new();
    let mut made = 0;
    for (id, last) in told.into_iter().flatten() {
        let now = staff.get(&format!("/bookings/{id}")).expect(200).json();
        assert_eq!(now, last, "what was acknowledged last is what stands");
        made += 1;
        if now["status"] == "APPROVED" {
            let period = |field: &str| now[field].as_str().unwrap().to_owned();
            for item in now["items"].as_array().unwrap() {
                let unit = item["resource_unit_id"].as_str().unwrap().to_owned();
                held.entry(unit).or_default().push((period("start_at"), period("end_at")));
            }
        }
    }
    for (unit, mut periods) in held {
        periods.sort();
        let apart = periods.windows(2).all(|pair| pair[0].1 <= pair[1].0);
        assert!(apart, "{unit}: {periods:?}");
    }
    assert_eq!(app.file().number("SELECT count(*) FROM bookings"), made);
    assert!(made > 20, "the storm must have done something: {made}");
}
