//! Lists of bookings.

use crate::support::{Person, Reply, TestApp, at};

fn starts(reply: &Reply) -> Vec<String> {
    let starts = reply.data();
    starts.iter().map(|booking| booking["start_at"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn filters_narrow_the_list() {
    let app = TestApp::new();
    let (stock, other) = (app.resource_with_units(2), app.resource_with_units(1));
    let first = app.booking(&stock.units[0], 24, 26);
    app.other_student().book(&stock.units[1], 30, 32);
    app.staff().book(other.unit(), 40, 42);
    app.student().act(&format!("/bookings/{}/cancel", first["id"].as_str().unwrap())).expect(200);
    let list = |query: &str| starts(&app.staff().get(&format!("/bookings?{query}")).expect(200));
    assert_eq!(list(""), [at(24), at(30), at(40)]);
    assert_eq!(list("sort=-start_at"), [at(40), at(30), at(24)]);
    assert_eq!(list("status=CANCELLED,PENDING"), [at(24), at(30)]);
    assert_eq!(list(&format!("requester={}", app.user_id(Person::Staff))), [at(40)]);
    assert_eq!(list(&format!("resource_id={}", stock.resource)), [at(24), at(30)]);
    assert_eq!(list(&format!("resource_unit_id={}", stock.units[1])), [at(30)]);
    assert_eq!(list(&format!("from={}&to={}", at(26), at(40))), [at(30)]);
    assert_eq!(list("overdue=true"), [] as [String; 0]);
    assert_eq!(list("at_risk=false").len(), 3);
}

#[test]
fn students_see_their_own_and_may_not_ask_for_others() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    app.booking(&stock.units[0], 24, 26);
    app.other_student().book(&stock.units[1], 30, 32);
    assert_eq!(starts(&app.student().get("/bookings").expect(200)), [at(24)]);
    let own = format!("/bookings?requester={}", app.user_id(Person::Student));
    app.student().get(&own).expect(200);
    app.other_student().get(&own).refused(403, "forbidden");
    assert_eq!(app.south_admin().get("/bookings").expect(200).data().len(), 0);
}

#[test]
fn pages_follow_each_other_without_gap_or_repetition() {
    let app = TestApp::new();
    let stock = app.resource_with_units(7);
    for unit in &stock.units {
        app.booking(unit, 24, 26);
    }
    for sort in ["start_at", "-start_at", "-created_at", "start_at,-created_at"] {
        let mut path = format!("/bookings?limit=3&sort={sort}");
        let mut seen = Vec::new();
        loop {
            let reply = app.student().get(&path).expect(200);
            seen.extend(reply.data().iter().map(|booking| booking["id"].clone()));
            let Some(link) = reply.header("link") else { break };
            path = link.strip_prefix('<').unwrap().split('>').next().unwrap().to_owned();
        }
        let mut ids: Vec<String> = seen.iter().map(ToString::to_string).collect();
        ids.sort();
        ids.dedup();
        assert_eq!((seen.len(), ids.len()), (7, 7), "{sort}");
    }
}

#[test]
fn nonsense_in_the_query_is_named() {
    let app = TestApp::new();
    for (query, name) in [
        ("status=LOST", "status"),
        ("colour=red", "colour"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=1&limit=2", "limit"),
        ("sort=purpose", "sort"),
        ("overdue=perhaps", "overdue"),
        ("from=2026-03-02T09:00:00Z", "to"),
        ("requester=me", "requester"),
        ("from=2026-03-02T09:00:00Z&to=2026-03-01T09:00:00Z", "to"),
    ] {
        let reply =
            app.staff().get(&format!("/bookings?{query}")).refused(400, "invalid_parameter");
        assert_eq!(reply.json()["errors"][0]["parameter"], name, "{query}");
    }
    app.staff().get("/bookings?cursor=abc").refused(400, "invalid_cursor");
}
