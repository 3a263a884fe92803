//! The backups that the server makes by itself, and what changes beside Litestream.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use pret::backup::Schedule;
use pret::config::Backup;
use pret::db::{Db, DbOptions, LastBackup};
use pret::kernel::{Actor, ManualClock};
use tempfile::tempdir;

use super::{lent, names};
use crate::support::{Server, TestApp, start};

const HOUR: i64 = 60;

fn settings(folder: &Path) -> Backup {
    Backup { folder: Some(folder.to_owned()), every_hours: 6, keep: 2, ..Backup::default() }
}

fn schedule(app: &TestApp, settings: &Backup) -> Schedule {
    Schedule::new(app.db().clone(), settings, app.clock.clone()).unwrap()
}

#[test]
fn a_backup_is_made_when_the_newest_is_old_enough() {
    let (app, folder) = (lent(), tempdir().unwrap());
    let mut schedule = schedule(&app, &settings(folder.path()));
    let mut made = || schedule.run_due(&|| true).unwrap().is_some();
    assert!(made() && !made());
    app.advance_minutes(6 * HOUR - 1);
    assert!(!made());
    app.advance_minutes(1);
    assert!(made());
    app.advance_minutes(6 * HOUR);
    assert!(made());
    let kept = ["pret-2026-03-02T150000Z.db", "pret-2026-03-02T210000Z.db"];
    assert_eq!(names(folder.path()), kept);
}

#[test]
fn a_restarted_server_goes_on_where_it_was_also_when_backups_are_carried_off() {
    let (app, folder) = (lent(), tempdir().unwrap());
    let settings = settings(folder.path());
    let run = || schedule(&app, &settings).run_due(&|| true).unwrap().is_some();
    assert!(run());
    assert!(!run());
    for name in names(folder.path()) {
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    assert!(!run());
    app.advance_minutes(6 * HOUR);
    assert!(run());
}

#[test]
fn a_backup_somewhere_else_does_not_put_it_off() {
    let (app, folder, elsewhere) = (lent(), tempdir().unwrap(), tempdir().unwrap());
    super::backed_up(&app, elsewhere.path(), "copy.db");
    assert!(LastBackup::of(&app.path()).unwrap().is_some());
    let mut schedule = schedule(&app, &settings(folder.path()));
    assert!(schedule.run_due(&|| true).unwrap().is_some());
}

#[test]
fn a_failed_one_is_tried_again_after_a_while() {
    let (app, folder) = (lent(), tempdir().unwrap());
    let missing = folder.path().join("not mounted");
    let mut schedule = schedule(&app, &settings(&missing));
    schedule.run_due(&|| true).unwrap_err();
    // A folder that is missing is none to make: what should be mounted there is not.
    assert!(!missing.exists());
    fs::create_dir(&missing).unwrap();
    assert!(schedule.run_due(&|| true).unwrap().is_none());
    app.advance_minutes(10);
    assert!(schedule.run_due(&|| true).unwrap().is_some());
}

#[test]
fn a_server_that_stops_ends_the_copy() {
    let (app, folder) = (lent(), tempdir().unwrap());
    schedule(&app, &settings(folder.path())).run_due(&|| false).unwrap_err();
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[test]
fn without_a_folder_there_is_no_schedule() {
    let app = TestApp::new();
    let none = Schedule::new(app.db().clone(), &Backup::default(), app.clock.clone());
    assert!(none.is_none());
}

#[test]
fn a_server_makes_backups_and_notes_the_heads_in_its_log() {
    let folder = tempdir().unwrap();
    let mut server = Server::with(&[("PRET_BACKUP__FOLDER", folder.path().to_str().unwrap())]);
    let line = server.logged("a backup was made");
    assert!(line.contains("pret-") && line.contains("heads="), "{line}");
    assert_eq!(names(folder.path()).len(), 1);
    server.signal("TERM");
    assert!(server.wait().success());
}

#[test]
fn beside_litestream_the_log_is_left_to_it() {
    for (checkpoints, folded) in [(true, true), (false, false)] {
        let folder = tempdir().unwrap();
        let path = folder.path().join("pret.db");
        pret::db::migrate(&path).unwrap();
        let options = DbOptions::new(Arc::new(ManualClock::new(start())));
        let db = Db::open(&path, DbOptions { checkpoints, ..options }).unwrap();
        // Somebody else who has it open, as Litestream does.
        let other = Db::open(&path, DbOptions::new(Arc::new(ManualClock::new(start())))).unwrap();
        let new = pret::identity::NewOrganization {
            name: "One".to_owned(),
            timezone: "UTC".to_owned(),
            currency: None,
        };
        db.write_blocking(move |global| pret::identity::create_organization(global, &new)).unwrap();
        other
            .read(|global| Ok(global.within(pret::kernel::OrgId::new(), Actor::system()).now()))
            .unwrap();
        db.close();
        let wal = fs::metadata(folder.path().join("pret.db-wal")).unwrap().len();
        assert_eq!(wal == 0, folded, "{wal} bytes");
    }
}
