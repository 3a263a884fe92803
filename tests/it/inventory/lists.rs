//! Lists of resources: filters, orders, pages, and what is free.

use serde_json::{Value, json};

use super::names;
use crate::support::{TestApp, at, booking_of_unit, unique};

fn make(app: &TestApp, name: &str, kind: &str, tags: &[&str]) -> Value {
    let body = json!({ "type": kind, "name": name, "tags": tags });
    app.staff().post("/resources", &body).expect(201).json()
}

fn list(app: &TestApp, query: &str) -> Vec<String> {
    names(&app.student().get(&format!("/resources{query}")).expect(200))
}

#[test]
fn the_list_shows_its_organization_and_no_other() {
    let app = TestApp::new();
    make(&app, "north", "camera", &[]);
    let body = json!({ "type": "camera", "name": "south" });
    app.south_staff().post("/resources", &body).expect(201);
    assert_eq!(list(&app, ""), ["north"]);
}

#[test]
fn filters_narrow_the_list() {
    let app = TestApp::new();
    make(&app, "a", "Camera", &["video", "4k"]);
    app.advance_minutes(60);
    make(&app, "b", "camera", &["video"]);
    let c = make(&app, "c", "tripod", &[]);
    let path = format!("/resources/{}", c["id"].as_str().unwrap());
    app.staff().patch(&path, "*", &json!({ "status": "DISABLED" })).expect(200);
    for (query, expected) in [
        ("", vec!["a", "b", "c"]),
        ("?type=camera", vec!["a", "b"]),
        ("?status=DISABLED", vec!["c"]),
        ("?tag=video", vec!["a", "b"]),
        ("?tag=VIDEO,4k", vec!["a"]),
        ("?tag=video,unknown", vec![]),
        ("?created_from=2026-03-02T10:00:00Z", vec!["b", "c"]),
        ("?created_to=2026-03-02T10:00:00Z", vec!["a"]),
        ("?created_to=2026-03-02T11:00:00%2B01:00&type=camera", vec!["a"]),
        ("?sort=-name", vec!["c", "b", "a"]),
        ("?sort=-created_at,name", vec!["b", "c", "a"]),
        ("?sort=type,-name", vec!["b", "a", "c"]),
    ] {
        assert_eq!(list(&app, query), expected, "{query}");
    }
    for query in [
        "?status=GONE",
        "?sort=serial_number",
        "?sort=name,name",
        "?created_from=2026-03-02",
        "?colour=red",
        "?type=a&type=b",
        "?limit=0",
        "?limit=201",
        "?quantity=1",
        "?include_deleted=yes",
        "?q=",
        "?q=%00",
        "?type=%20",
    ] {
        app.student().get(&format!("/resources{query}")).refused(400, "invalid_parameter");
    }
}

#[test]
fn each_order_shows_each_resource_once() {
    let app = TestApp::new();
    for number in 0..11 {
        make(&app, &format!("r{}", number % 3), ["x", "y"][number % 2], &[]);
    }
    for sort in ["name", "-name", "type", "-created_at", "-type,name", "type,-created_at,name"] {
        let (mut seen, mut query) = (Vec::new(), format!("?limit=4&sort={sort}"));
        loop {
            let page = app.student().get(&format!("/resources{query}")).expect(200);
            seen.extend(super::texts(&page, "id"));
            let Some(cursor) = page.json()["next_cursor"].as_str().map(str::to_owned) else {
                assert!(page.header("link").is_none());
                break;
            };
            query = format!("?limit=4&sort={sort}&cursor={cursor}");
            let link = format!("</resources?limit=4&sort={sort}&cursor={cursor}>; rel=\"next\"");
            let link = link.replace(',', "%2C");
            let given = page.header("link").unwrap();
            assert!(given.contains(&cursor) && given.len() == link.len(), "{given} {link}");
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 11, "{sort}");
    }
    let first = app.student().get("/resources?limit=4").expect(200).json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let other = format!("/resources?limit=4&sort=-name&cursor={cursor}");
    app.student().get(&other).refused(400, "invalid_cursor");
}

#[test]
fn a_period_shows_what_has_enough_free_units_in_all_of_it() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    app.booking(stock.unit(), 24, 26);
    let find = |from: i64, to: i64, more: &str| {
        let query = format!("?available_from={}&available_to={}{more}", at(from), at(to));
        list(&app, &query).len()
    };
    assert_eq!(find(24, 26, "&quantity=1"), 1);
    assert_eq!(find(24, 26, ""), 1);
    for (from, to, expected) in [
        (24, 26, 0),
        (22, 24, 1),
        (26, 28, 1),
        (25, 27, 0),
        (20, 30, 0),
        (23, 25, 0),
        (100, 101, 1),
    ] {
        assert_eq!(find(from, to, "&quantity=2"), expected, "{from} to {to}");
    }
    assert_eq!(find(22, 24, "&quantity=3"), 0);
    let path = format!("/resources/{}", stock.resource);
    app.staff().patch(&path, "*", &json!({ "buffer_minutes": 1 })).expect(200);
    assert_eq!(find(22, 24, "&quantity=2"), 0, "the buffer would reach into the booking");
    app.staff().patch(&format!("/units/{}", stock.units[1]), "*", &json!({ "status": "LOST" }));
    let range = format!("?available_from={}&available_to={}", at(0), at(24 * 366 + 1));
    app.student().get(&format!("/resources{range}")).refused(400, "invalid_parameter");
    let half = format!("/resources?available_from={}", at(0));
    app.student().get(&half).refused(400, "invalid_parameter");
}

#[test]
fn the_counts_say_what_could_be_handed_out_now() {
    let app = TestApp::new();
    let stock = app.resource_with_units(3);
    app.booking(stock.unit(), 1, 2);
    let path = format!("/resources/{}", stock.resource);
    let available = || app.student().get(&path).expect(200).json()["units"]["available"].clone();
    assert_eq!(available(), 3);
    let before = app.student().get(&path).expect(200).etag();
    app.advance_minutes(60);
    assert_eq!(available(), 2, "the period has begun");
    let during = app.student().get(&path).expect(200).etag();
    assert_ne!(before, during, "the tag covers what is computed");
    app.staff().patch(&path, &before, &json!({ "name": unique("x") })).expect(200);
    app.advance_minutes(60);
    assert_eq!(available(), 3, "the period is over");
    app.staff().patch(&path, "*", &json!({ "status": "MAINTENANCE" })).expect(200);
    assert_eq!(available(), 0, "nothing of it is lent");
    app.student()
        .post("/bookings", &booking_of_unit(stock.unit(), 9, 10))
        .refused(409, "not_bookable");
}

#[test]
fn a_walk_over_long_names_goes_on_to_its_end() {
    let app = TestApp::new();
    let word = "文".repeat(198);
    for number in 10..15 {
        let body = json!({ "type": format!("{word}{number}"), "name": format!("{word}{number}") });
        app.staff().post("/resources", &body).expect(201);
    }
    for sort in ["type,name", "-name", "name,-type,created_at"] {
        let mut path = format!("/resources?limit=1&sort={sort}");
        let mut seen = 0;
        loop {
            let reply = app.student().get(&path).expect(200);
            seen += reply.data().len();
            let Some(cursor) = reply.json()["next_cursor"].as_str().map(str::to_owned) else {
                break;
            };
            assert!(cursor.len() <= 1024, "{}", cursor.len());
            path = format!("/resources?limit=1&sort={sort}&cursor={cursor}");
        }
        assert_eq!(seen, 5, "{sort}");
    }
}

#[test]
fn a_query_that_is_no_utf_8_is_refused() {
    let app = TestApp::new();
    for query in ["q=%FF", "q=a%C3", "type=%80"] {
        app.student().get(&format!("/resources?{query}")).refused(400, "invalid_parameter");
    }
}
