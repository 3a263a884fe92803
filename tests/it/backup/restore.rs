//! `pret restore`: what is refused, what is ended, and that nothing is lost.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

use super::{backed_up, contradict, ending, lent, mode, names};
use crate::support::{File, PASSWORD, Person, Server, pret};

/// A folder with a backup and a database of its own.
fn shelf() -> TempDir {
    let (app, folder) = (lent(), tempdir().unwrap());
    backed_up(&app, folder.path(), "copy.db");
    pret(folder.path(), &["migrate"], "").ok();
    folder
}

/// Demands that a restore is refused with these words and changes nothing.
#[track_caller]
fn refused(folder: &Path, arguments: &[&str], words: &str) {
    let dump = || File::open(&folder.join("pret.db")).dump();
    let names = || {
        let mut names = names(folder);
        names.retain(|name| name != "pret.db.lock");
        names
    };
    let before = (dump(), names());
    let refusal = pret(folder, &[&["restore"], arguments].concat(), "").refused();
    assert!(refusal.contains(words), "{refusal}");
    assert_eq!(dump().difference(&before.0), "");
    assert_eq!(names(), before.1, "{arguments:?}");
}

#[test]
fn a_backup_takes_the_place_of_the_database_which_is_kept() {
    let folder = shelf();
    let database = folder.path().join("pret.db");
    let before = File::open(&database).dump();
    refused(folder.path(), &["copy.db"], "--yes");
    let restored = pret(folder.path(), &["restore", "copy.db", "--yes", "--json"], "").json();
    let kept = ending(folder.path(), ".replaced");
    assert_eq!(restored["replaced"], json!(kept[0].file_name().unwrap().to_str()));
    assert_eq!(mode(&kept[0]), 0o600);
    assert_eq!(File::open(&kept[0]).dump().difference(&before), "");
    assert_eq!(mode(&database), 0o600);
    assert_eq!(File::open(&database).number("SELECT count(*) FROM bookings"), 2);
    assert_eq!(ending(folder.path(), ".partial").len(), 0);
    let head = restored["heads"][0].as_str().unwrap();
    pret(folder.path(), &["verify", "--expect-head", head], "").ok();
}

#[test]
fn where_there_is_no_database_nothing_needs_to_be_confirmed() {
    let (app, folder) = (lent(), tempdir().unwrap());
    backed_up(&app, folder.path(), "copy.db");
    let moved = ["restore", "copy.db", "--database", "new/place/pret.db"];
    let told = pret(folder.path(), &moved, "").ok();
    assert!(told.contains("no key file"), "{told}");
    pret(folder.path(), &["verify", "--database", "new/place/pret.db"], "").ok();
}

#[test]
fn a_restored_database_signs_nobody_in() {
    let app = lent();
    let reset = format!("/members/{}/password-reset", app.user_id(Person::Student));
    app.admin().post(&reset, &json!({})).expect(200);
    let folder = tempdir().unwrap();
    backed_up(&app, folder.path(), "copy.db");
    let open = "SELECT (SELECT count(*) FROM sessions WHERE ended_at IS NULL)
        || ' ' || (SELECT count(*) FROM users WHERE reset_token_hash IS NOT NULL)";
    assert_ne!(File::open(&folder.path().join("copy.db")).text(open), "0 0");
    let restored = pret(folder.path(), &["restore", "copy.db", "--json"], "").json();
    assert!(restored["sessions_ended"].as_u64() > Some(0), "{restored}");
    assert_eq!(restored["reset_tokens_ended"], 1);
    let database = File::open(&folder.path().join("pret.db"));
    assert_eq!(database.text(open), "0 0");
    pret(folder.path(), &["verify"], "").ok();
}

#[test]
fn a_token_from_before_a_restore_is_refused_by_the_server() {
    let mut server = Server::with(&[("PRET_BOOTSTRAP_TOKEN", "a token for this test only")]);
    let new = json!({
        "bootstrap_token": "a token for this test only", "email": "a@b.example",
        "password": PASSWORD, "full_name": "Ada",
        "organization": { "name": "One", "timezone": "UTC" },
    });
    Server::send(server.ask("POST", "/auth/register").json(&new)).expect(201);
    let login = json!({ "email": "a@b.example", "password": PASSWORD });
    let tokens = Server::send(server.ask("POST", "/auth/login").json(&login)).expect(200).json();
    server.pret(&["backup", "copy.db"], "").ok();
    let refusal = server.pret(&["restore", "copy.db", "--yes"], "").refused();
    assert!(refusal.contains("another pret serve"), "{refusal}");
    server.get("/health").expect(200);
    server.signal("TERM");
    server.wait();
    server.pret(&["restore", "copy.db", "--yes"], "").ok();
    let server = server.again(&[]);
    let refresh = json!({ "refresh_token": tokens["refresh_token"] });
    Server::send(server.ask("POST", "/auth/refresh").json(&refresh)).expect(401);
    let me = server.ask("GET", "/me").bearer_auth(tokens["access_token"].as_str().unwrap());
    Server::send(me.header("x-org-id", tokens["organizations"][0]["id"].as_str().unwrap()))
        .expect(401);
    Server::send(server.ask("POST", "/auth/login").json(&login)).expect(200);
}

#[test]
fn who_has_the_database_open_is_not_robbed_of_it() {
    let folder = shelf();
    let other = File::open(&folder.path().join("pret.db"));
    other.run("PRAGMA journal_mode = WAL; SELECT count(*) FROM users").unwrap();
    let refusal = pret(folder.path(), &["restore", "copy.db", "--yes"], "").refused();
    assert!(refusal.contains("Another process"), "{refusal}");
    assert_eq!(other.number("SELECT count(*) FROM users"), 0);
    assert_eq!(ending(folder.path(), ".replaced").len(), 0);
}

#[test]
fn what_is_no_sound_backup_is_refused_and_nothing_changes() {
    let folder = shelf();
    let at = |name: &str| folder.path().join(name);
    let copy_as = |name: &str| fs::copy(at("copy.db"), at(name)).unwrap();
    let half = copy_as("truncated.db") / 2;
    OpenOptions::new().write(true).open(at("truncated.db")).unwrap().set_len(half).unwrap();
    let length = copy_as("corrupted.db");
    let file = OpenOptions::new().write(true).open(at("corrupted.db")).unwrap();
    for page in 20..length / 4096 {
        file.write_all_at(&[0xAA; 512], page * 4096).unwrap();
    }
    copy_as("orphan.db");
    let orphan = File::open(&at("orphan.db"));
    orphan.run("PRAGMA foreign_keys = OFF; DELETE FROM users").unwrap();
    fs::write(at("empty.db"), "").unwrap();
    fs::write(at("letter.txt"), "Dear all, ".repeat(1000)).unwrap();
    File::open(&at("other.db")).run("CREATE TABLE something (a)").unwrap();
    File::open(&at("nothing.db")).run("CREATE TABLE a (a); DROP TABLE a").unwrap();
    copy_as("newer.db");
    let newer = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
        VALUES (999, 'later', '2030-01-01T00:00:00Z', '1')";
    File::open(&at("newer.db")).run(newer).unwrap();
    fs::create_dir(at("folder")).unwrap();
    fs::hard_link(at("pret.db"), at("same.db")).unwrap();
    for (name, words) in [
        ("missing.db", "missing.db"),
        ("folder", "is not a file"),
        ("empty.db", "it is empty"),
        ("letter.txt", "not a database of Prêt"),
        ("other.db", "not a database of Prêt"),
        ("nothing.db", "not a database of Prêt"),
        ("newer.db", "has the schema 999"),
        ("same.db", "the database itself"),
        ("truncated.db", "truncated.db"),
        ("corrupted.db", "corrupted.db"),
        ("orphan.db", "refers to a row of"),
    ] {
        refused(folder.path(), &[name, "--yes", "--despite-findings"], words);
    }
}

#[test]
fn what_contradicts_itself_is_restored_only_when_that_is_asked_for() {
    let (app, folder) = (lent(), tempdir().unwrap());
    contradict(&app);
    let ran = super::backup(&app, folder.path(), &["copy.db"]);
    assert_eq!(ran.status.code(), Some(1));
    let refusal = pret(folder.path(), &["restore", "copy.db"], "").refused();
    assert!(refusal.contains("WRONG fines") && refusal.contains("--despite-findings"), "{refusal}");
    assert!(!folder.path().join("pret.db").exists());
    let despite = ["restore", "copy.db", "--despite-findings"];
    assert!(pret(folder.path(), &despite, "").ok().contains("WRONG fines"));
}

#[test]
fn a_database_that_is_beyond_repair_is_replaced_and_kept() {
    let folder = shelf();
    let garbage = "no database any more".repeat(1000);
    fs::write(folder.path().join("pret.db"), &garbage).unwrap();
    pret(folder.path(), &["restore", "copy.db", "--yes"], "").ok();
    pret(folder.path(), &["verify"], "").ok();
    let kept = ending(folder.path(), ".replaced");
    assert_eq!(fs::read(&kept[0]).unwrap(), garbage.as_bytes());
}

#[test]
fn a_log_that_was_left_without_its_database_is_not_played_into_the_new_one() {
    let (app, folder) = (lent(), tempdir().unwrap());
    backed_up(&app, folder.path(), "copy.db");
    app.resource_with_units(1);
    let log = format!("{}-wal", app.path().display());
    fs::copy(log, folder.path().join("pret.db-wal")).unwrap();
    let restored = pret(folder.path(), &["restore", "copy.db", "--json"], "").json();
    assert!(restored["replaced"].is_null());
    assert_eq!(ending(folder.path(), ".replaced-wal").len(), 1);
    let head = restored["heads"][0].as_str().unwrap();
    pret(folder.path(), &["verify", "--expect-head", head], "").ok();
    let database = File::open(&folder.path().join("pret.db"));
    assert_eq!(database.number("SELECT count(*) FROM resources"), 1);
}

#[test]
fn a_backup_with_a_log_beside_it_is_restored_with_what_stands_there() {
    let (app, folder) = (lent(), tempdir().unwrap());
    for ending in ["", "-wal"] {
        let from = format!("{}{ending}", app.path().display());
        fs::copy(from, folder.path().join(format!("copy.db{ending}"))).unwrap();
    }
    pret(folder.path(), &["restore", "copy.db"], "").ok();
    let database = File::open(&folder.path().join("pret.db"));
    assert_eq!(database.number("SELECT count(*) FROM bookings"), 2);
}

#[test]
fn an_older_backup_is_brought_to_the_present_schema() {
    let folder = tempdir().unwrap();
    crate::support::old_database(&folder.path().join("old.db"), 6, 10);
    let restored: Value = pret(folder.path(), &["restore", "old.db", "--json"], "").json();
    assert!(!restored["migrated"].as_array().unwrap().is_empty());
    assert_eq!(restored["organizations"][0]["name"], "Old");
    pret(folder.path(), &["verify"], "").ok();
    let users = "SELECT count(*) FROM users";
    assert_eq!(File::open(&folder.path().join("pret.db")).number(users), 10);
    assert_eq!(ending(folder.path(), ".backup").len(), 0);
}
