//! How much room the database takes, and how much is left for it.

use std::fs;
use std::path::Path;

use super::beside;
use crate::kernel::{Code, Error, Result, bug};

/// What a copy leaves free, for what is written beside it: 32 MiB.
const RESERVE: u64 = 32 * MIB;
const MIB: u64 = 1024 * 1024;

/// Room on the disk, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// The file itself.
    pub database: u64,
    /// Its write-ahead log; 0 when there is none.
    pub wal: u64,
    /// What an ordinary user may still fill on the file's disk.
    pub free: u64,
}

impl Space {
    /// As the disk says now.
    ///
    /// # Errors
    /// When the file is not there or can't be looked at.
    pub fn of(database: &Path) -> Result<Self> {
        let failed = |error: &dyn std::fmt::Display| {
            Error::internal(format!("{}: {error}", database.display()))
        };
        let file = fs::metadata(database).map_err(|error| failed(&error))?;
        Ok(Self {
            database: file.len(),
            wal: fs::metadata(beside(database, "-wal")).map_or(0, |wal| wal.len()),
            free: free(database)?,
        })
    }

    /// Demands room for a copy of so many bytes in a folder, before it is begun.
    ///
    /// # Errors
    /// When there is less, with the numbers.
    pub(super) fn require(folder: &Path, bytes: u64) -> Result<()> {
        enough(bytes, free(folder)?).map_err(|why| {
            let detail = format!("There is no room in {}: {why}.", folder.display());
            Error::new(Code::ValidationFailed, detail)
        })
    }
}

/// What an ordinary user may still fill on the disk of this file or folder, in bytes.
fn free(path: &Path) -> Result<u64> {
    let disk = rustix::fs::statvfs(path)
        .map_err(|error| Error::internal(format!("{}: {error}", path.display())))?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

fn enough(bytes: u64, free: u64) -> Result<(), String> {
    if bytes.saturating_add(RESERVE) <= free || bug::seeded("room_not_checked") {
        return Ok(());
    }
    let (needed, reserve) = (bytes.div_ceil(MIB), RESERVE / MIB);
    let free = free / MIB;
    Err(format!(
        "the copy takes {needed} MiB, {reserve} MiB must stay free, and {free} MiB are free"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_leaves_room_for_what_is_written_beside_it() {
        assert_eq!(enough(100 * MIB, 132 * MIB), Ok(()));
        let refusal = enough(100 * MIB, 132 * MIB - 1).unwrap_err();
        assert_eq!(refusal, "the copy takes 100 MiB, 32 MiB must stay free, and 131 MiB are free");
        enough(u64::MAX, u64::MAX - 1).unwrap_err();
    }

    #[test]
    fn the_log_counts_apart() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("pret.db");
        Space::of(&database).unwrap_err();
        fs::write(&database, [0; 4096]).unwrap();
        assert_eq!(Space::of(&database).unwrap().wal, 0);
        fs::write(dir.path().join("pret.db-wal"), [0; 100]).unwrap();
        let space = Space::of(&database).unwrap();
        assert_eq!((space.database, space.wal), (4096, 100));
        assert!(space.free > 0);
    }
}
