//! What was left beside a database by those who were killed while they migrated or replaced it.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::partial::{PARTIAL, SIDES, folder_of};
use super::place::REPLACED;
use super::{beside, last_backup};
use crate::kernel::bug;

/// Clears it away. Only for who holds the lock: nobody else is at work on these files then.
pub(super) fn clear(database: &Path) {
    if bug::seeded("leftovers_stay") {
        return;
    }
    for path in beside_it(database) {
        let removed = if is_partial(&path) && !belongs_to_backups(&path, database) {
            fs::remove_file(&path)
        } else if path.to_string_lossy().ends_with(REPLACED) && is_the_same(&path, database) {
            undo(&path, database)
        } else {
            continue;
        };
        match removed {
            Ok(()) => tracing::info!(file = %path.display(), "what was left half done is cleared"),
            Err(error) => tracing::warn!(file = %path.display(), %error, "half done, and stays"),
        }
    }
}

/// A restore that was killed before the new file had the name: the old one gets back what was
/// moved away from it, and loses its second name.
fn undo(kept: &Path, database: &Path) -> std::io::Result<()> {
    for side in SIDES {
        let moved = beside(kept, side);
        if moved.exists() {
            fs::rename(&moved, beside(database, side))?;
        }
    }
    fs::remove_file(kept)
}

/// The files whose names begin with that of the database.
pub(super) fn beside_it(database: &Path) -> Vec<PathBuf> {
    let Some(name) = database.file_name().map(OsStr::to_string_lossy) else { return Vec::new() };
    let Ok(entries) = fs::read_dir(folder_of(database)) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .filter(|found| found.starts_with(&format!("{name}.")))
        .collect();
    names.sort_unstable();
    names.into_iter().map(|name| folder_of(database).join(name)).collect()
}

fn is_partial(path: &Path) -> bool {
    let path = path.to_string_lossy();
    let of_side = |side: &str| path.ends_with(&format!("{PARTIAL}{side}"));
    path.ends_with(PARTIAL) || SIDES.into_iter().any(of_side)
}

/// Word of a backup is left while a server runs, under the other lock.
fn belongs_to_backups(path: &Path, database: &Path) -> bool {
    *path == beside(&beside(database, last_backup::SUFFIX), PARTIAL)
}

fn is_the_same(one: &Path, other: &Path) -> bool {
    let id = |path: &Path| fs::metadata(path).map(|file| (file.dev(), file.ino())).ok();
    id(one).is_some_and(|found| id(other) == Some(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn what_is_half_done_goes_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let stays = [
            "other.db.partial",
            "pret.db",
            "pret.db-wal",
            "pret.db.2026.backup",
            "pret.db.2026.replaced",
            "pret.db.keys",
            "pret.db.last-backup.partial",
        ];
        let goes = ["pret.db.2026.backup.partial", "pret.db.partial-wal"];
        for name in stays.iter().chain(&goes) {
            fs::write(dir.path().join(name), name).unwrap();
        }
        clear(&dir.path().join("pret.db"));
        assert_eq!(names(dir.path()), stays);
    }

    #[test]
    fn a_second_name_of_the_database_goes_and_its_log_comes_back() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("pret.db");
        fs::write(&database, "whole").unwrap();
        fs::hard_link(&database, dir.path().join("pret.db.2026.replaced")).unwrap();
        fs::write(dir.path().join("pret.db.2026.replaced-wal"), "its log").unwrap();
        clear(&database);
        assert_eq!(names(dir.path()), ["pret.db", "pret.db-wal"]);
    }
}
