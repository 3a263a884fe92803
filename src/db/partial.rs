//! Files that appear whole or not at all: made under another name beside their own, which they are
//! given at the end.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use super::beside;
use crate::kernel::{Code, Error, Result, bug};

/// Behind the name of a file that is not whole yet.
pub(super) const PARTIAL: &str = ".partial";
/// Behind the name of a database, the files that SQLite keeps with it.
pub(super) const SIDES: [&str; 3] = ["-wal", "-shm", "-journal"];

/// A file in the making. Dropped before it was placed, it goes.
#[derive(Debug)]
pub struct Partial {
    target: PathBuf,
    path: PathBuf,
}

impl Partial {
    /// Begins what is going to be `target`, readable by its owner alone. What an attempt that was
    /// cut off has left under the same name goes first.
    ///
    /// # Errors
    /// When it can't be made there.
    pub fn begin(target: &Path) -> Result<Self> {
        use std::os::unix::fs::OpenOptionsExt;
        let partial = Self { target: target.to_owned(), path: beside(target, PARTIAL) };
        partial.clear();
        let mut options = OpenOptions::new();
        let made = options.write(true).create_new(true).mode(0o600).open(&partial.path);
        made.map_err(|error| failed(&partial.path, &error))?;
        Ok(partial)
    }

    /// Where it is being made.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts these bytes into it.
    pub(super) fn write(&self, bytes: &[u8]) -> Result<()> {
        let written = OpenOptions::new()
            .write(true)
            .open(&self.path)
            .and_then(|mut file| file.write_all(bytes));
        written.map_err(|error| failed(&self.path, &error))
    }

    /// Gives the file its name, once its bytes are on the disk; what bears the name already is
    /// replaced only where that is asked for.
    ///
    /// # Errors
    /// When the name is taken, or the disk fails; then the file goes.
    pub fn place(self, replace: bool) -> Result<()> {
        let failed = |error: std::io::Error| failed(&self.target, &error);
        File::open(&self.path).and_then(|file| file.sync_all()).map_err(failed)?;
        let path = TempPath::try_from_path(&self.path).map_err(failed)?;
        let placed = if replace || bug::seeded("backup_over_another") {
            path.persist(&self.target)
        } else {
            path.persist_noclobber(&self.target)
        };
        match placed {
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => {
                return Err(exists(&self.target));
            }
            placed => placed.map_err(|error| failed(error.error))?,
        }
        sync_folder(&self.target)
    }

    fn clear(&self) {
        for ending in std::iter::once("").chain(SIDES) {
            // What is not there needs no removing, and what stays shows itself when it is made anew.
            drop(fs::remove_file(beside(&self.path, ending)));
        }
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Gives a file that root made to whom the database belongs: the server must be able to use it.
pub(super) fn give_to_owner(file: &Path, database: &Path) -> Result<()> {
    use std::os::unix::fs::{MetadataExt, chown};
    let owner = fs::metadata(database).or_else(|_| fs::metadata(folder_of(database)));
    let owner = owner.map_err(|error| failed(database, &error))?;
    let own = fs::metadata(file).map_err(|error| failed(file, &error))?;
    if own.uid() != 0 || (own.uid(), own.gid()) == (owner.uid(), owner.gid()) {
        return Ok(());
    }
    chown(file, Some(owner.uid()), Some(owner.gid())).map_err(|error| failed(file, &error))
}

/// That there is such a file, which nobody asked to replace.
pub(super) fn exists(path: &Path) -> Error {
    Error::new(Code::ValidationFailed, format!("There is a file at {} already.", path.display()))
}

/// The folder a file stands in.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes names that were given or taken away in the folder of this file outlast a power cut.
pub(super) fn sync_folder(path: &Path) -> Result<()> {
    let folder = folder_of(path);
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| failed(folder, &error))
}

pub(super) fn failed(path: &Path, error: &std::io::Error) -> Error {
    Error::internal(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_at_the_end_and_over_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("copy");
        let partial = Partial::begin(&target).unwrap();
        partial.write(b"one").unwrap();
        assert!(!target.exists());
        partial.place(false).unwrap();
        let second = Partial::begin(&target).unwrap();
        second.write(b"two").unwrap();
        second.place(false).unwrap_err();
        assert_eq!(fs::read(&target).unwrap(), b"one");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_was_cut_off_is_made_anew() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("copy");
        for ending in ["", "-wal", "-shm"] {
            fs::write(beside(&target, &format!("{PARTIAL}{ending}")), "left").unwrap();
        }
        Partial::begin(&target).unwrap().place(false).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
