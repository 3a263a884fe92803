//! Before and while a schema is brought up to date: a copy that was checked, and all or nothing.

use std::path::Path;

use pret::db::ServeLock;
use tempfile::{TempDir, tempdir};

use super::{ending, mode, names};
use crate::support::{File, Server, old_database, pret};

/// A folder with a database that has seen so many steps.
fn old(steps: usize) -> TempDir {
    let folder = tempdir().unwrap();
    old_database(&folder.path().join("pret.db"), steps, 10);
    folder
}

fn version(database: &Path) -> i64 {
    File::open(database).number("SELECT max(version) FROM refinery_schema_history")
}

#[test]
fn an_older_database_is_copied_and_brought_up_to_date_by_whoever_starts() {
    let folder = old(6);
    let server = Server::within(folder, &[]);
    server.get("/health").expect(200);
    let copy = ending(server.folder(), ".backup");
    assert_eq!((version(&copy[0]), mode(&copy[0])), (6, 0o600));
    assert_eq!(File::open(&copy[0]).text("PRAGMA journal_mode"), "delete");
    assert!(version(&server.beside("")) > 6);
    server.pret(&["verify"], "").ok();
}

#[test]
fn a_newer_database_is_refused_with_both_numbers_and_what_to_do() {
    let folder = old(usize::MAX);
    let database = folder.path().join("pret.db");
    pret(folder.path(), &["migrate"], "").ok();
    let known = version(&database);
    let newer = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
        VALUES (999, 'later', '2030-01-01T00:00:00Z', '1')";
    File::open(&database).run(newer).unwrap();
    std::fs::write(folder.path().join("pret.db.2026-01-01T000000Z.backup"), "").unwrap();
    let before = names(folder.path());
    for command in [&["migrate"][..], &["serve", "--listen", "127.0.0.1:0"], &["verify"]] {
        let refusal = pret(folder.path(), command, "").refused();
        let numbers = ["schema 999".to_owned(), format!("up to {known}")];
        let advice = ["newer version", "pret.db.2026-01-01T000000Z.backup"].map(str::to_owned);
        for part in numbers.iter().chain(&advice) {
            assert!(refusal.contains(part), "{refusal} lacks {part}");
        }
    }
    let after = names(folder.path()).into_iter().filter(|name| name != "pret.db.lock");
    assert_eq!(after.collect::<Vec<_>>(), before);
}

#[test]
fn a_step_that_is_not_ours_is_named() {
    let folder = old(13);
    let other = "UPDATE refinery_schema_history SET checksum = '1' WHERE version = 7";
    File::open(&folder.path().join("pret.db")).run(other).unwrap();
    let refusal = pret(folder.path(), &["migrate"], "").refused();
    assert!(refusal.contains("step 7 (fines)"), "{refusal}");
}

#[test]
fn of_steps_that_fail_none_stays() {
    let folder = old(6);
    let database = folder.path().join("pret.db");
    // A later step makes a table of this name.
    File::open(&database).run("CREATE TABLE unit_custody (a INTEGER) STRICT").unwrap();
    let before = File::open(&database).dump();
    let refusal = pret(folder.path(), &["migrate"], "").refused();
    assert!(refusal.contains("can't be brought to this version"), "{refusal}");
    assert_eq!(File::open(&database).dump().difference(&before), "");
    assert_eq!(version(&database), 6);
    File::open(&database).run("DROP TABLE unit_custody").unwrap();
    pret(folder.path(), &["migrate"], "").ok();
    pret(folder.path(), &["verify"], "").ok();
}

#[test]
fn what_is_damaged_is_not_migrated() {
    let folder = old(6);
    let database = folder.path().join("pret.db");
    File::open(&database).run("PRAGMA foreign_keys = OFF; DELETE FROM organizations").unwrap();
    let refusal = pret(folder.path(), &["migrate"], "").refused();
    assert!(refusal.contains("is damaged"), "{refusal}");
    assert_eq!(version(&database), 6);
    assert_eq!(ending(folder.path(), ".backup").len(), 0);
}

#[test]
fn under_a_server_nothing_is_migrated() {
    let folder = old(6);
    let database = folder.path().join("pret.db");
    let lock = ServeLock::acquire(&database).unwrap();
    let refusal = pret(folder.path(), &["migrate"], "").refused();
    assert!(refusal.contains("another pret serve"), "{refusal}");
    assert_eq!(version(&database), 6);
    drop(lock);
    pret(folder.path(), &["migrate"], "").ok();
    let _lock = ServeLock::acquire(&database).unwrap();
    // Nothing is lacking now.
    pret(folder.path(), &["migrate"], "").ok();
}
