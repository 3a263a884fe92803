//! Tags: made by name or beside a resource, deleted, restored.

use serde_json::{Value, json};

use super::names;
use crate::support::{START, TestApp};

#[test]
fn a_tag_is_made_once() {
    let app = TestApp::new();
    let made = app.staff().post("/tags", &json!({ "name": " video " })).expect(201);
    let expected = json!({
        "id": made.id(), "name": "video", "created_at": START, "deleted_at": null,
    });
    assert_eq!(made.json(), expected);
    app.staff().post("/tags", &json!({ "name": "VIDEO" })).refused(409, "already_exists");
    app.south_staff().post("/tags", &json!({ "name": "video" })).expect(201);
    for name in ["", " ", "a,b", "a\nb", &"x".repeat(61)] {
        app.staff().post("/tags", &json!({ "name": name })).refused(422, "validation_failed");
    }
    let body = json!({ "type": "camera", "name": "Bolex", "tags": ["Video", "film"] });
    let resource = app.staff().post("/resources", &body).expect(201);
    assert_eq!(resource.json()["tags"], json!(["film", "video"]));
    assert_eq!(names(&app.student().get("/tags").expect(200)), ["film", "video"]);
}

#[test]
fn a_deleted_tag_is_hidden_until_it_is_restored() {
    let app = TestApp::new();
    let body = json!({ "type": "camera", "name": "Bolex", "tags": ["film"] });
    let resource = app.staff().post("/resources", &body).expect(201).id();
    let tags = || app.student().get(&format!("/resources/{resource}")).expect(200).json();
    let found = || app.student().get("/resources?tag=film").expect(200).data().len();
    let tag = app.student().get("/tags").expect(200).data()[0]["id"].clone();
    let tag = format!("/tags/{}", tag.as_str().unwrap());
    app.south_staff().delete(&tag).refused(404, "not_found");
    app.staff().delete(&tag).expect(204);
    app.staff().delete(&tag).refused(404, "not_found");
    assert_eq!((tags()["tags"].clone(), found()), (json!([]), 0));
    assert!(app.staff().get("/tags").expect(200).data().is_empty());
    app.student().get("/tags?include_deleted=true").refused(403, "forbidden");
    assert_eq!(app.staff().get("/tags?include_deleted=true").expect(200).data().len(), 1);
    let back = app.staff().act(&format!("{tag}/restore")).expect(200).json();
    assert_eq!(back["deleted_at"], Value::Null);
    assert_eq!((tags()["tags"].clone(), found()), (json!(["film"]), 1));
    app.staff().act(&format!("{tag}/restore")).refused(409, "invalid_transition");
}

#[test]
fn a_tag_whose_name_was_taken_stays_deleted() {
    let app = TestApp::new();
    let tag = app.staff().post("/tags", &json!({ "name": "film" })).expect(201).id();
    app.staff().delete(&format!("/tags/{tag}")).expect(204);
    // A resource that names it gets a new one: the old one stays deleted.
    let body = json!({ "type": "camera", "name": "Bolex", "tags": ["film"] });
    app.staff().post("/resources", &body).expect(201);
    app.staff().act(&format!("/tags/{tag}/restore")).refused(409, "already_exists");
}
