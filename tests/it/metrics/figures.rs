//! What the figures say.

#![expect(
    clippy::float_cmp,
    clippy::cast_precision_loss,
    reason = "counts are whole numbers, which floats hold exactly"
)]

use serde_json::json;

use super::Scrape;
use crate::support::{Options, PASSWORD, Person, TestApp, unlimited};

const REQUESTS: &str = "pret_http_requests_total";

#[test]
fn requests_count_by_route_method_and_status() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    let before = Scrape::of(&app);
    let path = format!("/resources/{}", stock.resource);
    app.student().get(&path).expect(200);
    app.student().get(&path).expect(200);
    app.student().get(&format!("/resources/{}", app.north())).refused(404, "not_found");
    app.anonymous().get("/nothing/of/this/name").refused(404, "not_found");
    app.anonymous().ask("BREW", "/health").refused(405, "method_not_allowed");
    let after = Scrape::of(&app);
    for (labels, count) in [
        ([("route", "/resources/{id}"), ("method", "GET"), ("status", "200")], 2.0),
        ([("route", "/resources/{id}"), ("method", "GET"), ("status", "404")], 1.0),
        ([("route", "unmatched"), ("method", "GET"), ("status", "404")], 1.0),
        ([("route", "/health"), ("method", "other"), ("status", "405")], 1.0),
    ] {
        let was: f64 = before.all(REQUESTS, &labels).iter().sum();
        assert_eq!(after.value(REQUESTS, &labels) - was, count, "{labels:?}");
    }
    let problems = |scrape: &Scrape| scrape.value("pret_http_problems_total", &NOT_FOUND);
    assert_eq!(problems(&after) - problems(&before), 2.0);
    let timed = "pret_http_request_duration_seconds_count";
    assert_eq!(after.value(timed, &[("route", "/resources/{id}")]), 3.0);
    // The scrape itself is one.
    assert_eq!(after.value("pret_http_requests_running", &[]), 1.0);
}

const NOT_FOUND: [(&str, &str); 1] = [("code", "not_found")];

#[test]
fn writer_and_readers_say_what_they_did() {
    let app = TestApp::new();
    let before = Scrape::of(&app);
    app.resource_with_units(1);
    let after = Scrape::of(&app);
    for counter in [
        "pret_writer_jobs_total",
        "pret_writer_commits_total",
        "pret_writer_batch_jobs_count",
        "pret_writer_batch_jobs_sum",
        "pret_writer_commit_duration_seconds_count",
    ] {
        assert_eq!(after.value(counter, &[]) - before.value(counter, &[]), 1.0, "{counter}");
    }
    let waits = "pret_readers_wait_duration_seconds_count";
    assert!(after.value(waits, &[]) > before.value(waits, &[]));
    for (gauge, value) in [
        ("pret_writer_queue_length", 0.0),
        ("pret_writer_queue_limit", 1024.0),
        ("pret_readers_limit", 8.0),
        ("pret_readers_in_use", 0.0),
        ("pret_readers_waiting", 0.0),
        ("pret_hashes_limit", 2.0),
        ("pret_database_readable", 1.0),
        ("pret_backup_last_timestamp_seconds", 0.0),
    ] {
        assert_eq!(after.value(gauge, &[]), value, "{gauge}");
    }
    assert!(after.value("pret_writer_silence_seconds", &[]) < 15.0);
    for bytes in ["pret_database_size_bytes", "pret_wal_size_bytes", "pret_disk_free_bytes"] {
        assert!(after.value(bytes, &[]) > 0.0, "{bytes}");
    }
}

#[test]
fn sign_ins_count_by_outcome() {
    let mut config = unlimited();
    config.limits.enabled = true;
    let app = Options::default().config(config).start();
    let sign_in = |password: &str| {
        let body = json!({ "email": Person::Student.email(), "password": password });
        app.anonymous().post("/auth/login", &body).send().status()
    };
    assert_eq!(sign_in(PASSWORD), 200);
    let statuses: Vec<u16> = (0..11).map(|_| sign_in("a wrong password")).collect();
    assert_eq!(statuses, [&[401; 10][..], &[429]].concat());
    let scrape = Scrape::of(&app);
    for (outcome, count) in [("ok", 1.0), ("wrong", 10.0), ("throttled", 1.0), ("failed", 0.0)] {
        let labels = [("outcome", outcome)];
        assert_eq!(scrape.value("pret_sign_ins_total", &labels), count, "{outcome}");
    }
}

#[test]
fn each_organization_has_the_head_of_its_trail_once() {
    let app = TestApp::new();
    for _ in 0..2 {
        app.resource_with_units(1);
        let details = app.admin().get("/health/details").expect(200).json();
        let scrape = Scrape::of(&app);
        let of = [("org", app.north())];
        let seq = scrape.value("pret_audit_head_seq", &of);
        assert_eq!(json!(seq), json!(details["audit_head"]["seq"].as_f64().unwrap()));
        let hash = scrape.label("pret_audit_head_info", &of, "hash");
        assert_eq!(hash, details["audit_head"]["hash"]);
        assert_eq!(scrape.value("pret_audit_head_seq", &[("org", app.south())]), {
            app.south_admin().get("/health/details").expect(200).seq() as f64
        });
    }
}

#[test]
fn what_is_alive_at_the_desk_is_counted() {
    let app = TestApp::new();
    let stock = app.resource_with_units(2);
    let staff = app.staff();
    let taken = staff.book(&stock.units[0], 24, 48);
    app.student().wait(&stock.units[0], 24, 48);
    let out = staff.book(&stock.units[1], 0, 2);
    let path = |booking: &serde_json::Value, action: &str| {
        format!("/bookings/{}/{action}", booking["id"].as_str().unwrap())
    };
    staff.act(&path(&out, "check-out")).expect(200);
    let figures = |scrape: &Scrape| {
        let of = [("org", app.north())];
        ["bookings_active", "units_out", "units_late", "waitlist_waiting", "offers_open"]
            .map(|name| scrape.value(&format!("pret_{name}"), &of))
    };
    assert_eq!(figures(&Scrape::of(&app)), [2.0, 1.0, 0.0, 1.0, 0.0]);
    staff.act(&path(&taken, "cancel")).expect(200);
    assert_eq!(figures(&Scrape::of(&app)), [1.0, 1.0, 0.0, 0.0, 1.0]);
    app.advance_minutes(3 * 60);
    let late = Scrape::of(&app);
    assert_eq!(figures(&late)[2], 1.0);
    // The offer ran out after ten minutes, and no timer runs here.
    assert!(late.value("pret_jobs_lag_seconds", &[("org", app.north())]) > 600.0);
    assert_eq!(late.value("pret_jobs_last_run_timestamp_seconds", &[]), 0.0);
    app.run_jobs();
    let done = Scrape::of(&app);
    assert_eq!(done.value("pret_jobs_lag_seconds", &[("org", app.north())]), 0.0);
    assert!(done.value("pret_jobs_last_run_timestamp_seconds", &[]) > 1e9);
}

#[test]
fn nobody_is_named() {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    app.booking(stock.unit(), 24, 48);
    app.student().get("/members?q=student%40north.example").send();
    let text = app.anonymous().get("/metrics").expect(200);
    let text = String::from_utf8_lossy(text.bytes()).into_owned();
    for person in Person::ALL {
        for word in [person.email(), person.full_name(), app.user_id(person)] {
            assert!(!text.contains(word), "{word}");
        }
    }
    for word in ["North", "South", &stock.resource, stock.unit(), "pret.db"] {
        assert!(!text.contains(word), "{word}");
    }
}

#[test]
fn a_database_that_can_not_be_read_leaves_the_other_figures() {
    let app = TestApp::new();
    app.sql("PRAGMA writable_schema = ON; DROP TABLE refinery_schema_history").unwrap();
    let scrape = Scrape::of(&app);
    assert_eq!(scrape.value("pret_database_readable", &[]), 0.0);
    assert!(scrape.all("pret_audit_head_seq", &[]).is_empty());
    assert!(scrape.value("pret_writer_queue_limit", &[]) > 0.0);
}
