//! The audit trail: what it shows, and that nobody can change it unseen.

use pret::audit::{self, ChainReport, Head};
use pret::kernel::Actor;
use serde_json::{Value, json};

use crate::support::{Stock, TestApp, at};

/// A unit with a history: made, worn, lost, at one, two and three o'clock.
fn with_history() -> (TestApp, Stock) {
    let app = TestApp::new();
    app.advance_minutes(60);
    let stock = app.resource_with_units(1);
    for patch in [json!({ "condition": "WORN" }), json!({ "status": "LOST" })] {
        app.advance_minutes(60);
        app.staff().patch(&format!("/units/{}", stock.unit()), "*", &patch).expect(200);
    }
    (app, stock)
}

fn verify(app: &TestApp, expected: Option<&Head>) -> ChainReport {
    let org = app.north().parse().unwrap();
    app.db().read(|global| audit::verify(&global.within(org, Actor::system()), expected)).unwrap()
}

/// Changes the file as somebody with a shell and bad intent would.
fn tamper(app: &TestApp, sql: &str) {
    app.sql(
        "DROP TRIGGER audit_events_append_only_update;
         DROP TRIGGER audit_events_append_only_delete;",
    )
    .unwrap();
    app.sql(&sql.replace(":north", &format!("'{}'", app.north()))).unwrap();
}

#[test]
fn events_are_shown_newest_first_with_whole_states() {
    let (app, stock) = with_history();
    let path = format!("/audit?entity_type=unit&entity_id={}", stock.unit());
    let events = app.staff().get(&path).expect(200).data();
    let actions: Vec<&Value> = events.iter().map(|event| &event["action"]).collect();
    assert_eq!(actions, ["STATUS_CHANGE", "UPDATE", "CREATE"]);
    let last = &events[0];
    assert_eq!(last["actor_user_id"], app.staff().user_id());
    assert_eq!(last["entity_type"], "unit");
    assert_eq!(last["before"]["status"], "AVAILABLE");
    assert_eq!(last["after"]["status"], "LOST");
    assert_eq!(last["before"]["barcode"], last["after"]["barcode"]);
    assert_eq!(last["at"], at(3));
    assert!(last["request_id"].is_string());
    assert_eq!(events[2]["before"], Value::Null);
}

#[test]
fn filters_narrow_the_trail() {
    let (app, stock) = with_history();
    let count = |query: &str| app.staff().get(&format!("/audit?{query}")).expect(200).data().len();
    let staff = app.user_id(crate::support::Person::Staff);
    let unit = format!("entity_type=unit&entity_id={}", stock.unit());
    assert_eq!(count(&format!("actor={staff}")), 4);
    assert_eq!(count(&format!("actor={}", app.user_id(crate::support::Person::Student))), 0);
    assert_eq!(count("entity_type=unit&action=STATUS_CHANGE"), 1);
    assert_eq!(count(&format!("{unit}&from={}", at(2))), 2);
    assert_eq!(count(&format!("{unit}&to={}", at(2))), 1);
    assert_eq!(count(&format!("{unit}&from={}&to={}", at(2), at(3))), 1);
    assert_eq!(app.south_staff().get(&format!("/audit?{unit}")).expect(200).data().len(), 0);
    app.student().get("/audit").refused(403, "forbidden");
    for query in ["action=MADE", "entity_type=thing", "entity_id=x", "actor=x", "sort=at"] {
        app.staff().get(&format!("/audit?{query}")).refused(400, "invalid_parameter");
    }
}

#[test]
fn the_trail_comes_in_pages_without_a_gap() {
    let (app, _) = with_history();
    let (mut seen, mut query) = (Vec::new(), String::new());
    loop {
        let page = app.staff().get(&format!("/audit?limit=2{query}")).expect(200);
        seen.extend(page.data().iter().map(|event| event["seq"].as_i64().unwrap()));
        match page.json()["next_cursor"].as_str() {
            Some(cursor) => query = format!("&cursor={cursor}"),
            None => break,
        }
    }
    let head = app.staff().get("/audit").expect(200).seq();
    assert_eq!(seen, (1..=head).rev().collect::<Vec<_>>());
}

#[test]
fn an_object_is_shown_as_it_was_at_a_time() {
    let (app, stock) = with_history();
    let path = format!("/audit/unit/{}", stock.unit());
    app.staff().get(&format!("{path}?at={}", at(0))).refused(404, "not_found");
    for (hour, condition, status) in [
        (1, "GOOD", "AVAILABLE"),
        (2, "WORN", "AVAILABLE"),
        (3, "WORN", "LOST"),
        (9, "WORN", "LOST"),
    ] {
        let was = app.staff().get(&format!("{path}?at={}", at(hour))).expect(200).json();
        assert_eq!((&was["condition"], &was["status"]), (&json!(condition), &json!(status)));
    }
    let now = app.staff().get(&path).expect(200).json();
    assert_eq!(now, app.staff().get(&format!("/units/{}", stock.unit())).expect(200).json());
    app.student().get(&path).refused(403, "forbidden");
    app.south_staff().get(&path).refused(404, "not_found");
    app.staff().get("/audit/unit/x").refused(400, "invalid_parameter");
    app.staff().get(&format!("/audit/thing/{}", stock.unit())).refused(400, "invalid_parameter");
    app.staff().get(&format!("/audit/tag/{}", stock.unit())).refused(404, "not_found");
}

#[test]
fn an_untouched_chain_is_whole() {
    let (app, _) = with_history();
    let report = verify(&app, None);
    assert_eq!(report.faults, Vec::<String>::new());
    assert_eq!((report.erased, report.events), (0, u64::try_from(report.head.seq).unwrap()));
    assert_eq!(verify(&app, Some(&report.head)), report);
    app.resource_with_units(1);
    assert_eq!(verify(&app, Some(&report.head)).faults, Vec::<String>::new());
}

#[test]
fn events_can_be_neither_changed_nor_deleted_nor_put_between() {
    let (app, _) = with_history();
    for (sql, name) in [
        ("UPDATE audit_events SET actor_user_id = NULL", "audit_events_append_only"),
        ("UPDATE audit_events SET before_json = NULL", "audit_events_append_only"),
        ("DELETE FROM audit_events", "audit_events_append_only"),
        (
            "INSERT OR REPLACE INTO audit_events SELECT * FROM audit_events WHERE seq = 1",
            "audit_events_in_order",
        ),
    ] {
        let refused = app.sql(sql).unwrap_err().to_string();
        assert!(refused.contains(name), "{sql}: {refused}");
    }
}

#[test]
fn an_erased_payload_leaves_the_chain_whole() {
    let (app, stock) = with_history();
    let erase = "UPDATE audit_events SET before_json = NULL, after_json = NULL, salt = NULL";
    app.sql(&format!("{erase} WHERE entity_id = '{}' AND action = 'CREATE'", stock.unit()))
        .unwrap();
    let report = verify(&app, None);
    assert_eq!((report.faults.len(), report.erased), (0, 1));
    let path = format!("/audit/unit/{}", stock.unit());
    let gone = app.staff().get(&format!("{path}?at={}", at(1))).refused(404, "not_found");
    assert!(gone.json()["detail"].as_str().unwrap().contains("erased"), "{gone}");
    app.staff().get(&format!("{path}?at={}", at(2))).expect(200);
    let events = app.staff().get("/audit?action=CREATE&entity_type=unit").expect(200).data();
    assert_eq!((&events[0]["before"], &events[0]["after"]), (&Value::Null, &Value::Null));
}

#[test]
fn a_changed_payload_is_found() {
    let (app, _) = with_history();
    tamper(&app, "UPDATE audit_events SET after_json = '{}' WHERE seq = 3 AND org_id = :north");
    let faults = verify(&app, None).faults;
    assert!(faults.len() == 1 && faults[0].contains("event 3") && faults[0].contains("payload"));
}

#[test]
fn a_changed_field_and_a_missing_event_are_found() {
    for (sql, words) in [
        ("UPDATE audit_events SET at = at + 1 WHERE seq = 2 AND org_id = :north", "event 2"),
        ("UPDATE audit_events SET hash = 'x' WHERE seq = 2 AND org_id = :north", "event 2"),
        ("DELETE FROM audit_events WHERE seq = 2 AND org_id = :north", "event 2 is missing"),
        ("DELETE FROM audit_events WHERE seq = 1 AND org_id = :north", "event 1 is missing"),
    ] {
        let (app, _) = with_history();
        tamper(&app, sql);
        let faults = verify(&app, None).faults;
        assert!(faults.iter().any(|fault| fault.contains(words)), "{sql}: {faults:?}");
    }
}

#[test]
fn a_noted_head_finds_a_tail_that_was_cut_off_or_rewritten() {
    let (app, _) = with_history();
    let head = verify(&app, None).head;
    let other = Head { seq: head.seq - 1, hash: "00".repeat(32) };
    let rewritten = verify(&app, Some(&other)).faults;
    assert!(rewritten.len() == 1 && rewritten[0].contains("rewritten"), "{rewritten:?}");
    let cut = format!("DELETE FROM audit_events WHERE seq = {} AND org_id = :north", head.seq);
    tamper(&app, &cut);
    assert_eq!(verify(&app, None).faults, Vec::<String>::new(), "a chain alone can't show it");
    let faults = verify(&app, Some(&head)).faults;
    assert!(faults.len() == 1 && faults[0].contains("cut off"), "{faults:?}");
}
