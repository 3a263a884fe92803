//! What is late.

use pret::kernel::Timestamp;
use serde_json::{Value, json};

use super::{act, barcode, granted, hand_out, out, student};
use crate::support::{TestApp, at};

fn overdue(app: &TestApp) -> Vec<Value> {
    app.staff().get("/desk/overdue").expect(200).data()
}

#[test]
fn nothing_is_late_until_its_end_has_passed() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = out(&app, stock.unit(), 0, 1);
    app.advance_minutes(60);
    let empty = app.staff().get("/desk/overdue").expect(200);
    assert_eq!(empty.json(), json!({ "data": [], "next_cursor": null }));
    assert!(empty.header("link").is_none(), "{empty}");
    app.clock.advance(1);
    let resource = app.staff().get(&format!("/resources/{}", stock.resource)).expect(200).json();
    let late = json!([{
        "item_id": booking["items"][0]["id"], "booking_id": booking["id"],
        "resource_id": stock.resource, "resource_name": resource["name"],
        "resource_unit_id": stock.unit(), "barcode": barcode(&app.staff(), stock.unit()),
        "requester": student(&app), "checked_out_at": at(0), "due_at": at(1), "days_late": 1,
        "endangers": [],
    }]);
    assert_eq!(json!(overdue(&app)), late);
    app.staff().act(&act(&booking, "return")).expect(200);
    assert!(overdue(&app).is_empty());
}

#[test]
fn days_are_counted_as_the_place_counts_them() {
    for (due, now, days) in [
        ("2026-03-03T09:00:00Z", "2026-03-03T23:00:00Z", 1),
        ("2026-03-03T09:00:00Z", "2026-03-03T23:00:01Z", 2),
        ("2026-03-28T20:00:00Z", "2026-03-29T22:00:00Z", 2),
        ("2026-03-28T20:00:00Z", "2026-03-29T22:00:01Z", 3),
        ("2026-10-24T20:00:00Z", "2026-10-25T23:00:00Z", 2),
        ("2026-10-24T20:00:00Z", "2026-10-25T23:00:01Z", 3),
    ] {
        let app = TestApp::new();
        let stock = app.resource_with_units(1);
        let due = Timestamp::parse(due).unwrap();
        app.clock.set(due.plus(-3_600_000));
        let mut body = crate::support::booking_of_unit(stock.unit(), 0, 1);
        body["start_at"] = json!(due.plus(-3_600_000));
        body["end_at"] = json!(due);
        let booking = app.staff().post("/bookings", &body).expect(201).json();
        hand_out(&app.staff(), &booking);
        app.clock.set(Timestamp::parse(now).unwrap());
        assert_eq!(overdue(&app)[0]["days_late"], days, "{due} {now}");
    }
}

#[test]
fn who_counts_on_a_late_unit_and_could_not_move_is_named() {
    let app = TestApp::new();
    let units = app.resource_with_units(2).units;
    out(&app, &units[0], 0, 1);
    // The first moves to the other unit, the second can't: that one is taken then.
    let moves = granted(&app, &units[0], 4, 5);
    let stays = granted(&app, &units[0], 6, 7);
    app.staff().book(&units[1], 6, 7);
    app.advance_minutes(61);
    app.run_jobs();
    let moved = app.staff().get(&format!("/bookings/{}", moves["id"].as_str().unwrap()));
    assert_eq!(moved.expect(200).json()["items"][0]["resource_unit_id"], units[1]);
    let endangered = json!({
        "booking_id": stays["id"], "start_at": at(6), "end_at": at(7),
        "requester_user_id": app.student().user_id(), "at_risk": true,
    });
    assert_eq!(overdue(&app)[0]["endangers"], json!([endangered]));
}

#[test]
fn what_begins_behind_the_horizon_is_in_no_danger() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    out(&app, stock.unit(), 0, 1);
    let next = granted(&app, stock.unit(), 30, 31);
    let endangered = || {
        app.run_jobs();
        let late = overdue(&app);
        let rows = late[0]["endangers"].as_array().unwrap().iter();
        rows.map(|row| row["booking_id"].clone()).collect::<Vec<_>>()
    };
    app.advance_minutes(6 * 60);
    assert_eq!(endangered(), [] as [Value; 0]);
    app.clock.advance(1);
    assert_eq!(endangered(), [next["id"].clone()]);
    let off = json!({ "policy": { "late_horizon_hours": null } });
    app.admin().patch("/organization", "*", &off).expect(200);
    assert_eq!(endangered(), [] as [Value; 0]);
}

#[test]
fn the_longest_late_comes_first_page_by_page() {
    let app = TestApp::new();
    let units = app.resource_with_units(5).units;
    for (unit, end) in units.iter().zip([3, 1, 2, 1, 9]) {
        out(&app, unit, 0, end);
    }
    app.advance_minutes(4 * 60);
    for (sort, expected) in [("", [1, 1, 2, 3]), ("&sort=-due_at", [3, 2, 1, 1])] {
        let mut path = format!("/desk/overdue?limit=1{sort}");
        let mut seen = Vec::new();
        loop {
            let page = app.staff().get(&path).expect(200);
            seen.extend(page.data());
            let Some(link) = page.header("link") else { break };
            path = link.strip_prefix('<').unwrap().split('>').next().unwrap().to_owned();
        }
        let due: Vec<&str> = seen.iter().map(|item| item["due_at"].as_str().unwrap()).collect();
        assert_eq!(due, expected.map(at), "{sort}");
        let mut items: Vec<&str> = seen.iter().map(|i| i["item_id"].as_str().unwrap()).collect();
        items.sort_unstable();
        items.dedup();
        assert_eq!(items.len(), 4, "{sort}");
    }
}

/// Goes red with the seeded bug `overdue_of_others`.
#[test]
fn what_is_late_elsewhere_is_nobodys_business_here() {
    let app = TestApp::new();
    let stock = app.south_staff().resource_with_units(1);
    hand_out(&app.south_staff(), &app.south_staff().book(stock.unit(), 0, 1));
    app.advance_minutes(61);
    assert_eq!(app.south_staff().get("/desk/overdue").expect(200).data().len(), 1);
    assert_eq!(overdue(&app), [] as [Value; 0]);
}

#[test]
fn the_list_is_for_staff_and_names_nonsense() {
    let app = TestApp::new();
    app.student().get("/desk/overdue").refused(403, "forbidden");
    app.student().get("/desk/overdue?limit=0").refused(403, "forbidden");
    for (query, name) in
        [("limit=201", "limit"), ("sort=barcode", "sort"), ("status=OUT", "status")]
    {
        let refused = app.staff().get(&format!("/desk/overdue?{query}"));
        let refused = refused.refused(400, "invalid_parameter").json();
        assert_eq!(refused["errors"][0]["parameter"], name);
    }
    app.staff().get("/desk/overdue?cursor=abc").refused(400, "invalid_cursor");
}
