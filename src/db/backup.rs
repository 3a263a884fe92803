//! A copy of the file beside it, private like the file.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, MAIN_DB};

use crate::kernel::{Error, Result, Timestamp};

/// Copies the whole database to `<file>.<time>.backup`, also while others write.
///
/// # Errors
/// When the copy can't be made; what was begun of it is removed.
pub(super) fn beside(connection: &Connection, path: &Path, at: Timestamp) -> Result<PathBuf> {
    use std::os::unix::fs::OpenOptionsExt;
    let copy = super::beside(path, &format!(".{}.backup", at.to_string().replace(':', "")));
    let failed = |error: String| Error::internal(format!("{}: {error}", copy.display()));
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&copy)
        .map_err(|error| failed(error.to_string()))?;
    connection.backup(MAIN_DB, &copy, None).map_err(|error| {
        // The fault to tell is that the copy failed, not that its rest stays.
        drop(std::fs::remove_file(&copy));
        failed(error.to_string())
    })?;
    Ok(copy)
}
