//! Resources: made, changed, deleted, restored.

use serde_json::json;

use super::texts;
use crate::support::{START, TestApp, unique};

#[test]
fn a_new_resource_shows_all_that_was_said_of_it() {
    let app = TestApp::new();
    let body = json!({
        "type": "camera", "name": "Sony FX6", "description": "Two batteries\nand a case",
        "serial_number": "SN-1", "tags": ["video", " Video", "4k"], "buffer_minutes": 30,
        "units": [{ "barcode": "C1" }, { "barcode": "C2", "condition": "NEW" }],
    });
    let made = app.staff().post("/resources", &body).expect(201);
    let id = made.id();
    assert_eq!(made.header("location"), Some(format!("/resources/{id}").as_str()));
    assert!(made.etag().starts_with("\"1."), "{made}");
    let expected = json!({
        "id": id, "type": "camera", "name": "Sony FX6",
        "description": "Two batteries\nand a case", "serial_number": "SN-1",
        "status": "AVAILABLE", "tags": ["4k", "video"], "buffer_minutes": 30,
        "units": { "total": 2, "available": 2 }, "version": 1,
        "created_at": START, "updated_at": START, "deleted_at": null,
    });
    assert_eq!(made.json(), expected);
    let found = app.student().get(&format!("/resources/{id}")).expect(200);
    assert_eq!(found.json(), expected);
    assert_eq!(found.etag(), made.etag());
    let units = app.student().get(&format!("/resources/{id}/units")).expect(200);
    assert_eq!(texts(&units, "barcode"), ["C1", "C2"]);
    assert_eq!(texts(&units, "condition"), ["GOOD", "NEW"]);
}

#[test]
fn every_faulty_field_is_named() {
    let app = TestApp::new();
    let body = json!({
        "type": " ", "name": "x".repeat(201), "description": "\u{7}", "buffer_minutes": 10_081,
        "tags": ["a,b"], "units": [{ "barcode": "" }],
    });
    let refused = app.staff().post("/resources", &body).refused(422, "validation_failed").json();
    let mut pointers: Vec<&str> = refused["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| fault["pointer"].as_str().unwrap())
        .collect();
    pointers.sort_unstable();
    let expected =
        ["/buffer_minutes", "/description", "/name", "/tags/0", "/type", "/units/0/barcode"];
    assert_eq!(pointers, expected);
    for body in [
        json!({ "type": "a" }),
        json!({ "type": "a", "name": "b", "colour": "red" }),
        json!({ "type": "a", "name": null }),
        json!({ "type": "a", "name": "b", "status": "GONE" }),
    ] {
        app.staff().post("/resources", &body).refused(422, "validation_failed");
    }
}

#[test]
fn the_same_key_makes_one_resource() {
    let app = TestApp::new();
    let body = json!({ "type": "camera", "name": "Bolex" });
    let ask = app.staff().post("/resources", &body).key("once");
    let first = ask.expect(201);
    let second = ask.expect(201);
    assert_eq!(first.bytes(), second.bytes());
    assert_eq!(second.header("idempotency-replayed"), Some("true"));
    assert_eq!(app.staff().get("/resources").expect(200).data().len(), 1);
}

#[test]
fn a_patch_changes_what_it_names_and_nothing_else() {
    let app = TestApp::new();
    let body = json!({
        "type": "camera", "name": "Bolex", "serial_number": "SN", "buffer_minutes": 5,
        "tags": ["film"],
    });
    let made = app.staff().post("/resources", &body).expect(201);
    let path = format!("/resources/{}", made.id());
    app.advance_minutes(5);
    let fields = json!({ "name": "Bolex H16", "serial_number": null, "tags": ["film", "16mm"] });
    let changed = app.staff().patch(&path, &made.etag(), &fields).expect(200);
    let mut expected = made.json();
    expected["name"] = json!("Bolex H16");
    expected["serial_number"] = json!(null);
    expected["tags"] = json!(["16mm", "film"]);
    expected["version"] = json!(2);
    expected["updated_at"] = json!("2026-03-02T09:05:00Z");
    assert_eq!(changed.json(), expected);
    app.staff().patch(&path, &made.etag(), &fields).refused(412, "precondition_failed");
    app.staff().patch(&path, "\"2\"", &json!({ "name": null })).refused(422, "validation_failed");
    let missing = app.staff().patch(&path, "", &fields).without("if-match");
    missing.refused(428, "precondition_required");
}

#[test]
fn a_patch_that_changes_nothing_leaves_no_trace() {
    let app = TestApp::new();
    let body = json!({ "type": "camera", "name": "Bolex", "tags": ["film"] });
    let made = app.staff().post("/resources", &body).expect(201);
    app.advance_minutes(5);
    let path = format!("/resources/{}", made.id());
    for patch in [json!({}), json!({ "name": "Bolex", "tags": ["FILM"], "serial_number": null })] {
        let same = app.staff().patch(&path, "*", &patch).expect(200);
        assert_eq!(same.bytes(), made.bytes());
        assert_eq!(same.etag(), made.etag());
        assert_eq!(same.seq(), made.seq());
    }
}

#[test]
fn a_deleted_resource_is_gone_for_all_who_do_not_ask_for_deleted_ones() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let path = format!("/resources/{}", stock.resource);
    app.staff().delete(&path).header("if-match", "\"2\"").refused(412, "precondition_failed");
    app.staff().delete(&path).expect(204);
    app.staff().get(&path).refused(404, "not_found");
    app.student().get(&path).refused(404, "not_found");
    app.staff().get(&format!("{path}/units")).refused(404, "not_found");
    app.staff().get(&format!("/units/{}", stock.unit())).refused(404, "not_found");
    app.staff().patch(&path, "*", &json!({ "name": "x" })).refused(404, "not_found");
    app.staff().delete(&path).refused(404, "not_found");
    app.student().get(&format!("{path}?include_deleted=true")).refused(403, "forbidden");
    app.student().get("/resources?include_deleted=true").refused(403, "forbidden");
    let seen = app.staff().get(&format!("{path}?include_deleted=true")).expect(200).json();
    assert_eq!(seen["deleted_at"], START);
    assert_eq!(seen["units"], json!({ "total": 0, "available": 0 }));
    assert!(app.staff().get("/resources").expect(200).data().is_empty());
    assert_eq!(app.staff().get("/resources?include_deleted=true").expect(200).data().len(), 1);
}

#[test]
fn a_restored_resource_brings_back_exactly_what_went_with_it() {
    let app = TestApp::new();
    let stock = app.resource_with_units(3);
    let path = format!("/resources/{}", stock.resource);
    app.staff().delete(&format!("/units/{}", stock.units[0])).expect(204);
    app.staff().delete(&path).expect(204);
    let back = app.staff().act(&format!("{path}/restore")).expect(200).json();
    assert_eq!(back["deleted_at"], json!(null));
    assert_eq!(back["units"], json!({ "total": 2, "available": 2 }));
    let units = app.staff().get(&format!("{path}/units")).expect(200);
    assert_eq!(texts(&units, "id"), stock.units[1..]);
    app.staff().act(&format!("{path}/restore")).refused(409, "invalid_transition");
    app.staff().act(&format!("/units/{}/restore", stock.units[0])).expect(200);
}

#[test]
fn a_resource_whose_barcode_was_taken_stays_deleted() {
    let app = TestApp::new();
    let unit = json!({ "barcode": "B1" });
    let body = |name| json!({ "type": "camera", "name": name, "units": [unit] });
    let first = app.staff().post("/resources", &body("first")).expect(201).id();
    app.staff().post("/resources", &body("second")).refused(409, "already_exists");
    app.staff().delete(&format!("/resources/{first}")).expect(204);
    app.staff().post("/resources", &body("second")).expect(201);
    let before = app.file().dump();
    app.staff().act(&format!("/resources/{first}/restore")).refused(409, "already_exists");
    assert_eq!(before.difference(&app.file().dump()), "");
}

#[test]
fn another_organization_sees_nothing() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let south = app.south_staff();
    for path in [
        format!("/resources/{}", stock.resource),
        format!("/resources/{}/units", stock.resource),
        format!("/units/{}", stock.unit()),
    ] {
        south.get(&path).refused(404, "not_found");
    }
    let path = format!("/resources/{}", stock.resource);
    south.patch(&path, "*", &json!({ "name": "x" })).refused(404, "not_found");
    south.delete(&path).refused(404, "not_found");
    south.post(&format!("{path}/units"), &json!({ "barcode": "x" })).refused(404, "not_found");
    assert!(south.get("/resources").expect(200).data().is_empty());
    assert!(south.get("/units").expect(200).data().is_empty());
    assert!(south.get("/tags").expect(200).data().is_empty());
}

#[test]
fn students_change_nothing() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let student = app.student();
    let path = format!("/resources/{}", stock.resource);
    let unit = format!("/units/{}", stock.unit());
    let before = app.file().dump();
    for ask in [
        student.post("/resources", &json!({ "type": "a", "name": "b" })),
        student.post("/resources", &json!("nonsense")),
        student.patch(&path, "*", &json!({ "name": unique("x") })),
        student.delete(&path),
        student.delete("/resources/nonsense"),
        student.act(&format!("{path}/restore")),
        student.post(&format!("{path}/units"), &json!({ "barcode": "x" })),
        student.patch(&unit, "*", &json!({ "status": "LOST" })),
        student.delete(&unit),
        student.act(&format!("{unit}/restore")),
        student.post("/tags", &json!({ "name": "x" })),
    ] {
        ask.refused(403, "forbidden");
    }
    assert_eq!(before.difference(&app.file().dump()), "");
}
