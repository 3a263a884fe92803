//! Backups: how they are made, when, what of them is put back, and what precedes a migration.

mod make;
mod migration;
mod restore;
mod schedule;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Ran, TestApp, pret};

/// An app with two bookings of one unit.
fn lent() -> TestApp {
    let app = TestApp::new();
    let stock = app.resource_with_units(1);
    app.booking(stock.unit(), 24, 26);
    app.booking(stock.unit(), 26, 28);
    app
}

/// Runs `pret backup` on the app's database, beside the app, within this folder.
fn backup(app: &TestApp, folder: &Path, arguments: &[&str]) -> Ran {
    let path = app.path();
    let all = ["backup", "--database", path.to_str().unwrap()];
    pret(folder, &[&all[..], arguments].concat(), "")
}

/// A backup of the app under this name in a folder.
fn backed_up(app: &TestApp, folder: &Path, name: &str) -> Value {
    backup(app, folder, &[name, "--json"]).json()
}

/// Something is wrong in the file: a row refers to nothing.
fn damage(app: &TestApp) {
    app.sql(
        "PRAGMA foreign_keys = OFF;
         INSERT INTO refresh_tokens (token_hash, org_id, session_id, expires_at)
         SELECT 'x', id, 'nobody', 1 FROM organizations LIMIT 1",
    )
    .unwrap();
}

/// Something is wrong in what the file says: a fine is paid that was not.
fn contradict(app: &TestApp) {
    app.staff().fine(app.student().user_id(), 500);
    app.sql("DROP TRIGGER fines_paid_sum_update; UPDATE fines SET paid_cents = 300").unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// The names in a folder, in their order.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

/// Those of them that end so.
fn ending(folder: &Path, with: &str) -> Vec<PathBuf> {
    let names = names(folder).into_iter().filter(|name| name.ends_with(with));
    names.map(|name| folder.join(name)).collect()
}
