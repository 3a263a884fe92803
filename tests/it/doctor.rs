//! `pret doctor`: names what is wrong and what to do, changes nothing, and fails only for faults.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::Value;
use tempfile::{TempDir, tempdir};

use crate::support::{File, Ran, Server, pret};

/// A folder in which a server has run and ended.
fn installed() -> TempDir {
    let folder = tempdir().unwrap();
    pret(folder.path(), &["migrate"], "").ok();
    let create = [
        "org",
        "create",
        "--name",
        "North",
        "--timezone",
        "Europe/Berlin",
        "--admin-email",
        "ada@north.example",
        "--admin-name",
        "Ada",
        "--password-stdin",
    ];
    pret(folder.path(), &create, "correct horse battery staple\n").ok();
    folder
}

fn doctor(folder: &Path) -> Ran {
    pret(folder, &["doctor", "--json"], "")
}

/// What it says about one thing, and whether it ended well.
#[track_caller]
fn finding(ran: &Ran, check: &str) -> (String, String) {
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    let checks = report["checks"].as_array().unwrap();
    let found = checks.iter().find(|one| one["check"] == check);
    let found = found.unwrap_or_else(|| panic!("no {check} in {report:#}"));
    let faults = checks.iter().filter(|one| one["state"] == "fault").count();
    assert_eq!(ran.status.success(), faults == 0, "{report:#}");
    assert_eq!(report["faults"], faults);
    assert_eq!(found["advice"].is_null(), found["state"] == "ok", "{found}");
    (found["state"].as_str().unwrap().to_owned(), found.to_string())
}

#[track_caller]
fn expect(folder: &Path, check: &str, state: &str, words: &str) {
    let ran = doctor(folder);
    let (found, text) = finding(&ran, check);
    assert!(found == state && text.contains(words), "{text}");
}

/// Every file with its bytes and the time of its last change; of the memory that those who have the
/// database open share, that it is there.
fn files(folder: &Path) -> BTreeMap<PathBuf, Option<(Vec<u8>, SystemTime)>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            let changed = fs::metadata(&path).unwrap().modified().unwrap();
            let is_shared = path.to_string_lossy().ends_with("-shm");
            (path.clone(), (!is_shared).then(|| (fs::read(&path).unwrap(), changed)))
        })
        .collect()
}

#[test]
fn a_sound_installation_has_no_fault_and_nothing_is_changed() {
    let folder = installed();
    let before = files(folder.path());
    let ran = doctor(folder.path());
    assert!(ran.status.success(), "{}", ran.out);
    assert!(files(folder.path()) == before, "something has changed");
    let text = pret(folder.path(), &["doctor"], "").ok();
    assert!(text.contains("0 faults") && text.contains("→ "), "{text}");
}

#[test]
fn a_missing_database_is_a_fault_and_stays_missing() {
    let folder = tempdir().unwrap();
    expect(folder.path(), "database", "fault", "pret migrate");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn settings_that_can_not_be_read_are_a_fault() {
    let folder = installed();
    fs::write(folder.path().join("config.toml"), "[limits]\nbrust = 3\n").unwrap();
    expect(folder.path(), "settings", "fault", "limits.brust");
}

#[test]
fn a_running_server_is_seen_through_its_address_and_what_it_writes_is_read() {
    let server = Server::start();
    let address = server.address.to_string();
    let before = server.beside("-wal").exists();
    let ask = ["doctor", "--json"];
    let asked = |listen: &str| {
        let file = format!("listen = \"{listen}\"\n");
        fs::write(server.folder().join("config.toml"), file).unwrap();
        server.pret(&ask, "")
    };
    let (state, text) = finding(&asked(&address), "address");
    assert!(state == "ok" && text.contains("and well"), "{text}");
    let (state, text) = finding(&asked("127.0.0.1:1"), "address");
    assert!(state == "warning" && text.contains("but not at"), "{text}");
    assert_eq!(finding(&asked(&address), "file").0, "ok");
    assert!(before && server.beside("-wal").exists());
    server.get("/health").expect(200);
}

#[test]
fn an_address_that_somebody_else_has_is_a_fault() {
    let server = Server::start();
    let folder = installed();
    let file = format!("listen = \"{}\"\n", server.address);
    fs::write(folder.path().join("config.toml"), file).unwrap();
    expect(folder.path(), "address", "fault", "taken");
}

#[test]
fn files_that_others_may_read_are_faults() {
    let folder = installed();
    let database = folder.path().join("pret.db");
    fs::set_permissions(&database, fs::Permissions::from_mode(0o644)).unwrap();
    expect(folder.path(), "database", "fault", "chmod 600");
    fs::set_permissions(&database, fs::Permissions::from_mode(0o600)).unwrap();
    let keys = folder.path().join("pret.db.keys");
    fs::write(&keys, "{}").unwrap();
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o640)).unwrap();
    expect(folder.path(), "keys", "fault", "chmod 600");
}

#[test]
fn what_was_done_to_the_file_is_found() {
    for (damage, check, words) in [
        (
            "PRAGMA foreign_keys = OFF; DELETE FROM organizations",
            "file",
            "refers to a row of organizations",
        ),
        (
            "DROP TRIGGER audit_events_append_only_delete; DELETE FROM audit_events WHERE seq = 1",
            "trails",
            "events are missing",
        ),
        ("DELETE FROM refinery_schema_history WHERE version > 12", "schema", "pret migrate"),
        ("INSERT INTO refinery_schema_history VALUES (999, 'x', 'x', 'x')", "schema", "newer"),
        (
            "DROP TRIGGER audit_events_append_only_update; UPDATE audit_events SET at = 5000000000000",
            "clock",
            "something happened at 2128",
        ),
        ("UPDATE organizations SET timezone = 'Moon/Crater'", "time zones", "Moon/Crater"),
        ("PRAGMA application_id = 7", "file", "not a database of Prêt"),
    ] {
        let folder = installed();
        File::open(&folder.path().join("pret.db")).run(damage).unwrap();
        expect(folder.path(), check, "fault", words);
    }
}

#[test]
fn a_mode_in_which_readers_stop_the_writer_is_seen() {
    let folder = installed();
    File::open(&folder.path().join("pret.db")).run("PRAGMA journal_mode = DELETE").unwrap();
    expect(folder.path(), "pragmas", "warning", "WAL");
}

#[test]
fn a_token_that_nobody_needs_and_old_leftovers_are_seen() {
    let folder = installed();
    fs::write(folder.path().join("pret.db.bootstrap-token"), "x").unwrap();
    expect(folder.path(), "bootstrap token", "warning", "delete it");
    let left = fs::File::create(folder.path().join(".tmpXyZ")).unwrap();
    left.set_modified(SystemTime::UNIX_EPOCH).unwrap();
    expect(folder.path(), "leftovers", "warning", ".tmpXyZ");
}

#[test]
fn an_address_that_others_reach_and_a_missing_backup_are_warnings_alone() {
    let folder = installed();
    fs::write(folder.path().join("config.toml"), "listen = \"0.0.0.0:0\"\n").unwrap();
    expect(folder.path(), "network", "warning", "TLS");
    expect(folder.path(), "backup", "warning", "pret backup");
    assert!(doctor(folder.path()).status.success());
}
