//! One server per database file: a second one is refused, the command line is not.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::Path;

use super::beside;
use crate::kernel::{Code, Error, Result};

/// Held while a server runs; the operating system lets go of it when the process ends.
#[derive(Debug)]
pub struct ServeLock {
    _file: File,
}

impl ServeLock {
    /// Takes the lock beside the database file.
    ///
    /// # Errors
    /// When another server holds it, or the file can't be made.
    pub fn acquire(database: &Path) -> Result<Self> {
        let path = beside(database, ".lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| refused(&path, &format!("can't be opened: {error}")))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => {
                Err(refused(&path, "is held: another pret serve runs on this database"))
            }
            Err(TryLockError::Error(error)) => Err(refused(&path, &error.to_string())),
        }
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

fn refused(path: &Path, why: &str) -> Error {
    Error::new(Code::Internal, format!("The lock file {} {why}.", path.display()))
}
