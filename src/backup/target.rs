//! Where a backup is written, and what it must not be written over.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::keep;
use crate::db;
use crate::kernel::{Code, Error, Result, Timestamp};

/// Where a backup is written.
#[derive(Debug, Clone)]
pub enum Target {
    /// To this file.
    File {
        /// Which one.
        path: PathBuf,
        /// Whether a backup that bears the name already is replaced.
        force: bool,
    },
    /// Under the name of its time into this folder.
    Folder {
        /// Which one.
        path: PathBuf,
        /// How many backups remain in it; none: all.
        keep: Option<u32>,
    },
}

impl Target {
    /// The file that a backup of this instant becomes, once nothing speaks against it.
    pub(super) fn file(&self, database: &Path, at: Timestamp) -> Result<PathBuf> {
        let file = match self {
            Self::File { path, .. } => path.clone(),
            Self::Folder { path, .. } => path.join(keep::file_name(at)),
        };
        let folder = folder_of(&file);
        if !folder.is_dir() {
            return Err(refuse(format!("There is no folder {}.", folder.display())));
        }
        require_free_name(&file, folder, database)?;
        self.require_replaceable(&file, database)?;
        Ok(file)
    }

    /// Whether what bears the name is replaced.
    pub(super) const fn replaces(&self) -> bool {
        matches!(self, Self::File { force: true, .. })
    }

    fn require_replaceable(&self, file: &Path, database: &Path) -> Result<()> {
        let there = match fs::symlink_metadata(file) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            there => there.map_err(|error| refuse(format!("{}: {error}.", file.display())))?,
        };
        let file = file.display();
        if there.is_dir() {
            return Err(refuse(format!("{file} is a folder: --into makes a backup in it.")));
        }
        if !there.is_file() {
            return Err(refuse(format!("{file} is not a plain file, so it is not replaced.")));
        }
        if fs::metadata(database)
            .is_ok_and(|own| (own.dev(), own.ino()) == (there.dev(), there.ino()))
        {
            return Err(refuse(format!("{file} is the database itself.")));
        }
        if !self.replaces() {
            let detail = format!("There is a file at {file} already; --force replaces a backup.");
            return Err(refuse(detail));
        }
        Ok(())
    }

    /// What is replaced must be a backup, so that a slip of the hand costs nothing else.
    pub(super) fn require_backup(&self, file: &Path) -> Result<()> {
        if !self.replaces() || !file.exists() {
            return Ok(());
        }
        if db::beside(file, "-wal").exists() || !db::is_ours(file) {
            let detail = format!(
                "{} is not a backup of Prêt, or it is in use: --force replaces backups alone.",
                file.display()
            );
            return Err(refuse(detail));
        }
        Ok(())
    }
}

/// The names that begin with that of the database are those of its own files.
fn require_free_name(file: &Path, folder: &Path, database: &Path) -> Result<()> {
    let real = |folder: &Path| fs::canonicalize(folder).ok();
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let (Some(name), Some(own)) = (name(file), name(database)) else {
        return Err(refuse(format!("{} names no file.", file.display())));
    };
    if real(folder) == real(folder_of(database)) && name.starts_with(&own) {
        let detail = format!(
            "{} can't be a backup: names in this folder that begin with {own} are those of the \
             database and what belongs to it.",
            file.display()
        );
        return Err(refuse(detail));
    }
    Ok(())
}

/// The names in a folder.
pub(super) fn names_in(folder: &Path) -> Result<Vec<String>> {
    let failed = |error| Error::internal(format!("{}: {error}", folder.display()));
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        names.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
    }
    Ok(names)
}

/// The folder a file stands in.
pub(super) fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

pub(super) fn refuse(detail: String) -> Error {
    Error::new(Code::ValidationFailed, detail)
}
