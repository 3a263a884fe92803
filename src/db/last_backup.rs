//! Word of the newest backup that was verified, beside the database: whoever made it, the server
//! or a command, all who watch can say how old it is.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::beside;
use super::partial::{Partial, give_to_owner};
use crate::kernel::{Error, Result, Timestamp};

/// A backup that was written and verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastBackup {
    /// When it was finished.
    pub at: Timestamp,
    /// Where it was written.
    pub file: PathBuf,
    /// Its size, in bytes.
    pub bytes: u64,
}

impl LastBackup {
    /// The newest one of this database, when there was any.
    ///
    /// # Errors
    /// When the word of it can't be read.
    pub fn of(database: &Path) -> Result<Option<Self>> {
        let path = beside(database, SUFFIX);
        match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).map(Some).map_err(|error| {
                Error::internal(format!("{} can't be understood: {error}", path.display()))
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::internal(format!("{}: {error}", path.display()))),
        }
    }

    /// Leaves word of it beside its database, whole or not at all.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn leave(&self, database: &Path) -> Result<()> {
        let text = serde_json::to_vec(self).map_err(Error::internal)?;
        let file = Partial::begin(&beside(database, SUFFIX))?;
        file.write(&text)?;
        give_to_owner(file.path(), database)?;
        file.place(true)
    }
}

pub(super) const SUFFIX: &str = ".last-backup";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_one_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("pret.db");
        assert_eq!(LastBackup::of(&database).unwrap(), None);
        for bytes in [1, 2] {
            let at = Timestamp::from_millis(1_700_000_000_000);
            let made = LastBackup { at, file: dir.path().join("copy"), bytes };
            made.leave(&database).unwrap();
            assert_eq!(LastBackup::of(&database).unwrap(), Some(made));
        }
    }

    #[test]
    fn a_word_that_is_not_ours_is_a_fault() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("pret.db.last-backup"), "yesterday").unwrap();
        LastBackup::of(&dir.path().join("pret.db")).unwrap_err();
    }
}
