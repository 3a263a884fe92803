//! Data protection: people who asked to be forgotten, what is kept no longer, what is removed by age.

mod erase;
mod erase_by_hand;
mod guards;
mod kept;
mod refused;
mod retention;
mod tidy;

use pret::app::Erasure;
use pret::kernel::{Actor, Result};
use rusqlite::types::Value as Cell;
use serde_json::{Value, json};

use crate::support::{Caller, Person, Stock, TestApp, at, booking_of_unit};

/// `/bookings/{id}` and an action.
fn path(booking: &Value, action: &str) -> String {
    format!("/bookings/{}{action}", booking["id"].as_str().unwrap())
}

/// Looks for all that there is of a person.
fn look(app: &TestApp, person: Person) -> Result<Erasure> {
    let home = if person.is_north() { app.north() } else { app.south() };
    let (home, user) = (home.parse().unwrap(), app.user_id(person).parse().unwrap());
    app.db().read(|global| Erasure::look(&global.within(home, Actor::system()), user))
}

/// Erases a person; answers what was found before.
#[track_caller]
fn erase(app: &TestApp, person: Person) -> Erasure {
    let found = look(app, person).unwrap();
    found.require_possible().unwrap();
    found.carry_out(app.db()).unwrap();
    found
}

/// Every word of every table, as somebody with a shell would search it.
fn everything(app: &TestApp) -> String {
    let file = app.file();
    let tables = file.rows("SELECT name FROM sqlite_schema WHERE type = 'table'");
    let mut all = String::new();
    for table in tables {
        let [Cell::Text(table)] = table.as_slice() else { continue };
        for cell in file.rows(&format!("SELECT * FROM \"{table}\"")).into_iter().flatten() {
            match cell {
                Cell::Text(text) => all.push_str(&text),
                Cell::Blob(bytes) => all.push_str(&String::from_utf8_lossy(&bytes)),
                _ => {}
            }
            all.push('\n');
        }
    }
    all
}

/// Demands that the trail of an organization is whole; answers how many payloads are erased.
#[track_caller]
fn erased_payloads(app: &TestApp, org: &str) -> u64 {
    let org = org.parse().unwrap();
    let report = app
        .db()
        .read(|global| pret::audit::verify(&global.within(org, Actor::system()), None))
        .unwrap();
    assert_eq!(report.faults, Vec::<String>::new());
    report.erased
}

/// A booking of the student, from and to so many hours after the beginning, for this purpose.
fn booking_for(unit: &str, from: i64, to: i64, purpose: &str) -> Value {
    let mut body = booking_of_unit(unit, from, to);
    body["purpose"] = json!(purpose);
    body
}

impl Caller<'_> {
    /// Lends the student a unit for two hours that begin so many hours after the beginning, and
    /// takes it back in time with this note; answers the booking.
    #[track_caller]
    fn lend(&self, unit: &str, from: i64, purpose: &str, note: &str) -> Value {
        let app = self.app();
        let body = booking_for(unit, from, from + 2, purpose);
        let booking = app.student().post("/bookings", &body).expect(201).json();
        let granted = json!({ "note": format!("granted: {note}") });
        self.post(&path(&booking, "/approve"), &granted).expect(200);
        app.clock.set(pret::kernel::Timestamp::parse(&at(from)).unwrap());
        self.act(&path(&booking, "/check-out")).expect(200);
        app.advance_minutes(60);
        let item =
            json!({ "item_id": booking["items"][0]["id"], "condition": "WORN", "note": note });
        self.post(&path(&booking, "/return"), &json!({ "items": [item] })).expect(200).json()
    }
}

/// What nobody must find any more of the student.
const WORDS: [&str; 18] = [
    "Cleo Norden",
    "cleo norden",
    "Cleo Vorher",
    "student@north.example",
    "purpose-of-the-lent",
    "note-on-the-return",
    "purpose-of-the-draft",
    "purpose-of-the-cancelled",
    "note-on-the-cancelled",
    "purpose-of-the-expired",
    "purpose-by-staff",
    "purpose-of-the-wish",
    "note-on-the-offer",
    "note-on-the-wish",
    "note-on-the-fine",
    "note-on-the-waiver",
    "note-on-the-damage",
    "earlier-purpose",
];

/// A student who has done everything there is to do, and has nothing running any more: a member of
/// `south` too, and renamed.
struct Life {
    app: TestApp,
    stock: Stock,
    lent: Value,
    fine: Value,
}

impl Life {
    fn lived() -> Self {
        let app = TestApp::new();
        let stock = app.resource_with_units(2);
        rename(&app, "Cleo Vorher");
        join_south(&app);
        let lent = app.staff().lend(stock.unit(), 24, "purpose-of-the-lent", "note-on-the-return");
        let fine = fines(&app, &lent);
        wishes(&app, &stock);
        bookings(&app, &stock);
        rename(&app, "Cleo Norden");
        app.admin()
            .act(&format!("/members/{}/password-reset", app.student().user_id()))
            .expect(200);
        Self { app, stock, lent, fine }
    }
}

fn rename(app: &TestApp, name: &str) {
    let member = format!("/members/{}", app.student().user_id());
    app.admin().patch(&member, "*", &json!({ "full_name": name })).expect(200);
}

fn join_south(app: &TestApp) {
    for action in ["decline", "accept"] {
        let body = json!({ "email": "student@north.example", "roles": ["student"] });
        let invitation = app.south_admin().post("/members", &body).key(action).expect(202).id();
        app.student()
            .act(&format!("/me/invitations/{invitation}/{action}"))
            .key(action)
            .expect(200);
    }
    let again = json!({ "email": "student@north.example", "roles": ["staff"] });
    app.south_admin().post("/members", &again).expect(202);
    let register = json!({ "email": "student@north.example", "full_name": "Cleo Norden",
        "password": crate::support::PASSWORD });
    app.south_admin().post("/auth/register", &register).refused(409, "already_exists");
}

/// One paid in parts, one waived; answers the paid one.
fn fines(app: &TestApp, lent: &Value) -> Value {
    let body = |note: &str| {
        json!({ "user_id": app.student().user_id(), "kind": "OTHER", "amount_cents": 700,
            "note": note })
    };
    let mut of_lent = body("note-on-the-fine");
    of_lent["booking_id"] = lent["id"].clone();
    let fine = app.staff().post("/fines", &of_lent).key("a-fine").expect(201).json();
    for cents in [300, 400] {
        app.staff().pay(&fine, cents).expect(201);
    }
    let other = app.staff().post("/fines", &body("note-on-the-damage")).expect(201).id();
    let waiver = json!({ "note": "note-on-the-waiver" });
    app.staff().post(&format!("/fines/{other}/waive"), &waiver).expect(200);
    fine
}

/// An entry that was offered something, and one that was refused.
fn wishes(app: &TestApp, stock: &Stock) {
    let both = json!({
        "start_at": at(48), "end_at": at(50), "purpose": "both",
        "items": [{ "resource_id": stock.resource, "quantity": 2 }],
    });
    let taken = app.staff().post("/bookings", &both).expect(201).json();
    let wish = booking_for(stock.unit(), 48, 50, "purpose-of-the-wish");
    let other = app.resource_with_units(1);
    for (offer, end) in [(true, "decline"), (false, "reject")] {
        let key = format!("wish, {end}");
        let entry = app.student().post("/waitlist", &wish).key(&key).expect(201).json();
        let entry = format!("/waitlist/{}", entry["id"].as_str().unwrap());
        if offer {
            let proposal = json!({ "items": [{ "resource_id": other.resource, "quantity": 1 }],
                "note": "note-on-the-offer" });
            app.staff().post(&format!("{entry}/propose"), &proposal).expect(200);
            app.student().act(&format!("{entry}/decline")).expect(200);
            app.student().act(&format!("{entry}/cancel")).expect(200);
        } else {
            let note = json!({ "note": "note-on-the-wish" });
            app.staff().post(&format!("{entry}/{end}"), &note).expect(200);
        }
    }
    app.staff().act(&path(&taken, "/cancel")).expect(200);
}

/// A draft, one given up, one that expired, and one that staff made for the student.
fn bookings(app: &TestApp, stock: &Stock) {
    let mut draft = booking_for(stock.unit(), 72, 74, "purpose-of-the-draft");
    draft["draft"] = json!(true);
    app.student().post("/bookings", &draft).expect(201);
    let earlier = booking_for(stock.unit(), 76, 78, "earlier-purpose");
    let booking = app.student().post("/bookings", &earlier).expect(201).json();
    let patch = json!({ "purpose": "purpose-of-the-cancelled" });
    app.student().patch(&path(&booking, ""), "*", &patch).expect(200);
    let note = json!({ "note": "note-on-the-cancelled" });
    app.student().post(&path(&booking, "/cancel"), &note).expect(200);
    let mut by_staff = booking_for(stock.unit(), 80, 82, "purpose-by-staff");
    by_staff["requester_user_id"] = json!(app.student().user_id());
    let booking = app.staff().post("/bookings", &by_staff).key("by-staff").expect(201).json();
    app.staff().act(&path(&booking, "/cancel")).expect(200);
    let late = booking_for(stock.unit(), 84, 86, "purpose-of-the-expired");
    app.student().post("/bookings", &late).expect(201);
    app.clock.set(pret::kernel::Timestamp::parse(&at(90)).unwrap());
    app.run_jobs();
}
