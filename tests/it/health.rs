//! Whether the service works, as it tells others.

use crate::support::{Options, TestApp};

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
}

#[test]
fn a_database_that_can_not_be_read_is_no_health() {
    let app = Options::default().database(|options| options.readers = 1).start();
    app.sql("PRAGMA writable_schema = ON; DROP TABLE refinery_schema_history").unwrap();
    let reply = app.anonymous().get("/health").refused(503, "overloaded");
    assert!(reply.header("retry-after").is_some(), "{reply}");
}
