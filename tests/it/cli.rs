//! The command line, run as a process.

use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rusqlite::types::Value;
use tempfile::tempdir;

use crate::support::{File, Server, pret};

#[test]
fn a_server_prints_its_address_serves_and_ends_well_when_asked() {
    for signal in ["TERM", "INT"] {
        let mut server = Server::start();
        let health = server.get("/health").expect(200).json();
        assert_eq!(health["status"], "ok");
        assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
        server.signal(signal);
        assert!(server.wait().success());
        assert!(TcpStream::connect(server.address).is_err());
        assert!(!server.beside("-wal").exists(), "the WAL was not folded into the file");
    }
}

#[test]
fn a_second_server_on_the_same_file_is_refused() {
    let server = Server::start();
    let refusal = server.pret(&["serve", "--listen", "127.0.0.1:0"], "").refused();
    assert!(refusal.contains("another pret serve"), "{refusal}");
    server.get("/health").expect(200);
}

#[test]
fn an_address_that_is_taken_is_named() {
    let server = Server::start();
    let folder = tempdir().unwrap();
    let address = server.address.to_string();
    let refusal = pret(folder.path(), &["serve", "--listen", &address], "").refused();
    assert!(refusal.contains(&address), "{refusal}");
}

#[test]
fn an_unknown_key_stops_the_start_by_file_and_name() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("config.toml"), "[limits]\nbrust = 3\n").unwrap();
    for command in [["serve", "--listen=127.0.0.1:0"], ["config", "check"]] {
        let refusal = pret(folder.path(), &command, "").refused();
        for part in ["config.toml", "limits.brust", "`burst`"] {
            assert!(refusal.contains(part), "{refusal} lacks {part}");
        }
    }
}

#[test]
fn settings_are_shown_with_their_origin_and_without_secrets() {
    let folder = tempdir().unwrap();
    let secret = "a token that nobody may see";
    let file = format!("[auth]\nbootstrap_token = \"{secret}\"\n");
    fs::write(folder.path().join("config.toml"), file).unwrap();
    let text = pret(folder.path(), &["config", "show"], "").ok();
    assert!(text.contains("PRET_DATABASE") && !text.contains(secret), "{text}");
    let json = pret(folder.path(), &["config", "show", "--json"], "").json();
    assert_eq!(json["auth.bootstrap_token"]["value"], "(hidden)");
    assert_eq!(json["auth.bootstrap_token"]["origin"], "config.toml");
    assert_eq!(json["limits.burst"]["origin"], "default");
}

#[test]
fn migrating_twice_changes_nothing_and_copies_nothing() {
    let folder = tempdir().unwrap();
    let first = pret(folder.path(), &["migrate", "--json"], "").json();
    assert!(!first["applied"].as_array().unwrap().is_empty());
    let again = pret(folder.path(), &["migrate", "--json"], "").json();
    assert_eq!(again["applied"], serde_json::json!([]));
    assert!(first["backup"].is_null() && again["backup"].is_null());
    assert_eq!(mode(&folder.path().join("pret.db")), 0o600);
}

#[test]
fn a_database_with_data_is_copied_before_it_is_migrated() {
    let folder = tempdir().unwrap();
    pret(folder.path(), &["migrate"], "").ok();
    let database = folder.path().join("pret.db");
    let history = "SELECT version FROM refinery_schema_history ORDER BY version DESC LIMIT 1";
    let before = File::open(&database);
    // As the version before the migration of the idempotency keys left it.
    before
        .run(
            "DELETE FROM refinery_schema_history WHERE version >= 5;
             DROP TRIGGER users_erased_for_good; DROP TRIGGER users_erased_whole;
             DROP TRIGGER user_roles_not_erased; DROP TRIGGER sessions_not_erased;
             DROP TRIGGER organizations_stand_in_is_nobody; DROP TRIGGER bookings_requester_stays;
             DROP TRIGGER fines_user_stays; DROP TRIGGER waitlist_requester_stays;
             DROP INDEX bookings_to_anonymise; DROP INDEX sessions_by_end;
             ALTER TABLE users DROP COLUMN erased_at;
             ALTER TABLE organizations DROP COLUMN stand_in_user_id;
             ALTER TABLE bookings DROP COLUMN anonymised_at;
             ALTER TABLE sessions DROP COLUMN expires_at;
             DROP TRIGGER unit_claims_maintained_delete;
             DROP TRIGGER unit_claims_maintained_update; DROP TABLE unit_maintenance;
             ALTER TABLE resource_units DROP COLUMN status_note;
             DROP INDEX bookings_to_hand_out;
             DROP TABLE unit_custody; DROP INDEX booking_items_unit_once; DROP INDEX bookings_at_risk; DROP INDEX bookings_by_due;
             ALTER TABLE bookings DROP COLUMN due_at;
             ALTER TABLE booking_items DROP COLUMN return_note;
             ALTER TABLE booking_items DROP COLUMN endangered;
             DROP TRIGGER unit_claims_offered_delete; DROP TRIGGER unit_claims_offered_update;
             DROP TABLE waitlist_offers; DROP TABLE waitlist_queue; DROP TABLE waitlist_items;
             DROP TABLE waitlist_entries; DROP INDEX bookings_lent;
             DROP TABLE notifications; DROP TABLE fine_payments; DROP TABLE fines; DROP TABLE idempotency_keys",
        )
        .unwrap();
    let migrated = pret(folder.path(), &["migrate", "--json"], "").json();
    assert_ne!(migrated["applied"], serde_json::json!([]));
    let copy = folder.path().join(migrated["backup"].as_str().unwrap());
    assert_eq!(mode(&copy), 0o600);
    assert_eq!(File::open(&copy).rows(history), [[Value::Integer(4)]]);
}

#[test]
fn a_file_of_another_program_is_left_alone() {
    let folder = tempdir().unwrap();
    let other = File::open(&folder.path().join("pret.db"));
    other.run("CREATE TABLE something (a)").unwrap();
    let refusal = pret(folder.path(), &["serve", "--listen", "127.0.0.1:0"], "").refused();
    assert!(refusal.contains("not a database of Prêt"), "{refusal}");
    assert_eq!(other.number("SELECT count(*) FROM sqlite_schema"), 1);
    assert_eq!(other.text("PRAGMA journal_mode"), "delete");
}

#[test]
fn while_there_is_no_organization_the_log_names_the_file_of_the_token() {
    let server = Server::start();
    let file = server.beside(".bootstrap-token");
    let line = server.logged("bootstrap token");
    let token = fs::read_to_string(&file).unwrap();
    assert!(line.contains("pret.db.bootstrap-token") && !line.contains(token.trim()), "{line}");
    assert_eq!(mode(&file), 0o600);
}

#[test]
fn the_log_has_one_line_for_each_request() {
    let server = Server::with(&[("PRET_LOG__FORMAT", "json")]);
    Server::send(server.ask("GET", "/health?secret=1").header("x-request-id", "abc")).status();
    let line = server.logged("\"answered\"");
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["request_id"], "abc");
    assert_eq!(line["route"], "/health");
    assert_eq!(line["method"], "GET");
    assert!(line["status"].is_u64() && line["ms"].is_u64(), "{line}");
    assert!(!line.to_string().contains("secret"), "{line}");
}

#[test]
fn every_command_explains_itself_with_an_example() {
    let folder = tempdir().unwrap();
    for command in [
        vec!["serve"],
        vec!["migrate"],
        vec!["openapi"],
        vec!["config", "show"],
        vec!["config", "check"],
        vec!["verify"],
        vec!["backup"],
        vec!["restore"],
        vec!["org", "create"],
        vec!["org", "list"],
        vec!["org", "export"],
        vec!["org", "import"],
        vec!["key", "show"],
        vec!["key", "rotate"],
        vec!["doctor"],
        vec!["completions"],
        vec!["man"],
        vec!["user", "create"],
        vec!["user", "import"],
        vec!["user", "grant"],
        vec!["user", "revoke"],
        vec!["user", "deactivate"],
        vec!["user", "reset-password"],
        vec!["user", "erase"],
    ] {
        let arguments: Vec<&str> = command.iter().copied().chain(["--help"]).collect();
        let help = pret(folder.path(), &arguments, "").ok();
        assert!(help.contains("Example") && help.contains("  pret "), "{help}");
    }
    assert!(pret(folder.path(), &["nonsense"], "").refused().contains("nonsense"));
}

#[test]
fn the_document_is_printed_as_it_is_served() {
    let server = Server::start();
    let printed = server.pret(&["openapi"], "").json();
    assert_eq!(printed, server.get("/openapi.json").expect(200).json());
    assert!(printed["paths"]["/health"]["get"].is_object());
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}
