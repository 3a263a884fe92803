//! Payments: in parts, once for each key, never more than is open.

use serde_json::{Value, json};

use super::{NOWHERE, path, trail, verify};
use crate::support::{TestApp, at, at_once};

fn owed(app: &TestApp, cents: i64) -> Value {
    app.staff().fine(app.student().user_id(), cents)
}

fn payments(app: &TestApp) -> i64 {
    app.file().number("SELECT count(*) FROM fine_payments")
}

/// Every fine and every payment, as they stand in the file.
fn money(app: &TestApp) -> [Vec<Vec<rusqlite::types::Value>>; 2] {
    ["fines", "fine_payments"].map(|table| app.file().rows(&format!("SELECT * FROM {table}")))
}

#[test]
fn a_fine_is_paid_in_parts_until_nothing_is_left() {
    let app = TestApp::new();
    let fine = owed(&app, 500);
    let mut new = json!({ "fine_id": fine["id"], "amount_cents": 200, "method": "TRANSFER" });
    new["reference"] = json!("R-2026-0042");
    app.advance_minutes(60);
    let first = app.staff().post("/fines/payments", &new).expect(201);
    let payment = first.json();
    assert_eq!(
        payment,
        json!({
            "id": payment["id"], "fine_id": fine["id"], "amount_cents": 200, "method": "TRANSFER",
            "reference": "R-2026-0042", "recorded_by": app.staff().user_id(), "created_at": at(1),
        })
    );
    assert!(first.header("etag").is_none(), "{first}");
    let seen = app.student().get(&path(&fine, "")).expect(200);
    let now = seen.json();
    assert_eq!((&now["paid_cents"], &now["status"]), (&json!(200), &json!("OPEN")));
    assert_eq!((seen.etag(), first.seq()), ("\"2\"".to_owned(), seen.seq()));
    app.admin().pay(&fine, 300).expect(201);
    let now = app.student().get(&path(&fine, "")).expect(200).json();
    assert_eq!((&now["paid_cents"], &now["status"]), (&json!(500), &json!("PAID")));
    assert_eq!(trail(&app, "fine", &fine["id"]), ["CREATE", "UPDATE", "STATUS_CHANGE"]);
    assert_eq!(trail(&app, "payment", &payment["id"]), ["CREATE"]);
    verify(&app);
}

/// Goes red with the seeded bugs `payment_above_open` and `triggers_gone` together; the trigger
/// alone is enough, and the answer the same.
#[test]
fn more_than_is_open_is_refused_and_changes_nothing() {
    let app = TestApp::new();
    let fine = owed(&app, 500);
    for (pays, asked, open) in [(0, 501, 500), (200, 301, 300), (300, 1, 0), (0, 1_000_000_000, 0)]
    {
        if pays > 0 {
            app.staff().pay(&fine, pays).expect(201);
        }
        let before = money(&app);
        let refused = app.staff().pay(&fine, asked).refused(409, "exceeds_open_amount").json();
        assert_eq!((&refused["open_cents"], &refused["asked"]), (&json!(open), &json!(asked)));
        assert_eq!(before, money(&app));
    }
    verify(&app);
}

/// Goes red with the seeded bug `own_fine_paid`.
#[test]
fn nobody_records_a_payment_of_their_own_fine() {
    let app = TestApp::new();
    for (own, other) in [(app.staff(), app.admin()), (app.admin(), app.staff())] {
        let fine = other.fine(own.user_id(), 500);
        let before = app.file().dump();
        own.pay(&fine, 100).refused(403, "forbidden");
        // Also when it could not be paid anyway.
        own.pay(&fine, 501).refused(403, "forbidden");
        assert_eq!(before.difference(&app.file().dump()), "");
        other.pay(&fine, 500).expect(201);
    }
}

/// Goes red with the seeded bug `waived_fine_paid`.
#[test]
fn what_was_waived_is_not_paid_any_more() {
    let app = TestApp::new();
    let fine = owed(&app, 500);
    app.staff().post(&path(&fine, "/waive"), &json!({ "note": "forgiven" })).expect(200);
    for amount in [1, 500, 501] {
        let refused = app.staff().pay(&fine, amount).refused(409, "invalid_transition").json();
        assert_eq!(
            (&refused["current_status"], &refused["allowed"]),
            (&json!("WAIVED"), &json!([]))
        );
    }
    assert_eq!(payments(&app), 0);
}

#[test]
fn what_makes_no_sense_is_named() {
    let app = TestApp::new();
    let fine = owed(&app, 500);
    let south = app.south_staff().fine(app.south_student().user_id(), 500);
    for id in [json!(NOWHERE), south["id"].clone()] {
        let refused = app.staff().pay(&json!({ "id": id }), 1).refused(422, "unknown_reference");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/fine_id");
    }
    for (field, value) in [
        ("amount_cents", json!(0)),
        ("amount_cents", json!(-1)),
        ("amount_cents", json!(0.5)),
        ("amount_cents", json!(1_000_000_001)),
        ("method", json!("BARTER")),
        ("reference", json!("")),
        ("reference", json!("  ")),
        ("reference", json!("a\nb")),
        ("reference", json!("x".repeat(201))),
        ("fine_id", json!(7)),
    ] {
        let mut new = json!({ "fine_id": fine["id"], "amount_cents": 5, "method": "CASH" });
        new[field] = value;
        let refused = app.staff().post("/fines/payments", &new).refused(422, "validation_failed");
        assert_eq!(refused.json()["errors"][0]["pointer"], format!("/{field}"), "{refused}");
    }
    assert_eq!(payments(&app), 0);
}

#[test]
fn a_payment_needs_a_key() {
    let app = TestApp::new();
    let fine = owed(&app, 500);
    let pay = app.staff().pay(&fine, 100).without("idempotency-key");
    pay.refused(400, "idempotency_key_missing");
    assert_eq!(payments(&app), 0);
}

#[test]
fn the_same_key_eight_times_at_once_pays_once() {
    let app = TestApp::new();
    let fine = owed(&app, 500);
    let pay = app.staff().pay(&fine, 100).key("at the counter");
    let replies = at_once(&vec![pay.clone(); 8]);
    for reply in &replies {
        assert_eq!((reply.status(), reply.bytes()), (201, replies[0].bytes()), "{reply}");
    }
    let fresh = replies.iter().filter(|reply| reply.header("idempotency-replayed").is_none());
    assert_eq!((fresh.count(), payments(&app)), (1, 1));
    // Also when the fine allows it no more: what was answered stands.
    app.staff().post(&path(&fine, "/waive"), &json!({ "note": "forgiven" })).expect(200);
    assert_eq!(pay.expect(201).bytes(), replies[0].bytes());
    let other = json!({ "fine_id": fine["id"], "amount_cents": 101, "method": "CASH" });
    pay.clone().json(&other).refused(422, "idempotency_key_reused");
    assert_eq!(payments(&app), 1);
    verify(&app);
}

/// Whatever comes first: what is kept is never more than the fine, and every answer is true.
#[test]
fn many_at_once_never_pay_more_than_is_owed() {
    let app = TestApp::new();
    for round in 0..6 {
        let fine = owed(&app, 100);
        let waives = (round % 3 == 2)
            .then(|| app.admin().post(&path(&fine, "/waive"), &json!({ "note": "forgiven" })));
        let pays = (0..32).map(|number| app.staff().pay(&fine, 1 + (number * 7 + round) % 23));
        let asks: Vec<_> = pays.chain(waives).collect();
        let replies = at_once(&asks);
        let taken = |reply: &&crate::support::Reply| reply.status() == 201;
        let paid: i64 = replies
            .iter()
            .filter(taken)
            .map(|reply| reply.json()["amount_cents"].as_i64().unwrap())
            .sum();
        let refusals = ["exceeds_open_amount", "invalid_transition"];
        for reply in replies.iter().filter(|reply| reply.status() > 201) {
            assert!(refusals.contains(&reply.code().as_str()), "{reply}");
        }
        let now = app.student().get(&path(&fine, "")).expect(200).json();
        assert!(paid <= 100, "{paid} of 100 were taken");
        assert_eq!(now["paid_cents"], paid, "{now}");
        assert_eq!(now["status"] == "PAID", paid == 100, "{now}");
        verify(&app);
    }
}
