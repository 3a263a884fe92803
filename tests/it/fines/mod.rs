//! Fines: imposed, paid in parts, forgiven, and made by the rule for late returns.

mod guards;
mod impose;
mod late;
mod list;
mod model;
mod pay;
mod waive;

use serde_json::Value;

use crate::support::TestApp;

const NOWHERE: &str = "019a2f64-5c00-7000-8000-00000000dead";

/// `/fines/{id}` and an action.
fn path(fine: &Value, action: &str) -> String {
    format!("/fines/{}{action}", fine["id"].as_str().unwrap())
}

/// Demands that every fine of `north` says what was paid of it.
#[track_caller]
fn verify(app: &TestApp) {
    let org = app.north().parse().unwrap();
    let faults = app
        .db()
        .read(|global| pret::fines::verify(&global.within(org, pret::kernel::Actor::system())));
    assert_eq!(faults.unwrap(), Vec::<String>::new());
}

/// The actions about an object that stand in the trail, the first one first.
fn trail(app: &TestApp, kind: &str, id: &Value) -> Vec<String> {
    let events = format!("/audit?entity_type={kind}&entity_id={}", id.as_str().unwrap());
    let mut events = app.staff().get(&events).expect(200).data();
    events.reverse();
    events.iter().map(|event| event["action"].as_str().unwrap().to_owned()).collect()
}
