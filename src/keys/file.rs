//! The key file: read, made and replaced as a whole, and readable by its owner alone.

use std::fs::{self, Metadata};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{LONGEST_TOKEN_SECONDS, random_text};
use crate::db::{WholeFile, beside};
use crate::kernel::clock::MINUTE;
use crate::kernel::{Error, Result, Timestamp, bug};

/// A key that signs access tokens.
#[derive(Clone, Serialize, Deserialize)]
pub struct SigningKey {
    /// Named in the header of each token.
    pub id: String,
    secret: String,
    /// When it was made; none: before this was noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// Since when another key signs; none: this one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<Timestamp>,
}

impl SigningKey {
    /// A new one.
    pub(super) fn made(at: Timestamp) -> Self {
        let (id, secret) = (random_text(6), random_text(32));
        Self { id, secret, created_at: Some(at), retired_at: None }
    }

    /// The bytes that sign.
    pub fn secret(&self) -> &[u8] {
        self.secret.as_bytes()
    }

    /// Until when its tokens are taken; none: it signs. A server may go on signing with a retired
    /// key for a moment, hence the minute.
    pub fn verifies_until(&self) -> Option<Timestamp> {
        let longest = i64::from(LONGEST_TOKEN_SECONDS) * 1000;
        self.retired_at.map(|retired| retired.plus(longest + MINUTE))
    }

    /// Whether its tokens are taken at this time.
    pub fn verifies_at(&self, now: Timestamp) -> bool {
        bug::seeded("retired_key_verifies_for_ever")
            || self.verifies_until().is_none_or(|until| now < until)
    }
}

/// What stands in the file.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct KeyFile {
    /// What cursors and fingerprints are derived from; stays when signing keys rotate.
    pub(super) root: String,
    /// The first one signs; all of them verify.
    pub(super) signing: Vec<SigningKey>,
}

impl KeyFile {
    /// Fresh secrets.
    pub(super) fn made(at: Timestamp) -> Self {
        Self { root: random_text(32), signing: vec![SigningKey::made(at)] }
    }
}

/// Tells one state of the file from the next without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp([i64; 4], [u64; 3]);

impl Stamp {
    /// As the file is now; none: it is not there.
    pub(super) fn of(path: &Path) -> Option<Self> {
        fs::metadata(path).ok().map(|found| Self::from(&found))
    }
}

impl From<&Metadata> for Stamp {
    fn from(found: &Metadata) -> Self {
        Self(
            [found.mtime(), found.mtime_nsec(), found.ctime(), found.ctime_nsec()],
            [found.dev(), found.ino(), found.size()],
        )
    }
}

/// The key file of a database.
pub fn path(database: &Path) -> PathBuf {
    beside(database, ".keys")
}

/// Reads the file; none: it is not there.
pub(super) fn read(path: &Path) -> Result<Option<KeyFile>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(path, &error)),
    };
    only_owner(path)?;
    let file: KeyFile = serde_json::from_str(&text).map_err(|_| unusable(path))?;
    if file.signing.is_empty() { Err(unusable(path)) } else { Ok(Some(file)) }
}

/// Puts the first file in its place; `false` when somebody else has been quicker.
pub(super) fn create(path: &Path, keys: &KeyFile) -> Result<bool> {
    match written(path, keys)?.appear() {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(failed(path, &error)),
    }
}

/// Puts a new file in the place of the old one.
pub(super) fn replace(path: &Path, keys: &KeyFile) -> Result<()> {
    written(path, keys)?.replace().map_err(|error| failed(path, &error))
}

fn written(path: &Path, keys: &KeyFile) -> Result<WholeFile> {
    let text = serde_json::to_string_pretty(keys).map_err(Error::internal)?;
    let write = || {
        let mut file = WholeFile::begin(path)?;
        file.write_all(text.as_bytes())?;
        Ok(file)
    };
    write().map_err(|error| failed(path, &error))
}

fn only_owner(path: &Path) -> Result<()> {
    let mode = fs::metadata(path).map_err(|error| failed(path, &error))?.mode();
    let others = mode & 0o077;
    if others == 0 {
        return Ok(());
    }
    Err(Error::internal(format!("{} may be read by others: chmod 600 it", path.display())))
}

fn unusable(path: &Path) -> Error {
    Error::internal(format!("{} is not a key file of Prêt", path.display()))
}

pub(super) fn failed(path: &Path, error: &std::io::Error) -> Error {
    Error::internal(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

    #[test]
    fn a_retired_key_verifies_as_long_as_its_tokens_can_live() {
        let mut key = SigningKey::made(NOW);
        assert!(key.verifies_at(NOW.plus(400 * 86_400_000)));
        key.retired_at = Some(NOW);
        assert!(key.verifies_at(NOW.plus(86_400_000)));
        assert!(!key.verifies_at(NOW.plus(86_400_000 + MINUTE)));
    }

    #[test]
    fn what_an_older_version_wrote_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pret.db.keys");
        fs::write(&path, r#"{"root":"r","signing":[{"id":"a","secret":"s"}]}"#).unwrap();
        assert!(format!("{:?}", read(&path).err().unwrap()).contains("chmod 600"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let read = read(&path).unwrap().unwrap();
        assert_eq!((read.root.as_str(), read.signing[0].retired_at), ("r", None));
    }

    #[test]
    fn the_first_file_stays_and_a_replacement_is_private_and_another_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pret.db.keys");
        let (first, second) = (KeyFile::made(NOW), KeyFile::made(NOW));
        assert!(create(&path, &first).unwrap());
        assert!(!create(&path, &second).unwrap());
        assert_eq!(read(&path).unwrap().unwrap().root, first.root);
        let before = Stamp::of(&path);
        replace(&path, &second).unwrap();
        assert_ne!(Stamp::of(&path), before);
        assert_eq!(read(&path).unwrap().unwrap().root, second.root);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing else is left");
    }
}
