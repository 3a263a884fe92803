//! Copies of a database, also of one that others write meanwhile.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::partial::{Partial, failed, folder_of};
use super::{Space, beside, connection};
use crate::kernel::{Code, Error, Result, Timestamp, bug};

/// Pages copied at a time, some 4 MiB. Between two steps a copy can be ended; and what was copied
/// goes to the disk, because all of it at once would let those wait who commit.
const STEP: i32 = 1024;

/// Told how many bytes of how many are copied; answers whether to go on.
pub type Watch<'a> = &'a dyn Fn(u64, u64) -> bool;

/// Copies all that `from` sees at one instant into the file `to`, which becomes one plain file that
/// needs no other beside it. Nobody who writes is held up, and none of them can delay the copy:
/// all steps read the one snapshot that is open around them.
pub(super) fn copy(from: &Connection, to: &Path, watch: Watch<'_>) -> Result<()> {
    let snapshot = from.unchecked_transaction()?;
    // A transaction sees nothing until it reads.
    let number = |sql: &str| snapshot.query_row(sql, [], |row| row.get::<_, u32>(0));
    number("SELECT count(*) FROM sqlite_schema")?;
    let (pages, size) = (number("PRAGMA page_count")?, number("PRAGMA page_size")?);
    let (pages, size) = (u64::from(pages), u64::from(size));
    Space::require(folder_of(to), pages * size)?;
    let mut target = connection::open_target(to)?;
    let file = OpenOptions::new().write(true).open(to).map_err(|error| failed(to, &error))?;
    let backup = Backup::new(&snapshot, &mut target)?;
    loop {
        let ended = backup.step(STEP)? == StepResult::Done;
        file.sync_data().map_err(|error| failed(to, &error))?;
        let left = u64::try_from(backup.progress().remaining).unwrap_or_default();
        if !watch(pages.saturating_sub(left) * size, pages * size) {
            return Err(Error::new(Code::ShuttingDown, "The copy was ended before it was whole."));
        }
        if ended {
            break;
        }
    }
    drop(backup);
    drop(target);
    Ok(connection::make_plain(to)?)
}

/// Copies the whole database to `<file>.<time>.backup`, also while others write, and demands that
/// the copy is sound.
///
/// # Errors
/// When there is no room, or the copy can't be made or is damaged; what was begun of it is removed.
pub(super) fn beside_its_own(from: &Connection, database: &Path, at: Timestamp) -> Result<PathBuf> {
    let target = beside(database, &format!(".{}.backup", at.to_string().replace(':', "")));
    let partial = Partial::begin(&target)?;
    copy(from, partial.path(), &|_, _| true)?;
    if !bug::seeded("migration_copy_not_checked") {
        let faults = connection::faults(
            &connection::open_read_only(partial.path())?,
            connection::INTEGRITY,
        )?;
        if let Some(fault) = faults.first() {
            let detail = format!("{} is damaged: {fault}.", database.display());
            return Err(Error::new(Code::Internal, detail));
        }
    }
    partial.place(false)?;
    Ok(target)
}
