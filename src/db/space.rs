//! How much room the database takes, and how much is left for it.

use std::fs;
use std::path::Path;

use super::beside;
use crate::kernel::{Error, Result};

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
        let disk = rustix::fs::statvfs(database).map_err(|error| failed(&error))?;
        Ok(Self {
            database: file.len(),
            wal: fs::metadata(beside(database, "-wal")).map_or(0, |wal| wal.len()),
            free: disk.f_bavail.saturating_mul(disk.f_frsize),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
