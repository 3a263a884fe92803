//! Units: made, changed, deleted, restored, found by barcode.

use serde_json::json;

use super::texts;
use crate::support::{START, TestApp};

#[test]
fn a_new_unit_shows_all_that_was_said_of_it() {
    let app = TestApp::new();
    let stock = app.resource_with_units(0);
    let path = format!("/resources/{}/units", stock.resource);
    let body = json!({ "barcode": " B1 ", "condition": "WORN" });
    let made = app.staff().post(&path, &body).expect(201);
    let id = made.id();
    assert_eq!(made.header("location"), Some(format!("/units/{id}").as_str()));
    assert_eq!(made.etag(), "\"1\"");
    let expected = json!({
        "id": id, "resource_id": stock.resource, "barcode": "B1", "condition": "WORN",
        "status": "AVAILABLE", "status_note": null, "version": 1, "created_at": START,
        "deleted_at": null,
    });
    assert_eq!(made.json(), expected);
    assert_eq!(app.student().get(&format!("/units/{id}")).expect(200).json(), expected);
    app.staff().post(&path, &body).refused(409, "already_exists");
}

#[test]
fn a_barcode_is_used_once_in_its_organization() {
    let app = TestApp::new();
    let north = app.resource_with_units(0).resource;
    let south = app.south_staff().resource_with_units(0).resource;
    let body = json!({ "barcode": "B1" });
    let path = format!("/resources/{north}/units");
    let first = app.staff().post(&path, &body).expect(201).id();
    app.south_staff().post(&format!("/resources/{south}/units"), &body).expect(201);
    let second = app.staff().post(&path, &json!({ "barcode": "B2" })).expect(201).id();
    let second = format!("/units/{second}");
    app.staff().patch(&second, "*", &body).refused(409, "already_exists");
    app.staff().delete(&format!("/units/{first}")).expect(204);
    app.staff().patch(&second, "*", &body).expect(200);
    app.staff().act(&format!("/units/{first}/restore")).refused(409, "already_exists");
}

#[test]
fn a_unit_is_found_by_its_barcode() {
    let app = TestApp::new();
    let resource = app.resource_with_units(0).resource;
    let path = format!("/resources/{resource}/units");
    for barcode in ["B1", "B10", "A&B 1"] {
        app.staff().post(&path, &json!({ "barcode": barcode })).expect(201);
    }
    let find = |query: &str| texts(&app.student().get(query).expect(200), "barcode");
    assert_eq!(find("/units?barcode=B1"), ["B1"]);
    assert_eq!(find("/units?barcode=A%26B+1"), ["A&B 1"]);
    assert!(find("/units?barcode=B").is_empty());
    assert_eq!(find("/units"), ["A&B 1", "B1", "B10"]);
    assert_eq!(find("/units?sort=-barcode&limit=2"), ["B10", "B1"]);
    let gone = app.student().get("/units?barcode=B1").expect(200).data()[0]["id"].clone();
    app.staff().delete(&format!("/units/{}", gone.as_str().unwrap())).expect(204);
    assert!(find("/units?barcode=B1").is_empty());
    app.student().get("/units?barcode=B1&include_deleted=true").refused(403, "forbidden");
    let all = app.staff().get("/units?barcode=B1&include_deleted=true").expect(200);
    assert_eq!(texts(&all, "deleted_at"), [START]);
}

#[test]
fn units_come_in_pages() {
    let app = TestApp::new();
    let stock = app.resource_with_units(7);
    let (mut seen, mut query) = (Vec::new(), "?limit=3".to_owned());
    loop {
        let page =
            app.student().get(&format!("/resources/{}/units{query}", stock.resource)).expect(200);
        seen.extend(texts(&page, "id"));
        match page.json()["next_cursor"].as_str() {
            Some(cursor) => query = format!("?limit=3&cursor={cursor}"),
            None => break,
        }
    }
    seen.sort();
    let mut expected = stock.units;
    expected.sort();
    assert_eq!(seen, expected);
}

#[test]
fn a_changed_status_counts_at_once() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let unit = format!("/units/{}", stock.unit());
    let changed = app.staff().patch(&unit, "\"1\"", &json!({ "status": "LOST" })).expect(200);
    assert_eq!(changed.etag(), "\"2\"");
    let resource = app.student().get(&format!("/resources/{}", stock.resource)).expect(200);
    assert_eq!(resource.json()["units"], json!({ "total": 2, "available": 1 }));
    let same = app.staff().patch(&unit, "\"2\"", &json!({ "status": "LOST" })).expect(200);
    assert_eq!((same.etag(), same.seq()), (changed.etag(), changed.seq()));
    app.staff().patch(&unit, "\"2\"", &json!({ "status": null })).refused(422, "validation_failed");
}

#[test]
fn a_unit_comes_back_only_to_a_resource_that_is_there() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let unit = format!("/units/{}", stock.unit());
    app.staff().act(&format!("{unit}/restore")).refused(409, "invalid_transition");
    app.staff().delete(&format!("/resources/{}", stock.resource)).expect(204);
    app.staff().act(&format!("{unit}/restore")).refused(409, "invalid_transition");
    let seen = app.staff().get(&format!("{unit}?include_deleted=true")).expect(200);
    assert_eq!(seen.json()["deleted_at"], START);
    app.student().get(&format!("{unit}?include_deleted=true")).refused(403, "forbidden");
}
