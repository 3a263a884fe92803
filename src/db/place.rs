//! One database in the place of another: killed at any moment, either of them stands there whole.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use super::partial::{Partial, SIDES, failed, folder_of, give_to_owner, sync_folder};
use super::{beside, connection};
use crate::kernel::{Code, Error, Result, Timestamp, bug};

/// Ends the name of a database that was replaced.
pub(super) const REPLACED: &str = ".replaced";

/// Puts a file in the place of the database, which stays as `<file>.<time>.replaced`; answers that
/// name, when there was one. The caller holds the lock.
///
/// The old one is folded into one file first, then gets its second name, and then loses the first
/// to the new one in a single step. Between these two it bears both, which whoever takes the lock
/// next sees and undoes.
///
/// # Errors
/// When another process has the database open, or the disk fails; then nothing has changed.
pub fn put_in_place(new: Partial, database: &Path, at: Timestamp) -> Result<Option<PathBuf>> {
    let old = fs::exists(database).map_err(|error| failed(database, &error))?;
    if old {
        fold(database)?;
    }
    give_to_owner(new.path(), database)?;
    let time = at.to_string().replace(':', "");
    let kept = beside(database, &format!(".{time}{REPLACED}"));
    let sides = SIDES.into_iter().filter(|side| beside(database, side).exists());
    let sides: Vec<&str> = sides.collect();
    if old && !bug::seeded("replaced_is_lost") {
        fs::hard_link(database, &kept).map_err(|error| {
            let folder = folder_of(database).display();
            let detail = format!("The old database can't be kept in {folder}: {error}.");
            Error::new(Code::Internal, detail)
        })?;
    }
    // A log that stayed would be played into the new file.
    for side in sides {
        fs::rename(beside(database, side), beside(&kept, side))
            .map_err(|error| failed(database, &error))?;
    }
    sync_folder(database)?;
    new.place(true)?;
    Ok(old.then_some(kept))
}

/// One whole file without a log. One that is too damaged for that is kept as it is, with its log.
fn fold(database: &Path) -> Result<()> {
    let Err(error) = connection::make_plain(database) else { return Ok(()) };
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Ok(()),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            let detail = format!(
                "Another process has {} open: end it first. Nothing was changed.",
                database.display()
            );
            Err(Error::new(Code::Internal, detail))
        }
        _ => Err(error.into()),
    }
}
