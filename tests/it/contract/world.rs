//! Both organizations with one thing of each kind, made once and copied for each look at it.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde_json::json;

use crate::support::{Caller, Options, PASSWORD, Person, TestApp, at, booking_of_unit};

/// What there is in one organization: ids by name.
pub type Things = BTreeMap<&'static str, String>;

/// Both organizations.
pub struct World {
    /// The things of `north`.
    pub north: Things,
    /// The things of `south`.
    pub south: Things,
    snapshot: Arc<Vec<u8>>,
}

impl World {
    /// The one of this process.
    pub fn get() -> &'static Self {
        static WORLD: OnceLock<World> = OnceLock::new();
        WORLD.get_or_init(|| {
            let app = TestApp::new();
            let mut north = things(&app, &app.staff(), &app.student(), Person::OtherStudent);
            let mut south =
                things(&app, &app.south_staff(), &app.south_student(), Person::SouthStaff);
            waiting(&mut north, &app.student(), &app.staff(), &app.admin());
            waiting(&mut south, &app.south_student(), &app.south_staff(), &app.south_admin());
            news(&mut north, &app.student(), &app.staff(), &app.admin());
            news(&mut south, &app.south_student(), &app.south_staff(), &app.south_admin());
            debts(&mut north, &app.student(), &app.staff(), &app.admin());
            debts(&mut south, &app.south_student(), &app.south_staff(), &app.south_admin());
            secrets(&mut north, &app.admin(), &app.south_admin(), Person::Student);
            secrets(&mut south, &app.south_admin(), &app.admin(), Person::SouthStudent);
            Self { north, south, snapshot: app.into_snapshot() }
        })
    }

    /// An app in which the things are.
    pub fn app(&self) -> TestApp {
        Options::default().snapshot(&self.snapshot).start()
    }
}

/// Puts the things in the place of their `$names`.
pub fn fill(text: &str, things: &Things) -> String {
    let mut filled = text.to_owned();
    // The longest names first: one may be the beginning of another.
    let mut names: Vec<_> = things.keys().collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    for name in names {
        filled = filled.replace(&format!("${name}"), &things[name]);
    }
    assert!(!filled.contains('$'), "unknown name in {filled}");
    filled
}

fn things(app: &TestApp, staff: &Caller<'_>, student: &Caller<'_>, other: Person) -> Things {
    let stock = staff.resource_with_units(3);
    let idle = staff.resource_with_units(1);
    let deleted = staff.resource_with_units(1);
    staff.delete(&format!("/resources/{}", deleted.resource)).expect(204);
    staff.delete(&format!("/units/{}", stock.units[2])).expect(204);
    let tag = staff.post("/tags", &json!({ "name": "sound" })).expect(201).id();
    let deleted_tag = staff.post("/tags", &json!({ "name": "light" })).expect(201).id();
    staff.delete(&format!("/tags/{deleted_tag}")).expect(204);
    let check = json!({ "start_at": at(720), "end_at": at(744), "note": "yearly check" });
    let planned = format!("/units/{}/maintenance", idle.unit());
    let maintenance = staff.post(&planned, &check).expect(201).id();
    let booking = student.post("/bookings", &booking_of_unit(stock.unit(), 24, 48)).expect(201);
    let mut draft = booking_of_unit(stock.unit(), 72, 96);
    draft["draft"] = json!(true);
    let draft = student.post("/bookings", &draft).expect(201);
    let cancelled = student.post("/bookings", &booking_of_unit(stock.unit(), 120, 144)).expect(201);
    student.act(&format!("/bookings/{}/cancel", cancelled.id())).expect(200);
    let counter = staff.resource_with_units(2);
    let approved = granted(student, staff, &counter.units[0]);
    let out = granted(student, staff, &counter.units[1]);
    let handed = staff.act(&format!("/bookings/{out}/check-out")).expect(200).json();
    let out_item = handed["items"][0]["id"].as_str().unwrap().to_owned();
    let unit = staff.get(&format!("/units/{}", stock.unit())).expect(200).json();
    BTreeMap::from([
        ("barcode", unit["barcode"].as_str().unwrap().to_owned()),
        ("approved", approved),
        ("out", out),
        ("out_item", out_item),
        ("resource", stock.resource.clone()),
        ("unit", stock.units[0].clone()),
        ("deleted_unit", stock.units[2].clone()),
        ("idle_resource", idle.resource.clone()),
        ("idle_unit", idle.unit().to_owned()),
        ("maintenance", maintenance),
        ("deleted_resource", deleted.resource.clone()),
        ("tag", tag),
        ("deleted_tag", deleted_tag),
        ("booking", booking.id()),
        ("draft", draft.id()),
        ("cancelled", cancelled.id()),
        ("user", student.user_id().to_owned()),
        ("other_user", app.user_id(other).to_owned()),
    ])
}

/// A booking of the student that staff have granted.
fn granted(student: &Caller<'_>, staff: &Caller<'_>, unit: &str) -> String {
    let booking = student.post("/bookings", &booking_of_unit(unit, 24, 48)).expect(201).id();
    staff.act(&format!("/bookings/{booking}/approve")).expect(200);
    booking
}

/// The student has an open offer, and waits for something that is free but not offered by itself.
fn waiting(things: &mut Things, student: &Caller<'_>, staff: &Caller<'_>, admin: &Caller<'_>) {
    let mut wait = |name, free_by_itself: bool| {
        let stock = staff.resource_with_units(1);
        let taken = staff.book(stock.unit(), 240, 264)["id"].as_str().unwrap().to_owned();
        let body = booking_of_unit(stock.unit(), 240, 264);
        things.insert(name, student.post("/waitlist", &body).expect(201).id());
        let policy = json!({ "policy": { "auto_offer": free_by_itself } });
        admin.patch("/organization", "*", &policy).expect(200);
        staff.act(&format!("/bookings/{taken}/cancel")).expect(200);
    };
    wait("offered", true);
    wait("waiting", false);
    student.act("/me/notifications/read").expect(200);
}

/// Somebody of each role has one notification; named is that of the student.
fn news(things: &mut Things, student: &Caller<'_>, staff: &Caller<'_>, admin: &Caller<'_>) {
    for (asks, decides, action) in
        [(student, staff, "reject"), (staff, admin, "cancel"), (admin, staff, "cancel")]
    {
        let booking = asks.book(&things["unit"], 168, 192)["id"].clone();
        decides.act(&format!("/bookings/{}/{action}", booking.as_str().unwrap())).expect(200);
    }
    let unread = student.get("/me/notifications").expect(200).data();
    things.insert("notification", unread[0]["id"].as_str().unwrap().to_owned());
}

/// Somebody of each role owes something; that of the student was paid in part.
fn debts(things: &mut Things, student: &Caller<'_>, staff: &Caller<'_>, admin: &Caller<'_>) {
    admin.fine(staff.user_id(), 500);
    staff.fine(admin.user_id(), 500);
    let fine = staff.fine(student.user_id(), 500);
    things.insert("payment", staff.pay(&fine, 100).expect(201).id());
    things.insert("fine", fine["id"].as_str().unwrap().to_owned());
}

/// What a person of `home` holds: an invitation of the other organization, and tokens.
fn secrets(things: &mut Things, home: &Caller<'_>, elsewhere: &Caller<'_>, person: Person) {
    let invited = json!({ "email": person.email(), "roles": ["student"] });
    things.insert("invitation", elsewhere.post("/members", &invited).expect(202).id());
    let reset = format!("/members/{}/password-reset", things["other_user"]);
    let token =
        |reply: crate::support::Reply, name: &str| reply.json()[name].as_str().unwrap().to_owned();
    things.insert("reset_token", token(home.act(&reset).expect(200), "token"));
    let login = json!({ "email": person.email(), "password": PASSWORD });
    let session = home.app().anonymous().post("/auth/login", &login).expect(200);
    things.insert("refresh_token", token(session, "refresh_token"));
}
