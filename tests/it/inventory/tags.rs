//! Tags: made by name or beside a resource, deleted, restored.

use serde_json::{Value, json};

use super::names;
use crate::support::{START, TestApp, at};

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
fn deleting_and_restoring_a_tag_changes_the_resources_that_bear_it() {
    let app = TestApp::new();
    let make = |name: &str, tags: Value| {
        let body = json!({ "type": "camera", "name": name, "tags": tags });
        app.staff().post("/resources", &body).expect(201).id()
    };
    let (bearer, other) = (make("Bolex", json!(["film", "old"])), make("Canon", json!(["old"])));
    let gone = make("Éclair", json!(["film"]));
    app.staff().delete(&format!("/resources/{gone}")).expect(204);
    let tags = app.staff().get("/tags").expect(200).data();
    let tag = tags.iter().find(|tag| tag["name"] == "film").unwrap()["id"].as_str().unwrap();
    let show = |id: &str| app.staff().get(&format!("/resources/{id}?include_deleted=true"));
    let versions =
        || [&bearer, &other, &gone].map(|id| show(id).expect(200).json()["version"].clone());
    let events = || app.staff().get("/audit?limit=100").expect(200).data();
    let (before, first) = (events().len(), show(&bearer).expect(200));
    assert_eq!(versions(), [1, 1, 2]);

    app.advance_minutes(60);
    app.staff().delete(&format!("/tags/{tag}")).expect(204);
    let deleted = show(&bearer).expect(200).json();
    assert_eq!(versions(), [2, 1, 2]);
    assert_eq!((&deleted["tags"], &deleted["updated_at"]), (&json!(["old"]), &json!(at(1))));
    let change = json!({ "name": "Leica" });
    let path = format!("/resources/{bearer}");
    app.staff().patch(&path, &first.etag(), &change).refused(412, "precondition_failed");
    app.staff().act(&format!("/tags/{tag}/restore")).expect(200);
    assert_eq!(versions(), [3, 1, 2]);

    let (events, old, all) = (events(), json!(["old"]), json!(["film", "old"]));
    assert_eq!(events.len(), before + 4, "one for the tag, one for the resource, each time");
    for (event, from, to) in [(&events[0], &old, &all), (&events[2], &all, &old)] {
        assert_eq!((&event["entity_id"], &event["action"]), (&json!(bearer), &json!("UPDATE")));
        assert_eq!((&event["before"]["tags"], &event["after"]["tags"]), (from, to));
        assert_eq!(event["before"]["name"], "Bolex");
    }
    assert_eq!([&events[1]["action"], &events[3]["action"]], ["RESTORE", "SOFT_DELETE"]);
    assert_eq!([&events[0]["after"]["version"], &events[2]["after"]["version"]], [3, 2]);
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
