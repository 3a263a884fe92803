//! Notifications: who is told what, who sees it, and how it is read.

use pret::kernel::Actor;
use pret::notification::{self, News, NotificationKind};
use serde_json::{Value, json};

use crate::support::{Caller, START, TestApp, at, booking_of_unit, start};

const NOWHERE: &str = "019a2f64-5c00-7000-8000-00000000dead";
const LIST: &str = "/me/notifications";
const READ: &str = "/me/notifications/read";

fn unread(caller: &Caller<'_>) -> Vec<Value> {
    caller.get(LIST).expect(200).data()
}

fn ids(caller: &Caller<'_>) -> Vec<Value> {
    unread(caller).iter().map(|one| one["id"].clone()).collect()
}

fn act(booking: &Value, action: &str) -> String {
    format!("/bookings/{}/{action}", booking["id"].as_str().unwrap())
}

/// Tells the student something in `north`, on behalf of the system.
fn tell(app: &TestApp, news: News) {
    let (org, to) = (app.north().parse().unwrap(), app.student().user_id().parse().unwrap());
    let told = app.db().write_blocking(move |global| {
        let tx = global.write_within(org, Actor::system());
        notification::tell(&tx, to, &news)
    });
    told.unwrap();
}

/// Goes red with the seeded bug `told_outside`.
#[test]
fn a_decision_is_told_to_the_requester() {
    let app = TestApp::new();
    let stock = app.resource_with_units(3);
    for (unit, action, status) in [
        (&stock.units[0], "approve", "APPROVED"),
        (&stock.units[1], "reject", "REJECTED"),
        (&stock.units[2], "cancel", "CANCELLED"),
    ] {
        let booking = app.booking(unit, 24, 26);
        let note = json!({ "note": "mind the lens" });
        app.staff().post(&act(&booking, action), &note).expect(200);
        let told = unread(&app.student());
        assert_eq!(told.len(), 1, "{action} was not told");
        let expected = json!([{
            "id": told[0]["id"], "kind": "DECIDED", "booking_id": booking["id"],
            "waitlist_entry_id": null, "status": status, "expires_at": null,
            "note": "mind the lens", "created_at": START,
        }]);
        assert_eq!(json!(told), expected);
        app.student().act(READ).expect(200);
    }
}

#[test]
fn a_notification_repeats_only_what_was_said_with_its_decision() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 24, 26);
    app.staff().post(&act(&booking, "approve"), &json!({ "note": "enjoy" })).expect(200);
    app.staff().act(&act(&booking, "cancel")).expect(200);
    let notes: Vec<Value> = unread(&app.student()).iter().map(|one| one["note"].clone()).collect();
    assert_eq!(notes, [json!(null), json!("enjoy")]);
}

#[test]
fn nobody_is_told_what_they_did_themselves() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let booking = app.booking(&stock.units[0], 24, 26);
    app.student().act(&act(&booking, "cancel")).expect(200);
    let booking = app.staff().book(&stock.units[1], 24, 26);
    app.staff().act(&act(&booking, "cancel")).expect(200);
    assert_eq!(app.file().number("SELECT count(*) FROM notifications"), 0);
}

#[test]
fn what_staff_book_for_somebody_is_told_only_when_it_is_decided() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let mut body = booking_of_unit(stock.unit(), 24, 26);
    body["requester_user_id"] = json!(app.student().user_id());
    let booking = app.staff().post("/bookings", &body).expect(201).json();
    assert!(unread(&app.student()).is_empty());
    app.staff().act(&act(&booking, "approve")).expect(200);
    assert_eq!(unread(&app.student()).len(), 1);
}

#[test]
fn a_refused_decision_tells_nobody() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 24, 24 + 5 * 24);
    let etag = app.admin().get("/organization").expect(200).etag();
    let strict = json!({ "policy": { "max_booking_days": 3 } });
    app.admin().patch("/organization", &etag, &strict).expect(200);
    let approve = app.staff().act(&act(&booking, "approve"));
    approve.clone().refused(409, "policy_violation");
    approve.clone().key("kept").refused(409, "policy_violation");
    approve.header("if-match", "\"9\"").refused(412, "precondition_failed");
    app.staff().post(&act(&booking, "reject"), &json!({ "why": 1 })).expect(422);
    assert_eq!(app.file().number("SELECT count(*) FROM notifications"), 0);
}

#[test]
fn every_kind_is_shown_with_all_that_was_said() {
    let app = TestApp::new();
    for kind in NotificationKind::ALL.iter().copied() {
        let entry = NOWHERE.parse().unwrap();
        tell(&app, News { waitlist_entry_id: Some(entry), ..News::of(kind) });
        assert_eq!(unread(&app.student())[0]["kind"], kind.name());
    }
    let until = start().plus(600_000);
    let offer = News { expires_at: Some(until), ..News::of(NotificationKind::OfferMade) };
    tell(&app, offer);
    let offer = unread(&app.student())[0].clone();
    assert_eq!(offer["expires_at"], until.to_string());
    assert_eq!(unread(&app.student())[1]["waitlist_entry_id"], NOWHERE);
}

/// Goes red with the seeded bug `notification_of_others_shown`.
#[test]
fn everybody_sees_and_marks_their_own_alone() {
    let app = TestApp::new();
    let (stock, south) = (app.resource_with_units(2), app.south_staff().resource_with_units(1));
    let other = app.other_student().book(&stock.units[0], 24, 26);
    let theirs = app.south_student().book(south.unit(), 24, 26);
    app.staff().act(&act(&other, "approve")).expect(200);
    app.south_staff().act(&act(&theirs, "approve")).expect(200);
    for caller in [app.student(), app.staff(), app.admin()] {
        assert!(unread(&caller).is_empty(), "{:?}", unread(&caller));
    }
    let mine = app.booking(&stock.units[1], 24, 26);
    app.staff().act(&act(&mine, "approve")).expect(200);
    let (own, others) = (ids(&app.student()), ids(&app.other_student()));
    let elsewhere = ids(&app.south_student());
    let before = app.file().dump();
    let mut details = Vec::new();
    for stranger in [&others[0], &elsewhere[0], &json!(NOWHERE)] {
        let body = json!({ "ids": [own[0], stranger, own[0], stranger] });
        let refusal = app.student().post(READ, &body).refused(422, "unknown_reference").json();
        let errors = refusal["errors"].as_array().unwrap();
        let places: Vec<&Value> = errors.iter().map(|error| &error["pointer"]).collect();
        assert_eq!(places, ["/ids/1", "/ids/3"]);
        details.push((refusal["detail"].clone(), refusal["errors"].clone()));
    }
    assert!(details.iter().all(|one| *one == details[0]), "{details:#?}");
    assert_eq!(before.difference(&app.file().dump()), "", "all or nothing");
    assert_eq!(app.student().act(READ).expect(200).json(), json!({ "read": 1 }));
    assert_eq!((ids(&app.other_student()), ids(&app.south_student())), (others, elsewhere));
}

#[test]
fn what_is_read_leaves_the_list_and_counts_once() {
    let app = TestApp::new();
    for _ in 0..4 {
        tell(&app, News::of(NotificationKind::Moved));
    }
    let read = |body: Value| app.student().post(READ, &body).expect(200).json();
    let told = ids(&app.student());
    let upper = json!(told[1].as_str().unwrap().to_uppercase());
    assert_eq!(read(json!({ "ids": [told[1], told[2], upper] })), json!({ "read": 2 }));
    assert_eq!(ids(&app.student()), [told[0].clone(), told[3].clone()]);
    app.advance_minutes(1);
    let seen = app.file().dump();
    assert_eq!(read(json!({ "ids": [told[1], told[2]] })), json!({ "read": 0 }));
    assert_eq!(seen.difference(&app.file().dump()), "", "it stays read since then");
    assert_eq!(read(json!({ "ids": [told[0], told[1]] })), json!({ "read": 1 }));
    tell(&app, News::of(NotificationKind::AtRisk));
    assert_eq!(read(json!({})), json!({ "read": 2 }));
    assert_eq!(read(json!({})), json!({ "read": 0 }));
    assert!(unread(&app.student()).is_empty());
}

#[test]
fn a_key_marks_once_and_answers_the_same() {
    let app = TestApp::new();
    tell(&app, News::of(NotificationKind::Moved));
    let ask = app.student().act(READ).key("read all");
    assert_eq!(ask.expect(200).json(), json!({ "read": 1 }));
    tell(&app, News::of(NotificationKind::Moved));
    let again = ask.expect(200);
    assert_eq!(again.json(), json!({ "read": 1 }));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(unread(&app.student()).len(), 1);
}

#[test]
fn ids_are_one_to_two_hundred_and_never_null() {
    let app = TestApp::new();
    tell(&app, News::of(NotificationKind::Moved));
    let own = ids(&app.student());
    for wrong in [json!([]), json!(null), json!(["no-uuid"]), json!(vec![&own[0]; 201])] {
        let refusal = app.student().post(READ, &json!({ "ids": wrong }));
        let refusal = refusal.refused(422, "validation_failed").json();
        let pointer = refusal["errors"][0]["pointer"].as_str().unwrap();
        assert!(pointer.starts_with("/ids"), "{refusal}");
    }
    assert_eq!(ids(&app.student()), own);
    let most = json!({ "ids": vec![&own[0]; 200] });
    assert_eq!(app.student().post(READ, &most).expect(200).json(), json!({ "read": 1 }));
}

#[test]
fn the_newest_comes_first_and_pages_follow_each_other() {
    let app = TestApp::new();
    for hour in 0..7 {
        tell(&app, News::of(NotificationKind::Expired));
        // Two share their instant: the later one comes first.
        app.advance_minutes(if hour == 3 { 0 } else { 60 });
    }
    let times: Vec<Value> =
        unread(&app.student()).iter().map(|one| one["created_at"].clone()).collect();
    let expected = [5, 4, 3, 3, 2, 1, 0].map(|hour| json!(at(hour)));
    assert_eq!(times, expected);
    let newest_first = ids(&app.student());
    let mut oldest_first = newest_first.clone();
    oldest_first.reverse();
    for (sort, expected) in [("-created_at", newest_first), ("created_at", oldest_first)] {
        let mut path = format!("{LIST}?limit=2&sort={sort}");
        let mut seen = Vec::new();
        loop {
            let reply = app.student().get(&path).expect(200);
            seen.extend(reply.data().iter().map(|one| one["id"].clone()));
            let Some(link) = reply.header("link") else { break };
            path = link.trim_start_matches('<').split('>').next().unwrap().to_owned();
        }
        assert_eq!(seen, expected, "{sort}");
    }
    for query in ["sort=kind", "limit=201", "kind=MOVED"] {
        app.student().get(&format!("{LIST}?{query}")).refused(400, "invalid_parameter");
    }
}

#[test]
fn making_and_reading_one_leaves_no_event_of_its_own() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 24, 26);
    let asked = app.student().get(LIST).expect(200).seq();
    let decided = app.staff().act(&act(&booking, "approve")).expect(200).seq();
    assert_eq!(decided, asked + 1, "the decision alone");
    let read = app.student().act(READ).expect(200);
    assert_eq!((read.json(), read.seq()), (json!({ "read": 1 }), decided));
}

#[test]
fn the_file_itself_keeps_a_notification_within_its_organization() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let booking = app.booking(stock.unit(), 24, 26);
    let insert = |user: &str, kind: &str, booking: &str| {
        app.sql(&format!(
            "INSERT INTO notifications (id, org_id, user_id, kind, booking_id, created_at)
             VALUES ('{user}', '{}', '{user}', '{kind}', '{booking}', 1)",
            app.north()
        ))
    };
    let id = booking["id"].as_str().unwrap();
    let (student, stranger) = (app.student(), app.south_student());
    insert(stranger.user_id(), "MOVED", id).unwrap_err();
    insert(student.user_id(), "MOVED", NOWHERE).unwrap_err();
    let refusal = insert(student.user_id(), "GOSSIP", id).unwrap_err();
    assert!(refusal.to_string().contains("notification_kind"), "{refusal}");
    insert(student.user_id(), "MOVED", id).unwrap();
}
