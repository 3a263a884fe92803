//! `pret verify`: finds by name what was done to the file behind its back.

use serde_json::{Value, json};

use crate::support::{Ran, TestApp, at, pret};

/// Runs it on the app's file, beside the app.
fn verify(app: &TestApp, further: &[&str]) -> Ran {
    let path = app.path();
    let arguments = ["verify", "--database", path.to_str().unwrap()];
    let arguments: Vec<&str> = arguments.into_iter().chain(further.iter().copied()).collect();
    pret(path.parent().unwrap(), &arguments, "")
}

/// The findings of one check, after it was seen that the status is no success.
#[track_caller]
fn findings(app: &TestApp, check: &str, further: &[&str]) -> Vec<String> {
    let ran = verify(app, &[further, &["--json"]].concat());
    assert_eq!(ran.status.code(), Some(1), "{ran:?}");
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().filter(|finding| finding["check"] == check);
    found.map(|finding| finding["detail"].as_str().unwrap().to_owned()).collect()
}

/// The head of `north` as it is printed.
fn head(app: &TestApp) -> String {
    let report = verify(app, &["--json"]).json();
    let organizations = report["organizations"].as_array().unwrap();
    let north = organizations.iter().find(|one| one["id"] == app.north()).unwrap();
    let (seq, hash) = (&north["head"]["seq"], north["head"]["hash"].as_str().unwrap());
    format!("{}:{seq}:{hash}", app.north())
}

/// An app with two bookings of one unit.
fn lent() -> TestApp {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    app.booking(stock.unit(), 24, 26);
    app.booking(stock.unit(), 26, 28);
    app
}

#[test]
fn a_sound_database_agrees_and_its_heads_are_printed() {
    let app = lent();
    let head = head(&app);
    let text = verify(&app, &["--expect-head", &head]).ok();
    assert!(text.contains(&head) && text.contains("Everything agrees."), "{text}");
}

#[test]
fn a_head_that_was_noted_is_still_found_when_the_trail_has_grown() {
    let app = lent();
    let head = head(&app);
    app.resource_with_units(1);
    verify(&app, &["--expect-head", &head]).ok();
}

#[test]
fn an_event_that_was_changed_is_named() {
    let app = lent();
    app.sql(
        "DROP TRIGGER audit_events_append_only_update;
         UPDATE audit_events SET at = at - 1 WHERE seq = 2",
    )
    .unwrap();
    let found = findings(&app, "audit", &[]);
    assert!(found.iter().any(|detail| detail.contains("event 2 ")), "{found:?}");
}

#[test]
fn a_tail_that_was_cut_off_is_found_by_the_head_that_was_noted() {
    let app = lent();
    let head = head(&app);
    app.sql(
        "DROP TRIGGER audit_events_append_only_delete;
         DELETE FROM audit_events WHERE seq = (SELECT max(seq) FROM audit_events AS e
             WHERE e.org_id = audit_events.org_id)",
    )
    .unwrap();
    // A chain alone can't know that it was longer.
    verify(&app, &[]).ok();
    assert_eq!(findings(&app, "audit", &["--expect-head", &head]).len(), 1);
}

#[test]
fn an_organization_that_was_noted_and_is_gone_is_named() {
    let app = TestApp::new();
    let nowhere = "01930f2e-0000-7000-8000-000000000000:1:abc";
    let found = findings(&app, "audit", &["--expect-head", nowhere]);
    assert!(found[0].contains("not there"), "{found:?}");
    let refusal = verify(&app, &["--expect-head", "nonsense"]).refused();
    assert!(refusal.contains("nonsense"), "{refusal}");
}

#[test]
fn claims_that_overlap_are_named() {
    let app = lent();
    app.sql(
        "DROP TRIGGER unit_claims_overlap_update; DROP TRIGGER unit_claims_held_update;
         UPDATE unit_claims SET start_at = start_at - 3600000",
    )
    .unwrap();
    assert!(!findings(&app, "claims", &[]).is_empty());
}

#[test]
fn an_item_of_an_active_booking_without_its_claim_is_named() {
    let app = lent();
    app.sql("DROP TRIGGER unit_claims_held_delete; DELETE FROM unit_claims").unwrap();
    assert_eq!(findings(&app, "bookings", &[]).len(), 2);
}

#[test]
fn a_booking_at_risk_that_could_have_another_unit_is_named() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 24, 26);
    let withdrawal = json!({ "status": "LOST" });
    app.staff().post(&format!("/units/{}/withdraw", stock.unit()), &withdrawal).expect(200);
    verify(&app, &[]).ok();
    app.sql(
        "INSERT INTO resource_units (id, org_id, resource_id, barcode, condition, status, version,
             created_at)
         SELECT '019a2f64-5c00-7000-8000-00000000beef', org_id, resource_id, 'by hand', 'GOOD', 'AVAILABLE', 1, 0
         FROM resource_units",
    )
    .unwrap();
    let found = findings(&app, "bookings", &[]);
    let id = booking["id"].as_str().unwrap();
    assert!(found.len() == 1 && found[0].contains(id), "{found:?}");
}

#[test]
fn maintenance_and_claims_that_do_not_agree_are_named() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let body = json!({ "start_at": at(24), "end_at": at(26) });
    for unit in [stock.unit(), app.resource_with_units(1).unit()] {
        app.staff().post(&format!("/units/{unit}/maintenance"), &body).expect(201);
    }
    verify(&app, &[]).ok();
    let unit = stock.unit();
    app.sql(&format!(
        "DROP TRIGGER unit_claims_maintained_delete;
         DELETE FROM unit_claims WHERE resource_unit_id = '{unit}';
         DELETE FROM unit_maintenance WHERE resource_unit_id <> '{unit}'"
    ))
    .unwrap();
    let found = findings(&app, "maintenance", &[]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].ends_with("does not hold its unit"), "{found:?}");
    assert!(found[1].ends_with("belongs to no planned maintenance"), "{found:?}");
}

#[test]
fn a_fine_that_does_not_say_what_was_paid_is_named() {
    let app = TestApp::new();
    let fine = app.staff().fine(app.student().user_id(), 500);
    app.staff().pay(&fine, 200).expect(201);
    verify(&app, &[]).ok();
    app.sql("DROP TRIGGER fines_paid_sum_update; UPDATE fines SET paid_cents = 300").unwrap();
    let found = findings(&app, "fines", &[]);
    let id = fine["id"].as_str().unwrap();
    assert!(found.len() == 1 && found[0].contains(id) && found[0].contains("300"), "{found:?}");
}

#[test]
fn a_reference_that_leads_nowhere_is_named() {
    let app = lent();
    app.sql("PRAGMA foreign_keys = OFF; DELETE FROM sessions").unwrap();
    app.sql(
        "PRAGMA foreign_keys = OFF;
         INSERT INTO refresh_tokens (token_hash, org_id, session_id, expires_at)
         SELECT 'x', id, 'nobody', 1 FROM organizations LIMIT 1",
    )
    .unwrap();
    let found = findings(&app, "file", &[]);
    assert!(found.iter().any(|detail| detail.contains("refresh_tokens")), "{found:?}");
}
