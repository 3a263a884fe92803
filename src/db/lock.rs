//! One server per database file, and one backup at a time: a second one is refused. The command
//! line works beside both.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::Path;

use super::partial::give_to_owner;
use super::{beside, leftovers};
use crate::kernel::{Code, Error, Result};

/// Held while a server runs, or while the file is migrated or replaced; the operating system lets
/// go of it when the process ends.
#[derive(Debug)]
pub struct ServeLock {
    _file: File,
}

impl ServeLock {
    /// Takes the lock beside the database file, and clears away what others who held it were
    /// killed over.
    ///
    /// # Errors
    /// When another server holds it, or the file can't be made.
    pub fn acquire(database: &Path) -> Result<Self> {
        let held = "another pret serve runs on this database";
        let file = take(database, ".lock", held)?;
        leftovers::clear(database);
        Ok(Self { _file: file })
    }

    /// Whether a server runs on this database. Makes no file.
    ///
    /// # Errors
    /// When the lock can't be looked at.
    pub fn is_held(database: &Path) -> Result<bool> {
        let path = beside(database, ".lock");
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(refused(&path, &format!("can't be opened: {error}"))),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(refused(&path, &error.to_string())),
        }
    }
}

/// Held while a backup is made.
#[derive(Debug)]
pub struct BackupLock {
    _file: File,
}

impl BackupLock {
    /// Takes the lock beside the database file.
    ///
    /// # Errors
    /// When another backup of it runs, or the file can't be made.
    pub fn acquire(database: &Path) -> Result<Self> {
        let file = take(database, ".backup-lock", "another backup of this database runs")?;
        Ok(Self { _file: file })
    }
}

fn take(database: &Path, suffix: &str, held: &str) -> Result<File> {
    let path = beside(database, suffix);
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| refused(&path, &format!("can't be opened: {error}")))?;
    give_to_owner(&path, database)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(refused(&path, &format!("is held: {held}"))),
        Err(TryLockError::Error(error)) => Err(refused(&path, &error.to_string())),
    }
}

fn refused(path: &Path, why: &str) -> Error {
    Error::new(Code::Internal, format!("The lock file {} {why}.", path.display()))
}
