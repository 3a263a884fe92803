//! An organization goes to another server: what comes in, what stays out, and that nothing else is
//! touched.

mod accounts;
mod file;
mod hostile;
mod parity;
mod round_trip;

use std::fs::File as Disk;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use pret::kernel::Result;
use pret::transfer::{self, Export, Imported, Progress};
use tempfile::TempDir;

use crate::support::{Options, TestApp, none};

/// Tells nobody.
fn quiet() -> Progress {
    Arc::new(|_| {})
}

/// Writes an organization of the app into a file.
fn write_out(app: &TestApp, org: &str, with_passwords: bool) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("org.jsonl");
    let wanted = Export { org: org.parse().unwrap(), with_passwords, progress: quiet() };
    transfer::export(app.db(), &wanted, Disk::create(&path).unwrap()).unwrap();
    (folder, path)
}

/// Brings a file in.
fn bring_in(app: &TestApp, path: &Path) -> Result<Imported> {
    let survey = transfer::survey(app.db(), path, &quiet())?;
    transfer::import(app.db(), survey, quiet())
}

/// A server without any organization.
fn empty() -> TestApp {
    static EMPTY: OnceLock<Arc<Vec<u8>>> = OnceLock::new();
    let empty = EMPTY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pret.db");
        pret::db::migrate(&path).unwrap();
        Arc::new(std::fs::read(&path).unwrap())
    });
    Options::default().snapshot(empty).start()
}

/// Every table either moves or stays behind for a reason.
#[test]
fn every_table_is_on_a_list() {
    let names = "SELECT name FROM sqlite_schema WHERE type = 'table'
                 AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'resource\\_search\\_%' ESCAPE '\\'";
    let tables: Vec<String> =
        empty().db().read(|global| global.all(names, &[], |row| row.get(0))).unwrap();
    let moves = |table: &str| transfer::TABLES.iter().any(|of| of.table == table);
    let stays = |table: &str| transfer::LEFT_BEHIND.iter().any(|(name, _)| *name == table);
    let lost = tables.iter().filter(|table| moves(table) == stays(table));
    let mut faults: Vec<String> = lost
        .map(|table| {
            format!("{table} must stand in TABLES or in LEFT_BEHIND of src/transfer/tables.rs")
        })
        .collect();
    let gone = transfer::TABLES.iter().map(|of| of.table);
    let gone = gone.chain(transfer::LEFT_BEHIND.iter().map(|(name, _)| *name));
    faults.extend(
        gone.filter(|name| !tables.iter().any(|table| table == name))
            .map(|name| format!("{name} is listed and is no table")),
    );
    none(faults);
}
