//! `pret backup`: one private, verified file, and what it is not written over.

use std::fs;

use pret::db::{BackupLock, LastBackup};
use tempfile::tempdir;

use super::{backed_up, backup, contradict, damage, lent, mode, names};
use crate::support::{File, pret};

#[test]
fn a_backup_is_one_private_file_that_agrees() {
    let (app, folder) = (lent(), tempdir().unwrap());
    let made = backed_up(&app, folder.path(), "copy.db");
    assert_eq!(names(folder.path()), ["copy.db"]);
    let copy = folder.path().join("copy.db");
    assert_eq!(mode(&copy), 0o600);
    assert_eq!(made["bytes"], fs::metadata(&copy).unwrap().len());
    assert_eq!(File::open(&copy).text("PRAGMA journal_mode"), "delete");
    let bookings = "SELECT count(*) FROM bookings";
    assert_eq!(File::open(&copy).number(bookings), 2);
    let heads = made["heads"].as_array().unwrap();
    assert_eq!(heads.len(), 2);
    for head in heads {
        let head = head.as_str().unwrap();
        let check = ["verify", "--database", "copy.db", "--expect-head", head];
        pret(folder.path(), &check, "").ok();
    }
}

#[test]
fn no_secret_of_the_server_is_in_a_backup() {
    let (app, folder) = (lent(), tempdir().unwrap());
    backed_up(&app, folder.path(), "copy.db");
    let copy = fs::read(folder.path().join("copy.db")).unwrap();
    let keys = fs::read_to_string(app.path().with_extension("db.keys")).unwrap();
    let keys: serde_json::Value = serde_json::from_str(&keys).unwrap();
    let secrets = [&keys["root"], &keys["signing"][0]["secret"]];
    for secret in secrets.map(|secret| secret.as_str().unwrap().as_bytes()) {
        assert!(!copy.windows(secret.len()).any(|part| part == secret));
    }
}

#[test]
fn whoever_watches_learns_of_the_newest() {
    let (app, folder) = (lent(), tempdir().unwrap());
    assert_eq!(LastBackup::of(&app.path()).unwrap(), None);
    let made = backed_up(&app, folder.path(), "copy.db");
    let last = LastBackup::of(&app.path()).unwrap().unwrap();
    assert_eq!(last.file, folder.path().canonicalize().unwrap().join("copy.db"));
    assert_eq!(
        (made["bytes"].as_u64(), made["at"].as_str()),
        (Some(last.bytes), Some(&*last.at.to_string()))
    );
}

#[test]
fn a_file_that_is_there_is_left_alone_unless_it_is_a_backup_and_that_is_asked_for() {
    let (app, folder) = (lent(), tempdir().unwrap());
    backed_up(&app, folder.path(), "copy.db");
    let copy = folder.path().join("copy.db");
    let before = fs::read(&copy).unwrap();
    app.resource_with_units(1);
    let refusal = backup(&app, folder.path(), &["copy.db"]).refused();
    assert!(refusal.contains("copy.db already") && refusal.contains("--force"), "{refusal}");
    assert_eq!(fs::read(&copy).unwrap(), before);
    backup(&app, folder.path(), &["copy.db", "--force"]).ok();
    assert_ne!(fs::read(&copy).unwrap(), before);
    let letter = folder.path().join("letter.txt");
    fs::write(&letter, "Dear all").unwrap();
    let refusal = backup(&app, folder.path(), &["letter.txt", "--force"]).refused();
    assert!(refusal.contains("not a backup"), "{refusal}");
    assert_eq!(fs::read(&letter).unwrap(), b"Dear all");
    assert_eq!(names(folder.path()), ["copy.db", "letter.txt"]);
}

#[test]
fn a_place_where_no_backup_belongs_is_refused() {
    let (app, folder) = (lent(), tempdir().unwrap());
    let own = app.path().parent().unwrap().to_owned();
    fs::hard_link(app.path(), folder.path().join("same.db")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("link.db")).unwrap();
    fs::create_dir(folder.path().join("inner")).unwrap();
    let before = (names(folder.path()), names(&own));
    for (arguments, expected) in [
        (vec!["missing/copy.db"], "no folder missing"),
        (vec!["--into", "missing"], "no folder missing"),
        (vec!["inner"], "is a folder"),
        (vec!["link.db", "--force"], "not a plain file"),
        (vec!["same.db", "--force"], "the database itself"),
        (vec!["/"], "names no file"),
        (vec![], "FILE"),
        (vec!["copy.db", "--into", "inner"], "cannot be used with"),
        (vec!["copy.db", "--keep", "3"], "cannot be used with"),
        (vec!["--into", "inner", "--keep", "0"], "1..=1000"),
    ] {
        let refusal = backup(&app, folder.path(), &arguments).refused();
        assert!(refusal.contains(expected), "{arguments:?}: {refusal}");
    }
    for name in ["pret.db", "pret.db-wal", "pret.db.keys", "pret.db.copy"] {
        let refusal = backup(&app, &own, &[name, "--force"]).refused();
        assert!(refusal.contains("begin with pret.db"), "{name}: {refusal}");
    }
    let after = names(&own).into_iter().filter(|name| name != "pret.db.backup-lock");
    assert_eq!((names(folder.path()), after.collect::<Vec<_>>()), before);
}

#[test]
fn a_damaged_copy_does_not_stay() {
    let (app, folder) = (lent(), tempdir().unwrap());
    damage(&app);
    let refusal = backup(&app, folder.path(), &["copy.db"]).refused();
    assert!(refusal.contains("damaged") && refusal.contains("refresh_tokens"), "{refusal}");
    assert_eq!(names(folder.path()), Vec::<String>::new());
    assert_eq!(LastBackup::of(&app.path()).unwrap(), None);
}

#[test]
fn what_is_wrong_in_the_database_is_told_and_costs_no_older_backup() {
    let (app, folder) = (lent(), tempdir().unwrap());
    let into = ["--into", ".", "--keep", "1"];
    backup(&app, folder.path(), &into).ok();
    let good = LastBackup::of(&app.path()).unwrap();
    contradict(&app);
    let ran = backup(&app, folder.path(), &into);
    assert_eq!(ran.status.code(), Some(1));
    assert!(ran.out.contains("WRONG fines"), "{ran:?}");
    assert_eq!(names(folder.path()).len(), 2);
    assert_eq!(LastBackup::of(&app.path()).unwrap(), good);
}

#[test]
fn of_those_in_a_folder_the_newest_remain_and_nothing_else_is_touched() {
    let (app, folder) = (lent(), tempdir().unwrap());
    let others = ["notes.txt", "pret-before-the-holidays.db", "pret.db"];
    for name in others {
        fs::write(folder.path().join(name), "mine").unwrap();
    }
    // Somebody was killed over this one.
    fs::write(folder.path().join("pret-2026-01-01T000000Z.db.partial-wal"), "half").unwrap();
    let into = ["--into", ".", "--keep", "2", "--json"];
    let made: Vec<serde_json::Value> =
        (0..3).map(|_| backup(&app, folder.path(), &into).json()).collect();
    assert_eq!(made[2]["removed"].as_array().unwrap().len(), 1);
    let name = |made: &serde_json::Value| {
        made["file"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
    };
    let mut expected = vec![name(&made[1]), name(&made[2])];
    expected.extend(others.map(str::to_owned));
    expected.sort_unstable();
    assert_eq!(names(folder.path()), expected);
}

#[test]
fn one_backup_is_made_at_a_time() {
    let (app, folder) = (lent(), tempdir().unwrap());
    let lock = BackupLock::acquire(&app.path()).unwrap();
    let refusal = backup(&app, folder.path(), &["copy.db"]).refused();
    assert!(refusal.contains("another backup"), "{refusal}");
    drop(lock);
    backup(&app, folder.path(), &["copy.db"]).ok();
}
