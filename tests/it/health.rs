//! Whether the service works, as it tells others.

use pret::db::LastBackup;
use serde_json::json;

use crate::support::{Options, TestApp, start};

#[test]
fn anybody_may_ask_whether_the_service_works() {
    let app = TestApp::new();
    let reply = app.anonymous().get("/health").expect(200).json();
    assert_eq!(reply["status"], "ok");
    assert_eq!(reply["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn details_are_for_admins() {
    let app = TestApp::new();
    app.anonymous().get("/health/details").refused(401, "unauthenticated");
    app.student().get("/health/details").refused(403, "forbidden");
    app.staff().get("/health/details").refused(403, "forbidden");
    let reply = app.admin().get("/health/details").expect(200);
    let details = reply.json();
    assert_eq!(details["audit_head"]["seq"], reply.seq());
    let pragmas = details["pragmas"].as_array().unwrap();
    let journal = pragmas.iter().find(|pragma| pragma["name"] == "journal_mode").unwrap();
    assert_eq!(journal["value"], "wal");
    assert!(details["writer"]["silence_ms"].is_u64() && details["schema_version"].is_u64());
    assert_eq!(
        (&details["writer"]["queue"], &details["writer"]["queue_limit"]),
        (&json!(0), &json!(1024))
    );
    assert_eq!(
        (&details["readers"]["limit"], &details["readers"]["in_use"]),
        (&json!(8), &json!(1))
    );
    assert!(details["disk"]["wal_bytes"].is_u64(), "{details}");
    for bytes in ["database_bytes", "free_bytes"] {
        assert!(details["disk"][bytes].as_u64().unwrap() > 0, "{details}");
    }
    assert_eq!(details["last_backup"], json!(null));
}

#[test]
fn the_last_backup_is_told_without_where_it_lies() {
    let app = TestApp::new();
    let backup = LastBackup { at: start(), file: "/var/backups/pret-1.db".into(), bytes: 4711 };
    backup.leave(&app.path()).unwrap();
    let details = app.admin().get("/health/details").expect(200).json();
    assert_eq!(details["last_backup"], json!({ "at": start(), "bytes": 4711 }));
    let figures = app.anonymous().get("/metrics").expect(200);
    let figures = String::from_utf8_lossy(figures.bytes()).into_owned();
    assert!(figures.contains("pret_backup_last_size_bytes 4711\n"), "{figures}");
    let at = start().millis() / 1000;
    assert!(figures.contains(&format!("pret_backup_last_timestamp_seconds {at}")), "{figures}");
}

#[test]
fn a_database_that_can_not_be_read_is_no_health() {
    let app = Options::default().database(|options| options.readers = 1).start();
    app.sql("PRAGMA writable_schema = ON; DROP TABLE refinery_schema_history").unwrap();
    let reply = app.anonymous().get("/health").refused(503, "overloaded");
    assert!(reply.header("retry-after").is_some(), "{reply}");
}
