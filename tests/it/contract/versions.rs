//! Versions, tags and pages: what a client may rely on when it keeps what it has seen.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::access::{caller, rows};
use super::operations::{document, operations};
use super::world::World;
use crate::support::{Caller, TestApp};

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let app = World::get().app();
    let path = format!("/bookings/{}", World::get().north["booking"]);
    let tag = app.student().get(&path).expect(200).etag();
    let unchanged = app.student().get(&path).header("if-none-match", &tag).expect(304);
    assert!(unchanged.bytes().is_empty(), "{unchanged}");
    assert_eq!(unchanged.etag(), tag);
    for seen in ["*", &format!("W/{tag}"), &format!("\"other\", {tag}")] {
        app.student().get(&path).header("if-none-match", seen).expect(304);
    }
    app.student().patch(&path, &tag, &json!({ "purpose": "new" })).expect(200);
    app.student().get(&path).header("if-none-match", &tag).expect(200);
}

/// Goes red with the seeded bug `lost_update`.
#[test]
fn of_two_changes_of_one_version_the_second_is_refused() {
    let app = World::get().app();
    for (caller, path, field) in [
        (app.student(), format!("/bookings/{}", World::get().north["booking"]), "purpose"),
        (app.staff(), format!("/resources/{}", World::get().north["resource"]), "name"),
        (app.staff(), format!("/units/{}", World::get().north["unit"]), "barcode"),
    ] {
        let seen = caller.get(&path).expect(200).etag();
        let first = caller.patch(&path, &seen, &json!({ field: "first" })).expect(200);
        assert_ne!(first.etag(), seen);
        let second = caller.patch(&path, &seen, &json!({ field: "second" }));
        let refused = second.refused(412, "precondition_failed");
        let version = |tag: &str| tag.trim_matches('"').split('.').next().unwrap().to_owned();
        assert_eq!(version(&refused.etag()), version(&first.etag()), "{refused}");
        assert_eq!(caller.get(&path).expect(200).json()[field], "first");
    }
}

#[test]
fn a_patch_that_changes_nothing_leaves_version_and_trail_alone() {
    let app = World::get().app();
    for (caller, path, field) in [
        (app.student(), format!("/bookings/{}", World::get().north["booking"]), "purpose"),
        (app.staff(), format!("/resources/{}", World::get().north["resource"]), "name"),
        (app.staff(), format!("/units/{}", World::get().north["unit"]), "barcode"),
    ] {
        let seen = caller.get(&path).expect(200);
        let value: Value = seen.json()[field].clone();
        for body in [json!({}), json!({ field: value })] {
            let same = caller.patch(&path, &seen.etag(), &body).expect(200);
            assert_eq!((same.etag(), same.seq()), (seen.etag(), seen.seq()), "{same}");
            assert_eq!(same.json(), seen.json());
        }
    }
}

#[test]
fn what_may_be_kept_is_said_in_every_answer() {
    let app = World::get().app();
    let booking = format!("/bookings/{}", World::get().north["booking"]);
    for (path, status, cache) in [
        (booking.as_str(), 200, "private, no-cache"),
        ("/bookings", 200, "no-store"),
        ("/nothing", 404, "no-store"),
        ("/health", 200, "no-store"),
    ] {
        let reply = app.student().get(path).expect(status);
        assert_eq!(reply.header("cache-control"), Some(cache), "{reply}");
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{reply}");
        let vary = reply.header("vary").unwrap_or_default().to_lowercase();
        assert!(vary.contains("authorization") && vary.contains("x-org-id"), "{reply}");
        assert!(reply.header("x-request-id").is_some(), "{reply}");
    }
}

#[test]
fn answers_can_be_put_into_their_order() {
    let app = TestApp::new();
    let before = app.staff().get("/tags").expect(200).seq();
    let made = app.staff().post("/tags", &json!({ "name": "sound" })).expect(201);
    assert_eq!(made.seq(), before + 1);
    let refused = app.staff().post("/tags", &json!({ "name": "sound" })).expect(409);
    assert_eq!(refused.seq(), made.seq());
    assert_eq!(app.student().get("/tags").expect(200).seq(), made.seq());
    // The other organization counts for itself.
    app.south_staff().post("/tags", &json!({ "name": "sound" })).expect(201);
    assert_eq!(app.student().get("/tags").expect(200).seq(), made.seq());
}

/// All ids of a list, page by page, following the cursors.
fn walk(caller: &Caller<'_>, path: &str, mut between: impl FnMut(usize)) -> Vec<String> {
    let (mut ids, mut page) = (Vec::new(), path.to_owned());
    for number in 0.. {
        let reply = caller.get(&page).expect(200);
        ids.extend(reply.data().iter().map(|one| one["id"].as_str().unwrap().to_owned()));
        between(number);
        let body = reply.json();
        let Some(cursor) = body["next_cursor"].as_str() else {
            assert!(reply.header("link").is_none(), "{reply}");
            break;
        };
        let link = reply.header("link").unwrap_or_else(|| panic!("no Link in\n{reply}"));
        let next = link.trim_start_matches('<').split('>').next().unwrap().to_owned();
        assert!(link.ends_with("rel=\"next\"") && next.contains(cursor), "{reply}");
        page = next;
    }
    ids
}

#[test]
fn every_order_walks_over_everything_exactly_once() {
    let app = TestApp::new();
    for number in 0..7 {
        let name = ["Été", "etude", "Zoom", "zoom"][number % 4];
        let kind = ["camera", "Camera", "mic"][number % 3];
        let body = json!({ "type": kind, "name": name });
        app.staff().post("/resources", &body).expect(201);
    }
    let mut expected: Option<BTreeSet<String>> = None;
    for sort in ["name", "-name", "type,-name", "-created_at", "-type,name,-created_at"] {
        let ids = walk(&app.student(), &format!("/resources?limit=2&sort={sort}"), |_| {});
        let set: BTreeSet<String> = ids.iter().cloned().collect();
        assert_eq!((ids.len(), set.len()), (7, 7), "{sort}");
        assert_eq!(expected.get_or_insert(set.clone()), &set, "{sort}");
    }
}

#[test]
fn what_keeps_its_place_is_seen_once_while_others_come_and_go() {
    let app = TestApp::new();
    let names = ["b", "d", "f", "h", "j"];
    let make = |name: &str| {
        let body = json!({ "type": "mic", "name": name });
        app.staff().post("/resources", &body).expect(201).id()
    };
    let stay: Vec<String> = names.iter().map(|name| make(name)).collect();
    let seen = walk(&app.student(), "/resources?limit=1&sort=name", |page| {
        // One comes in front of the position, one behind it.
        if page < 3 {
            make(&format!("a{page}"));
            make(&format!("z{page}"));
        }
    });
    let kept: Vec<&String> = seen.iter().filter(|id| stay.contains(id)).collect();
    assert_eq!(kept, stay.iter().collect::<Vec<_>>());
    assert_eq!(seen.len(), stay.len() + 3);
}

/// What the document says of headers is what handlers read: nonsense in them is refused where
/// they are documented, and means nothing elsewhere.
#[test]
fn conditions_and_keys_are_read_where_the_document_says_so() {
    let operations = operations(&document());
    for row in rows().iter().filter(|row| row.method() != "GET") {
        let operation = operations.iter().find(|one| one.name() == row.operation).unwrap();
        let app = World::get().app();
        let ask = row.usual(&caller(&app, &row.least));
        for (header, code) in
            [("If-Match", "invalid_if_match"), ("Idempotency-Key", "idempotency_key_invalid")]
        {
            let reply = ask.clone().header(header, "").send();
            let read = reply.code() == code;
            assert_eq!(read, operation.takes("header", header), "{header} in\n{reply}");
        }
    }
}
