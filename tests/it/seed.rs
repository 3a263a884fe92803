//! The demo data: what is in it, that it happened in order, and that it is made once and alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use pret::db::{Db, DbOptions};
use pret::identity::{self, NewOrganization};
use pret::kernel::clock::{DAY, MINUTE};
use pret::kernel::{Actor, Code, ManualClock, Result, Timestamp};
use pret::seed::{self, SeedOptions, Summary};
use pret::{audit, booking, calendar, waitlist};
use serde_json::json;
use tempfile::TempDir;

use crate::support::{File, Server, pret, start};

/// A migrated database of its own.
struct Place {
    db: Db,
    path: PathBuf,
    _directory: TempDir,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pret.db");
        pret::db::migrate(&path).unwrap();
        let options = DbOptions::new(Arc::new(ManualClock::new(start())));
        Self { db: Db::open(&path, options).unwrap(), path, _directory: directory }
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

/// What is in it, in words that are the same whenever it is made.
fn content(place: &Place) -> BTreeMap<&'static str, Vec<String>> {
    let queries = [
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
                 (SELECT group_concat(coalesce(u.barcode, r.name) ORDER BY i.position)
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
            "events",
            "SELECT org_id, seq, entity_type, action, at FROM audit_events ORDER BY org_id, seq",
        ),
    ];
    let rows = |sql| place.file().rows(sql).iter().map(|row| format!("{row:?}")).collect();
    queries.into_iter().map(|(name, sql)| (name, rows(sql))).collect()
}

#[test]
fn the_demo_holds_what_it_promises() {
    let (place, summary) = demo();
    println!("{summary:#?}");
    assert!(summary.made);
    assert_eq!((summary.people, summary.resources, summary.units), (60, 300, 1500));
    assert_eq!(summary.organizations.len(), 3);
    let states: Vec<&str> = summary.bookings.keys().map(String::as_str).collect();
    let plain = ["APPROVED", "CANCELLED", "DRAFT", "PENDING", "REJECTED"];
    let of_the_waitlist = ["EXPIRED", "WAITLISTED"];
    let (waited, others): (Vec<&str>, Vec<&str>) =
        states.into_iter().partition(|state| of_the_waitlist.contains(state));
    assert_eq!((&others[..], &waited[..]), (&plain[..], &of_the_waitlist[..]));
    assert!((900..=1500).contains(&summary.bookings.values().sum::<i64>()));
    assert!(plain.iter().all(|state| summary.bookings[*state] >= 20));
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

/// What the waitlist of each organization holds, and how it is found.
const WAITING: [(&str, &str); 11] = [
    ("somebody waits", "e.status = 'WAITING'"),
    ("somebody has an offer", "e.status = 'OFFERED' AND NOT o.is_proposal"),
    ("somebody has a proposal", "e.status = 'OFFERED' AND o.is_proposal"),
    ("an offer ran out", "e.status = 'EXPIRED' AND e.offer_ran_out"),
    (
        "a period began",
        "e.status = 'EXPIRED' AND NOT e.offer_ran_out AND EXISTS (
             SELECT 1 FROM audit_events AS a WHERE a.entity_id = e.id AND a.at = e.start_at)",
    ),
    ("an offer was taken", "e.status = 'ACCEPTED'"),
    ("somebody gave up", "e.status = 'CANCELLED'"),
    ("somebody was refused", "e.status = 'REJECTED'"),
    (
        "somebody waits for two things",
        "e.status = 'WAITING' AND 2 = (
             SELECT count(*) FROM waitlist_items AS i WHERE i.entry_id = e.id)",
    ),
    (
        "somebody was passed over for who came later",
        "e.status = 'WAITING' AND e.last_skip IS NOT NULL AND EXISTS (
             SELECT 1 FROM waitlist_items AS i JOIN waitlist_items AS j
                 ON j.resource_id = i.resource_id AND j.entry_id <> i.entry_id
             JOIN waitlist_entries AS later ON later.id = j.entry_id
             WHERE i.entry_id = e.id AND later.status = 'OFFERED' AND later.rank > e.rank)",
    ),
    (
        "somebody is third in a queue",
        "e.status = 'WAITING' AND EXISTS (
             SELECT 1 FROM waitlist_queue AS q WHERE q.entry_id = e.id AND 2 = (
                 SELECT count(*) FROM waitlist_queue AS before
                 WHERE before.resource_id = q.resource_id AND before.rank < q.rank))",
    ),
];

/// Demands all of that, and that it still holds for a while when the demo is made at that time.
fn require_waitlist(place: &Place, summary: &Summary, now: Timestamp) {
    let file = place.file();
    for organization in &summary.organizations {
        let count = |condition: &str| {
            file.number(&format!(
                "SELECT count(*) FROM waitlist_entries AS e
                 LEFT JOIN waitlist_offers AS o ON o.entry_id = e.id
                 WHERE e.org_id = '{}' AND {condition}",
                organization.id
            ))
        };
        for (what, condition) in WAITING {
            assert!(count(condition) > 0, "{} on {now}: {what}", organization.name);
        }
        // Who signs in as a student has something to look at.
        let student = &organization.sign_ins[2].email;
        for state in ["WAITING", "OFFERED", "EXPIRED"] {
            let theirs = format!(
                "e.status = '{state}' AND e.requester_user_id = (
                     SELECT u.id FROM users AS u WHERE u.email = '{student}')"
            );
            assert!(count(&theirs) > 0, "{student} on {now}: {state}");
        }
        let soon = now.plus(3 * DAY).millis();
        assert_eq!(count(&format!("e.due_at < {soon}")), 0, "{} on {now}", organization.name);
    }
}

fn require_no_faults(place: &Place, summary: &Summary) {
    for organization in &summary.organizations {
        let faults = place.db.read(|global| {
            let tx = global.within(organization.id, Actor::system());
            assert!(audit::head_seq(&tx)? > 500);
            let chain = audit::verify(&tx, None)?.faults;
            let (bookings, claims) = (booking::verify(&tx)?, calendar::verify(&tx)?);
            Ok([bookings, claims, waitlist::verify(&tx)?, chain].concat())
        });
        assert_eq!(faults.unwrap(), Vec::<String>::new());
    }
}

#[test]
fn in_each_organization_people_wait_and_hold_offers_and_have_waited() {
    let (place, summary) = demo();
    require_waitlist(place, summary, start());
}

#[test]
fn on_other_days_the_demo_waits_as_well() {
    // A leap day; the clocks change in Paris and, within the periods ahead, in Halifax; and in
    // Auckland, the other way round.
    for now in ["2028-02-29T12:00:00Z", "2026-10-24T23:30:00Z", "2026-09-26T10:00:00Z"] {
        let now = Timestamp::parse(now).unwrap();
        let place = Place::new();
        let summary = place.seed(now).unwrap();
        require_waitlist(&place, &summary, now);
        require_no_faults(&place, &summary);
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
fn the_server_makes_the_demo_and_its_people_sign_in_and_see_their_things() {
    let mut server = Server::demo();
    let login = json!({"email": "amara.nwosu-bell@halyard.example", "password": seed::PASSWORD});
    let signed_in = Server::send(server.ask("POST", "/auth/login").json(&login)).expect(200).json();
    let organization = &signed_in["organizations"][0];
    assert_eq!(organization["id"], "00000000-0000-7000-8000-000000000001");
    let things = server
        .ask("GET", "/resources?limit=200")
        .bearer_auth(signed_in["access_token"].as_str().unwrap())
        .header("X-Org-Id", organization["id"].as_str().unwrap());
    let things = Server::send(things).expect(200).json();
    assert_eq!(things["data"].as_array().unwrap().len(), 110);
    assert!(!server.beside(".bootstrap-token").exists());
    let again = server.pret(&["seed"], "").ok();
    assert!(again.contains("unchanged") && again.contains(seed::PASSWORD), "{again}");
    server.signal("TERM");
    assert!(server.wait().success());
    let outside = server.pret(&["serve", "--listen", "0.0.0.0:0"], "").refused();
    assert!(outside.contains("everybody knows"), "{outside}");
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
