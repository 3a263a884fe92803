//! Two desks at once: a unit goes out for one of them.

use serde_json::{Value, json};

use super::{item, unit_of};
use crate::support::{Reply, TestApp, at_once};

const ROUNDS: usize = 30;

#[track_caller]
fn one_wins(replies: &[Reply]) {
    let mut statuses: Vec<u16> = replies.iter().map(Reply::status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}

#[test]
fn two_desks_that_hand_out_one_unit_at_once_one_wins() {
    let app = TestApp::new();
    app.admin()
        .patch(
            "/organization",
            "*",
            &json!({ "policy": { "max_active_bookings": { "student": null } } }),
        )
        .expect(200);
    for _ in 0..ROUNDS {
        let stock = app.resource_with_units(3);
        let mine = app.granted(&stock, 1, 0, 8);
        let theirs = app.granted_to(&app.other_student(), &stock, 1, 0, 8);
        let taken = [unit_of(&mine, 0), unit_of(&theirs, 0)];
        let third = stock.units.iter().find(|unit| !taken.contains(&unit.as_str())).unwrap();
        let scan = json!({ "items": [{ "barcode": app.staff().barcode(third) }] });
        let (staff, admin) = (app.staff(), app.admin());
        one_wins(&at_once(&[staff.hand_out(&mine, scan.clone()), admin.hand_out(&theirs, scan)]));
        // The same booking, handed out by both.
        let left = app.granted(&stock, 1, 0, 8);
        one_wins(&at_once(&[staff.hand_out(&left, json!({})), admin.hand_out(&left, json!({}))]));
        one_wins(&at_once(&[staff.take_back(&left, json!({})), admin.take_back(&left, json!({}))]));
    }
    app.verify();
}

/// The claim is long over, so only custody says that it is out. Goes red with the seeded bugs
/// `handed_out_twice` and `triggers_gone` together; each guard is enough by itself.
#[test]
fn what_has_not_come_back_does_not_go_out_again() {
    let app = TestApp::new();
    let off = json!({ "policy": { "late_horizon_hours": null } });
    app.admin().patch("/organization", "*", &off).expect(200);
    let stock = app.resource_with_units(1);
    let late = app.lent(&stock, 1, 0, 2);
    let next = app.granted_to(&app.other_student(), &stock, 1, 3, 8);
    app.advance_minutes(3 * 60);
    let refusal = app.staff().hand_out(&next, json!({})).refused(409, "unit_unavailable").json();
    assert_eq!(refusal["conflicts"][0]["resource_unit_id"], stock.unit());
    app.verify();
    app.staff().take_back(&late, json!({})).expect(200);
    app.staff().hand_out(&next, json!({})).expect(200);
    app.verify();
}

/// The second guard by itself: no unit is in two places or lost from sight, whoever writes.
#[test]
fn custody_by_hand_is_refused() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let booking: Value = app.granted(&stock, 2, 0, 8);
    let first = json!({ "items": [{ "item_id": item(&booking, 0)["id"] }] });
    app.staff().hand_out(&booking, first).expect(200);
    let second = item(&booking, 1)["id"].as_str().unwrap();
    let again = format!(
        "INTO unit_custody
         SELECT org_id, '{second}', booking_id, resource_unit_id, since, due_at FROM unit_custody"
    );
    for (by_hand, trigger) in [
        (&*format!("INSERT {again}"), "unit_custody_no_replace"),
        (&*format!("INSERT OR REPLACE {again}"), "unit_custody_no_replace"),
        ("UPDATE unit_custody SET since = 1", "unit_custody_stays"),
        ("DELETE FROM unit_custody", "unit_custody_out"),
    ] {
        let refused = app.sql(by_hand).unwrap_err().to_string();
        assert!(refused.contains(trigger), "{by_hand}: {refused}");
    }
}
