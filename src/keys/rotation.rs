//! Changing the key that signs, beside a server that runs.

use std::fs::File;
use std::path::Path;

use serde::Serialize;

use super::file::{self, KeyFile, SigningKey};
use crate::kernel::{Code, Error, Result, Timestamp, bug};

/// What becomes of the keys that signed until now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retire {
    /// They verify until their last token has run out: nobody notices.
    Slowly,
    /// Their tokens are good no more: for keys that somebody else may have.
    AtOnce,
}

/// A signing key without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyNote {
    /// Named in the header of each token it signs.
    pub id: String,
    /// When it was made; null: before this was noted.
    pub created_at: Option<Timestamp>,
    /// Since when another key signs; null: this one does.
    pub retired_at: Option<Timestamp>,
    /// Until when its tokens are taken; null: as long as it signs.
    pub verifies_until: Option<Timestamp>,
}

impl From<&SigningKey> for KeyNote {
    fn from(key: &SigningKey) -> Self {
        Self {
            id: key.id.clone(),
            created_at: key.created_at,
            retired_at: key.retired_at,
            verifies_until: key.verifies_until(),
        }
    }
}

/// What a rotation left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rotated {
    /// The keys there are now; the first one signs.
    pub keys: Vec<KeyNote>,
    /// The ids of those that went.
    pub dropped: Vec<String>,
}

/// The keys of a database, the one that signs first.
///
/// # Errors
/// When there is no key file, or it can't be used.
pub fn notes(database: &Path) -> Result<Vec<KeyNote>> {
    Ok(require(&file::path(database))?.signing.iter().map(KeyNote::from).collect())
}

/// Makes a new key that signs from now on. A server that runs follows within a second or so.
///
/// # Errors
/// When there is no key file, or it can't be replaced.
pub fn rotate(database: &Path, now: Timestamp, retire: Retire) -> Result<Rotated> {
    let path = file::path(database);
    require(&path)?;
    let _lock = lock(&path)?;
    let mut keys = require(&path)?;
    let at_once = retire == Retire::AtOnce || bug::seeded("rotation_forgets_old_key");
    for key in &mut keys.signing {
        key.retired_at = key.retired_at.or(Some(now));
    }
    let dropped = take_out(&mut keys, |key| at_once || !key.verifies_at(now));
    keys.signing.insert(0, SigningKey::made(now));
    file::replace(&path, &keys)?;
    Ok(Rotated { keys: keys.signing.iter().map(KeyNote::from).collect(), dropped })
}

/// Takes retired keys that verify nothing any more out of the file, when there is one.
///
/// # Errors
/// When the file can't be used or replaced.
pub fn drop_old(database: &Path, now: Timestamp) -> Result<()> {
    let path = file::path(database);
    let is_old = |key: &SigningKey| !key.verifies_at(now);
    if !file::read(&path)?.is_some_and(|keys| keys.signing.iter().any(is_old)) {
        return Ok(());
    }
    let _lock = lock(&path)?;
    let mut keys = require(&path)?;
    take_out(&mut keys, is_old);
    file::replace(&path, &keys)
}

fn take_out(keys: &mut KeyFile, goes: impl Fn(&SigningKey) -> bool) -> Vec<String> {
    let (gone, stay): (Vec<_>, Vec<_>) = keys.signing.drain(..).partition(goes);
    keys.signing = stay;
    gone.into_iter().map(|key| key.id).collect()
}

fn require(path: &Path) -> Result<KeyFile> {
    file::read(path)?.ok_or_else(|| {
        let detail = format!(
            "There is no key file at {}: `pret serve` makes one when it starts, and --database \
             names another database.",
            path.display()
        );
        Error::new(Code::ValidationFailed, detail)
    })
}

/// Two rotations at once would each drop the key of the other: the second one waits. What is locked
/// is the folder: each rotation puts another key file in the place of the one before, and a lock
/// file that root has made would keep the account that serves out.
fn lock(path: &Path) -> Result<File> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let open = || {
        let folder = File::open(folder.unwrap_or(Path::new(".")))?;
        folder.lock()?;
        Ok(folder)
    };
    open().map_err(|error| file::failed(path, &error))
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;
    use crate::keys::Keys;

    const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);
    const DAY: i64 = 86_400_000;

    #[test]
    fn old_keys_stay_a_day_and_go_at_the_next_rotation_or_start() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("pret.db");
        drop_old(&database, NOW).unwrap();
        Keys::load_or_create(&database).unwrap();
        let first = notes(&database).unwrap().remove(0);
        let after = rotate(&database, NOW, Retire::Slowly).unwrap();
        assert_eq!(after.keys.len(), 2);
        assert_eq!((&after.keys[1].id, after.keys[1].retired_at), (&first.id, Some(NOW)));
        drop_old(&database, NOW.plus(DAY)).unwrap();
        assert_eq!(notes(&database).unwrap(), after.keys);
        let later = rotate(&database, NOW.plus(2 * DAY), Retire::Slowly).unwrap();
        assert_eq!((later.keys.len(), later.dropped), (2, vec![first.id]));
        drop_old(&database, NOW.plus(4 * DAY)).unwrap();
        assert_eq!(notes(&database).unwrap().len(), 1);
    }

    #[test]
    fn rotations_at_once_lose_no_key() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("pret.db");
        Keys::load_or_create(&database).unwrap();
        let barrier = Barrier::new(8);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    barrier.wait();
                    rotate(&database, NOW, Retire::Slowly).unwrap();
                });
            }
        });
        assert_eq!(notes(&database).unwrap().len(), 9);
    }

    #[test]
    fn without_a_file_nothing_is_made() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("pret.db");
        assert_eq!(notes(&database).unwrap_err().code(), Code::ValidationFailed);
        rotate(&database, NOW, Retire::Slowly).unwrap_err();
        assert!(!file::path(&database).exists());
    }
}
