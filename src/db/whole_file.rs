//! A file that appears whole or not at all, on the disk and readable by its owner alone.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, fchown};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file in the making, beside the place where it is to appear. Dropped, it leaves nothing.
#[derive(Debug)]
pub struct WholeFile {
    file: NamedTempFile,
    path: PathBuf,
}

impl WholeFile {
    /// Begins a file of mode 0600.
    ///
    /// # Errors
    /// When nothing can be written in the folder.
    pub fn begin(path: &Path) -> io::Result<Self> {
        Ok(Self { file: NamedTempFile::new_in(folder(path))?, path: path.to_owned() })
    }

    /// Lets it appear where nothing is yet.
    ///
    /// # Errors
    /// `AlreadyExists` when something is there, or whatever the disk says.
    pub fn appear(self) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        self.file.persist_noclobber(&self.path).map_err(|refused| refused.error)?;
        settle(&self.path)
    }

    /// Puts it in the place of the file that is there: whoever reads sees the old one or the new
    /// one. It keeps the owner, so that root can do it for the account that serves.
    ///
    /// # Errors
    /// When nothing is there, or whatever the disk says.
    pub fn replace(self) -> io::Result<()> {
        let (old, new) = (fs::metadata(&self.path)?, self.file.as_file().metadata()?);
        if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
            fchown(self.file.as_file(), Some(old.uid()), Some(old.gid()))?;
        }
        self.file.as_file().sync_all()?;
        self.file.persist(&self.path).map_err(|refused| refused.error)?;
        settle(&self.path)
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A name that was given survives a power cut only when the folder is on the disk too.
fn settle(path: &Path) -> io::Result<()> {
    File::open(folder(path))?.sync_all()
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &Path, text: &str) -> WholeFile {
        let mut file = WholeFile::begin(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    #[test]
    fn it_appears_once_is_replaced_and_leaves_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        assert!(file(&path, "x").replace().is_err(), "there is nothing to replace");
        file(&path, "one").appear().unwrap();
        let again = file(&path, "two").appear().unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        drop(file(&path, "three"));
        file(&path, "four").replace().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "four");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
