//! The demo data: what is in it, that it happened in order, and that it is made once and alone.

mod counter;
mod over_http;
mod waiting;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use pret::db::{Db, DbOptions};
use pret::identity::{self, NewOrganization};
use pret::kernel::clock::{DAY, MINUTE};
use pret::kernel::{Actor, Code, ManualClock, Result, Timestamp};
use pret::seed::{self, SeedOptions, Summary};
use pret::{audit, booking, calendar, fines, inventory, waitlist};
use tempfile::TempDir;

use crate::support::{File, pret, start};

/// A migrated database of its own.
struct Place {
    db: Db,
    clock: Arc<ManualClock>,
    path: PathBuf,
    _directory: TempDir,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pret.db");
        pret::db::migrate(&path).unwrap();
        Self::open(directory, path)
    }

    /// The same data in a file of its own.
    fn copy(&self) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pret.db");
        self.file().run(&format!("VACUUM INTO '{}'", path.display())).unwrap();
        Self::open(directory, path)
    }

    fn open(directory: TempDir, path: PathBuf) -> Self {
        let clock = Arc::new(ManualClock::new(start()));
        let db = Db::open(&path, DbOptions::new(clock.clone())).unwrap();
        Self { db, clock, path, _directory: directory }
    }

    fn seed(&self, now: Timestamp) -> Result<Summary> {
        let password = seed::PASSWORD.into();
        seed::run(&self.db, &SeedOptions { password, now, progress: Arc::new(|_, _| {}) })
    }

    fn file(&self) -> File {
        File::open(&self.path)
    }
}

/// The demo, made once for the tests that only look at it.
fn demo() -> &'static (Place, Summary) {
    static DEMO: OnceLock<(Place, Summary)> = OnceLock::new();
    DEMO.get_or_init(|| {
        let place = Place::new();
        let summary = place.seed(start()).unwrap();
        (place, summary)
    })
}

/// The demo as a file, for tests that serve it or take it somewhere else.
pub fn snapshot() -> Arc<Vec<u8>> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("pret.db");
    demo().0.file().run(&format!("VACUUM INTO '{}'", path.display())).unwrap();
    Arc::new(fs::read(&path).unwrap())
}

/// What is in a demo, and how it is listed in words that are the same whenever it is made.
const CONTENT: [(&str, &str); 7] = [
    (
        "units",
        "SELECT r.name, u.barcode, u.condition, u.status, u.created_at
         FROM resource_units AS u JOIN resources AS r ON r.id = u.resource_id
         ORDER BY u.org_id, u.barcode",
    ),
    (
        "bookings",
        "SELECT b.org_id, p.email, b.status, b.start_at, b.end_at, b.purpose, d.email,
             b.decision_note, b.created_at, b.updated_at, b.cancelled_at, b.version,
             b.at_risk, b.due_at,
             (SELECT group_concat(concat_ws(' ', coalesce(u.barcode, r.name), i.checked_out_at,
                  i.returned_at, i.return_condition, i.return_note, i.endangered)
                  ORDER BY i.position)
              FROM booking_items AS i JOIN resources AS r ON r.id = i.resource_id
              LEFT JOIN resource_units AS u ON u.id = i.resource_unit_id
              WHERE i.booking_id = b.id)
         FROM bookings AS b JOIN users AS p ON p.id = b.requester_user_id
         LEFT JOIN users AS d ON d.id = b.decided_by
         ORDER BY b.org_id, b.created_at, p.email",
    ),
    (
        "entries",
        "SELECT e.org_id, p.email, e.status, e.start_at, e.end_at, e.last_skip, e.created_at,
             e.version, o.start_at, o.expires_at, o.is_proposal, o.note
         FROM waitlist_entries AS e JOIN users AS p ON p.id = e.requester_user_id
         LEFT JOIN waitlist_offers AS o ON o.entry_id = e.id
         ORDER BY e.org_id, e.created_at",
    ),
    (
        "fines",
        "SELECT f.org_id, p.email, f.kind, f.amount_cents, f.paid_cents, f.status, f.note,
             f.created_at, (
                 SELECT group_concat(concat_ws(' ', y.amount_cents, y.method, y.reference,
                     t.email, y.created_at) ORDER BY y.created_at)
                 FROM fine_payments AS y JOIN users AS t ON t.id = y.recorded_by
                 WHERE y.fine_id = f.id)
         FROM fines AS f JOIN users AS p ON p.id = f.user_id
         ORDER BY f.org_id, f.created_at, f.note",
    ),
    (
        "what is out and what is planned",
        "SELECT u.org_id, u.barcode, k.since, k.due_at, m.start_at, m.end_at, m.note
         FROM resource_units AS u
         LEFT JOIN unit_custody AS k ON k.resource_unit_id = u.id
         LEFT JOIN unit_maintenance AS m ON m.resource_unit_id = u.id
         WHERE coalesce(k.since, m.start_at) IS NOT NULL ORDER BY u.org_id, u.barcode",
    ),
    (
        "notifications",
        "SELECT n.org_id, p.email, n.kind, n.status, n.note, n.created_at
         FROM notifications AS n JOIN users AS p ON p.id = n.user_id
         ORDER BY n.org_id, n.created_at, p.email, n.kind, n.status",
    ),
    (
        "events",
        "SELECT org_id, seq, entity_type, action, at FROM audit_events ORDER BY org_id, seq",
    ),
];

fn content(place: &Place) -> BTreeMap<&'static str, Vec<String>> {
    let rows = |sql| place.file().rows(sql).iter().map(|row| format!("{row:?}")).collect();
    CONTENT.into_iter().map(|(name, sql)| (name, rows(sql))).collect()
}

#[test]
fn the_demo_holds_what_it_promises() {
    let (place, summary) = demo();
    println!("{summary:#?}");
    assert!(summary.made);
    assert_eq!((summary.people, summary.resources, summary.units), (60, 300, 1500));
    assert_eq!(summary.organizations.len(), 3);
    let states: Vec<&str> = summary.bookings.keys().map(String::as_str).collect();
    let all = ["APPROVED", "CANCELLED", "CHECKED_OUT", "DRAFT", "EXPIRED", "PENDING", "REJECTED"];
    assert_eq!(states, [&all[..], &["RETURNED", "WAITLISTED"]].concat());
    assert!((900..=1500).contains(&summary.bookings.values().sum::<i64>()));
    assert!(summary.bookings.values().all(|total| *total >= 20), "{:?}", summary.bookings);
    let fines: Vec<&str> = summary.fines.keys().map(String::as_str).collect();
    assert_eq!(fines, ["OPEN", "PAID", "WAIVED"]);
    let Summary { out, late, at_risk, maintenance, .. } = *summary;
    assert!(out > 20 && late >= 6 && at_risk >= 3 && maintenance == 3);
    let states: Vec<&str> = summary.waitlist.keys().map(String::as_str).collect();
    assert_eq!(states, ["ACCEPTED", "CANCELLED", "EXPIRED", "OFFERED", "REJECTED", "WAITING"]);
    for organization in &summary.organizations {
        let names: Vec<&str> = organization.sign_ins.iter().map(|one| one.role.name()).collect();
        assert_eq!(names, ["admin", "staff", "student"]);
    }
    let guests = "SELECT count(*) FROM memberships AS m JOIN users AS u ON u.id = m.user_id
                  WHERE m.org_id <> u.org_id";
    assert_eq!(place.file().number(guests), 1);
}

fn require_no_faults(place: &Place, summary: &Summary) {
    for organization in &summary.organizations {
        let faults = place.db.read(|global| {
            let tx = global.within(organization.id, Actor::system());
            assert!(audit::head_seq(&tx)? > 500);
            let chain = audit::verify(&tx, None)?.faults;
            let (bookings, claims) = (booking::verify(&tx)?, calendar::verify(&tx)?);
            let (fines, maintenance) = (fines::verify(&tx)?, inventory::verify(&tx)?);
            Ok([bookings, claims, fines, maintenance, waitlist::verify(&tx)?, chain].concat())
        });
        assert_eq!(faults.unwrap(), Vec::<String>::new());
    }
}

#[test]
fn two_months_are_booked_most_by_students_on_working_days_and_by_name_too() {
    let file = demo().0.file();
    let month = 27 * DAY;
    let (early, late) = (start().plus(-month).millis(), start().plus(month).millis());
    let count = |condition: &str| {
        file.number(&format!("SELECT count(*) FROM bookings AS b WHERE {condition}"))
    };
    assert!(count(&format!("b.start_at < {early}")) > 0);
    assert!(count(&format!("b.start_at > {late}")) > 0);
    let by_students = count(
        "NOT EXISTS (SELECT 1 FROM user_roles AS r WHERE r.org_id = b.org_id
             AND r.user_id = b.requester_user_id AND r.role_id > 1)",
    );
    assert!(by_students * 2 > count("1"), "{by_students} of {}", count("1"));
    let weekend = count("strftime('%w', b.start_at / 1000, 'unixepoch') IN ('0', '6')");
    assert!(weekend > 0 && weekend * 5 < count("1"), "{weekend}");
    assert!(
        count("EXISTS (SELECT 1 FROM booking_items AS i WHERE i.booking_id = b.id AND i.named)")
            > 100
    );
    assert_eq!(count("b.created_at >= b.start_at"), 0);
}

#[test]
fn every_object_of_the_demo_has_one_create_event() {
    let file = demo().0.file();
    for (entity, id, table) in [
        ("organization", "id", "organizations"),
        ("user", "id", "users"),
        ("member", "user_id", "memberships"),
        ("resource", "id", "resources"),
        ("unit", "id", "resource_units"),
        ("tag", "id", "tags"),
        ("booking", "id", "bookings"),
        ("waitlist_entry", "id", "waitlist_entries"),
        ("fine", "id", "fines"),
        ("payment", "id", "fine_payments"),
    ] {
        let org = if table == "organizations" { "id" } else { "org_id" };
        let objects = file.rows(&format!("SELECT {org}, {id} FROM {table} ORDER BY 1, 2"));
        let events = file.rows(&format!(
            "SELECT org_id, entity_id FROM audit_events
             WHERE entity_type = '{entity}' AND action = 'CREATE' ORDER BY 1, 2"
        ));
        assert!(!objects.is_empty());
        assert_eq!(objects, events, "{entity}");
    }
}

#[test]
fn what_happened_in_the_demo_stands_in_the_order_of_time_before_today() {
    let file = demo().0.file();
    let disorder = "SELECT count(*) FROM audit_events AS a JOIN audit_events AS b
                    ON b.org_id = a.org_id AND b.seq = a.seq + 1 WHERE b.at < a.at";
    assert_eq!(file.number(disorder), 0);
    assert!(file.number("SELECT max(at) FROM audit_events") <= start().millis());
}

#[test]
fn the_demo_keeps_every_invariant() {
    let (place, summary) = demo();
    require_no_faults(place, summary);
    let file = place.file();
    assert_eq!(file.rows("PRAGMA foreign_key_check"), Vec::<Vec<_>>::new());
}

#[test]
fn on_one_day_it_is_always_the_same_whatever_the_hour_and_the_password() {
    let again = Place::new();
    let password = "nobody knows this one".into();
    let now = start().plus(10 * 60 * MINUTE);
    let options = SeedOptions { password, now, progress: Arc::new(|_, _| {}) };
    seed::run(&again.db, &options).unwrap();
    for (name, rows) in content(&demo().0) {
        assert_eq!(rows, content(&again)[name], "{name}");
    }
    assert_eq!(seed::public_accounts(&demo().0.db, None).unwrap().len(), 60);
    assert_eq!(seed::public_accounts(&again.db, None).unwrap(), Vec::<String>::new());
}

#[test]
fn a_run_that_is_interrupted_leaves_nothing() {
    let place = Place::new();
    let before = place.file().dump();
    let interrupt = |done, _| assert!(done < 200, "pulled the plug");
    let options = SeedOptions {
        password: seed::PASSWORD.into(),
        now: start(),
        progress: Arc::new(interrupt),
    };
    assert_eq!(seed::run(&place.db, &options).unwrap_err().code(), Code::Internal);
    assert_eq!(before.difference(&place.file().dump()), "");
}

#[test]
fn a_second_run_changes_nothing_on_another_day_either() {
    let (place, first) = demo();
    let before = place.file().dump();
    for days in [0, 1, 40] {
        let second = place.seed(start().plus(days * DAY)).unwrap();
        assert_eq!(second, Summary { made: false, ..first.clone() });
    }
    assert_eq!(before.difference(&place.file().dump()), "");
}

#[test]
fn the_demo_is_not_made_beside_an_organization_of_somebodys_own() {
    let place = Place::new();
    let own = NewOrganization {
        name: "School of my own".to_owned(),
        timezone: "Europe/Berlin".to_owned(),
        currency: None,
    };
    place.db.write_blocking(move |global| identity::create_organization(global, &own)).unwrap();
    let before = place.file().dump();
    let refusal = place.seed(start()).err();
    assert_eq!(refusal.as_ref().map(pret::kernel::Error::code), Some(Code::AlreadyExists));
    assert!(refusal.is_some_and(|error| error.detail().contains("School of my own")));
    assert_eq!(before.difference(&place.file().dump()), "");
}

#[test]
fn where_others_can_reach_it_the_demo_has_a_password_of_its_own_printed_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("config.toml"), "listen = \"0.0.0.0:8080\"\n").unwrap();
    let made = pret(folder.path(), &["seed", "--json"], "").json();
    assert_eq!((made["made"].as_bool(), made["units"].as_i64()), (Some(true), Some(1500)));
    let password = made["password"].as_str().unwrap();
    assert!(password.len() >= 12 && password != seed::PASSWORD);
    let again = pret(folder.path(), &["seed", "--json"], "").json();
    assert!(again["password"].is_null() && again["made"] == false);
}
