//! The day at the counter.

use pret::kernel::Timestamp;
use serde_json::{Value, json};

use super::{act, barcode, granted, hand_out, ids, of, out, student};
use crate::support::{TestApp, at, booking_of_unit};

fn today(app: &TestApp) -> Value {
    app.staff().get("/desk/today").expect(200).json()
}

#[test]
fn what_goes_out_and_what_comes_back_is_told_by_the_end_of_the_day() {
    let app = TestApp::new();
    let units = app.resource_with_units(8).units;
    // The day ends fourteen hours after the beginning.
    let last = granted(&app, &units[0], 13, 15);
    let first = granted(&app, &units[1], 2, 30);
    granted(&app, &units[2], 14, 15);
    app.booking(&units[3], 3, 4);
    let back = out(&app, &units[4], 0, 5);
    out(&app, &units[5], 0, 14);
    let mut both = booking_of_unit(&units[6], 1, 4);
    both["items"].as_array_mut().unwrap().push(json!({ "resource_unit_id": units[7] }));
    let both = app.staff().post("/bookings", &both).expect(201).json();
    let one = json!({ "items": [{ "item_id": both["items"][0]["id"] }] });
    app.staff().post(&act(&both, "check-out"), &one).expect(200);
    let day = today(&app);
    assert_eq!(ids(&day, "to_hand_out"), of(&[&both, &first, &last]));
    assert_eq!(ids(&day, "to_take_back"), of(&[&both, &back]));
    let counts =
        json!({"to_hand_out": 3, "to_take_back": 2, "late": 0, "endangered": 0, "open_offers": 0});
    assert_eq!(day["counts"], counts);
    hand_out(&app.staff(), &both);
    app.staff().act(&act(&back, "return")).expect(200);
    let day = today(&app);
    assert_eq!(ids(&day, "to_hand_out"), of(&[&first, &last]));
    assert_eq!(ids(&day, "to_take_back"), of(&[&both]));
}

#[test]
fn a_page_needs_no_further_request() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = granted(&app, stock.unit(), 2, 4);
    let resource = app.staff().get(&format!("/resources/{}", stock.resource)).expect(200).json();
    let label = json!({
        "resource_unit_id": stock.unit(), "barcode": barcode(&app.staff(), stock.unit()),
        "resource_id": stock.resource, "resource_name": resource["name"],
    });
    let shown = json!([{ "booking": booking, "requester": student(&app), "units": [label] }]);
    assert_eq!(today(&app)["to_hand_out"], shown);
}

/// Goes red with the seeded bug `today_by_utc`.
#[test]
fn the_day_is_that_of_the_place_also_when_clocks_change() {
    for (now, date, from, to) in [
        ("2026-03-02T09:00:00Z", "2026-03-02", "2026-03-01T23:00:00Z", "2026-03-02T23:00:00Z"),
        ("2026-03-02T23:00:00Z", "2026-03-03", "2026-03-02T23:00:00Z", "2026-03-03T23:00:00Z"),
        ("2026-03-29T10:00:00Z", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        ("2026-10-25T10:00:00Z", "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
    ] {
        let app = TestApp::new();
        app.clock.set(Timestamp::parse(now).unwrap());
        let stock = app.resource_with_units(2);
        let end = Timestamp::parse(to).unwrap();
        let book = |unit: &str, start: Timestamp| {
            let mut body = booking_of_unit(unit, 0, 1);
            body["start_at"] = json!(start);
            body["end_at"] = json!(end.plus(3_600_000));
            app.staff().post("/bookings", &body).expect(201).json()
        };
        let just_before = book(&stock.units[0], end.plus(-1));
        book(&stock.units[1], end);
        let day = today(&app);
        let found = [&day["date"], &day["timezone"], &day["from"], &day["to"]];
        assert_eq!(found.map(|one| one.as_str().unwrap()), [date, "Europe/Berlin", from, to]);
        assert_eq!(ids(&day, "to_hand_out"), of(&[&just_before]));
    }
}

#[test]
fn the_zone_is_the_one_that_the_organization_has_now() {
    let app = TestApp::new();
    app.admin().patch("/organization", "*", &json!({ "timezone": "Pacific/Auckland" })).expect(200);
    let day = today(&app);
    let found = [&day["date"], &day["timezone"], &day["from"]];
    assert_eq!(found, ["2026-03-02", "Pacific/Auckland", "2026-03-01T11:00:00Z"]);
}

#[test]
fn what_is_late_is_not_among_what_comes_back_and_names_whom_it_endangers() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let late = out(&app, stock.unit(), 0, 1);
    let next = granted(&app, stock.unit(), 3, 4);
    app.advance_minutes(60);
    assert_eq!(ids(&today(&app), "to_take_back"), of(&[&late]));
    app.clock.advance(1);
    app.run_jobs();
    let day = today(&app);
    assert_eq!(ids(&day, "to_take_back"), of(&[]));
    assert_eq!(ids(&day, "endangered"), of(&[&next]));
    assert_eq!(day["late"], json!(app.staff().get("/desk/overdue").expect(200).data()));
    assert_eq!(day["late"][0]["endangers"][0]["booking_id"], next["id"]);
    assert_eq!((&day["counts"]["late"], &day["counts"]["endangered"]), (&json!(1), &json!(1)));
}

#[test]
fn long_lists_are_cut_and_counted_whole() {
    let app = TestApp::new();
    for _ in 0..3 {
        let stock = app.resource_with_units(100);
        let mut body = booking_of_unit(stock.unit(), 0, 1);
        body["items"] = json!([{ "resource_id": stock.resource, "quantity": 100 }]);
        let booking = app.staff().post("/bookings", &body).expect(201).json();
        hand_out(&app.staff(), &booking);
    }
    let day = today(&app);
    assert_eq!((ids(&day, "to_take_back").len(), &day["counts"]["to_take_back"]), (3, &json!(3)));
    app.advance_minutes(61);
    let day = today(&app);
    assert_eq!((day["late"].as_array().unwrap().len(), &day["counts"]["late"]), (200, &json!(300)));
}

/// Goes red with the seeded bug `ended_offer_shown`.
#[test]
fn open_offers_are_shown_until_they_end() {
    let app = TestApp::new();
    let units = app.resource_with_units(2).units;
    let offer = |unit: &str| {
        let taken = app.staff().book(unit, 24, 48);
        let entry = app.student().post("/waitlist", &booking_of_unit(unit, 24, 48)).expect(201);
        app.staff().act(&act(&taken, "cancel")).expect(200);
        entry.json()
    };
    let first = offer(&units[0]);
    app.advance_minutes(5);
    let second = offer(&units[1]);
    let day = today(&app);
    assert_eq!(day["counts"]["open_offers"], 2);
    let offers = day["open_offers"].as_array().unwrap();
    let shown: Vec<&Value> = offers.iter().map(|offer| &offer["id"]).collect();
    assert_eq!(shown, [&first["id"], &second["id"]]);
    let offer = &offers[0];
    assert_eq!(offer["requester"], student(&app));
    assert_eq!(offer["booking_id"], first["booking_id"]);
    assert_eq!(offer["items"][0]["barcode"], barcode(&app.staff(), &units[0]));
    assert_eq!((&offer["start_at"], &offer["end_at"]), (&json!(at(24)), &json!(at(48))));
    assert_eq!(offer["expires_at"], "2026-03-02T09:10:00Z");
    // Nobody has written since, and yet it is over.
    app.advance_minutes(5);
    let day = today(&app);
    assert_eq!(day["counts"]["open_offers"], 1);
    assert_eq!(day["open_offers"][0]["id"], second["id"]);
}

#[test]
fn the_day_is_for_staff_and_shows_its_own_organization() {
    let app = TestApp::new();
    let stock = app.south_staff().resource_with_units(2);
    app.south_staff().book(&stock.units[0], 2, 4);
    hand_out(&app.south_staff(), &app.south_staff().book(&stock.units[1], 0, 1));
    let theirs = app.south_staff().get("/desk/today").expect(200).json();
    let both = (&theirs["counts"]["to_hand_out"], &theirs["counts"]["to_take_back"]);
    assert_eq!(both, (&json!(1), &json!(1)));
    let day = today(&app);
    for list in ["to_hand_out", "to_take_back", "late", "endangered", "open_offers"] {
        assert_eq!((&day[list], &day["counts"][list]), (&json!([]), &json!(0)), "{list}");
    }
    app.student().get("/desk/today").refused(403, "forbidden");
    app.admin().get("/desk/today").expect(200);
    app.staff().get("/desk/today?date=2026-03-02").refused(400, "invalid_parameter");
}
