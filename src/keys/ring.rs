//! The keys in the hand of a running process, which follow the file when somebody rotates them.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::file::{self, KeyFile, SigningKey, Stamp};
use super::{CursorKey, FingerprintKey, Mac};
use crate::kernel::{Clock, Error, Result, SystemClock, Timestamp, bug};

/// How often the file is looked at, at the most: whatever is asked for, by however many, it costs
/// one question to the file system in this time.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// All secrets of a server.
#[derive(Clone)]
pub struct Keys(Arc<Ring>);

struct Ring {
    root: String,
    signing: RwLock<Arc<Vec<SigningKey>>>,
    /// None: the keys are kept nowhere.
    watch: Option<Watch>,
}

/// Looks whether the file has changed.
struct Watch {
    path: PathBuf,
    last: Mutex<Look>,
}

struct Look {
    at: Instant,
    found: Option<Stamp>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(hidden)")
    }
}

impl Keys {
    /// Fresh secrets, kept nowhere: for tests.
    pub fn random() -> Self {
        Self::of(KeyFile::made(SystemClock.now()), None)
    }

    /// Reads the file beside the database, making it on first start.
    ///
    /// # Errors
    /// When the file can't be read or made, others may read it, or it is not ours.
    pub fn load_or_create(database: &Path) -> Result<Self> {
        let path = file::path(database);
        let read = || {
            // In this order a change in between is seen at the next look.
            let found = Stamp::of(&path);
            Ok::<_, Error>(file::read(&path)?.map(|keys| (keys, found)))
        };
        let first = read()?;
        let (keys, found) = if let Some(there) = first {
            there
        } else {
            file::create(&path, &KeyFile::made(SystemClock.now()))?;
            read()?.ok_or_else(|| Error::internal(format!("{} is gone", path.display())))?
        };
        let last = Mutex::new(Look { at: Instant::now(), found });
        Ok(Self::of(keys, Some(Watch { path, last })))
    }

    fn of(keys: KeyFile, watch: Option<Watch>) -> Self {
        let signing = RwLock::new(Arc::new(keys.signing));
        Self(Arc::new(Ring { root: keys.root, signing, watch }))
    }

    /// The key that signs new tokens.
    pub fn signing(&self) -> Option<SigningKey> {
        self.0.current().first().cloned()
    }

    /// The key with this id, while its tokens are taken.
    pub fn verifying(&self, id: &str, now: Timestamp) -> Option<SigningKey> {
        self.0.current().iter().find(|key| key.id == id && key.verifies_at(now)).cloned()
    }

    /// The key that seals cursors.
    pub fn cursor(&self) -> CursorKey {
        CursorKey(self.derive("cursor"))
    }

    /// The key of request fingerprints.
    pub fn fingerprint(&self) -> FingerprintKey {
        FingerprintKey(self.derive("fingerprint"))
    }

    /// The key that tokens for a new password are made with.
    pub fn password_reset(&self) -> Mac {
        self.derive("password reset")
    }

    fn derive(&self, purpose: &str) -> Mac {
        Mac::new(&Mac::new(self.0.root.as_bytes()).sign(purpose.as_bytes()))
    }
}

impl Ring {
    /// The keys as the file has them now, or had them a moment ago.
    fn current(&self) -> Arc<Vec<SigningKey>> {
        if let Some(keys) = self.watch.as_ref().and_then(|watch| watch.news(&self.root)) {
            *self.signing.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
        }
        Arc::clone(&self.signing.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Watch {
    /// The keys of a file that has changed. A file that can't be used changes nothing: who is
    /// signed in stays so, and the log says what is wrong, once.
    fn news(&self, root: &str) -> Option<Vec<SigningKey>> {
        // While somebody else looks, what is known is good enough.
        let mut last = self.last.try_lock().ok()?;
        if last.at.elapsed() < LOOK_EVERY || bug::seeded("keys_never_reread") {
            return None;
        }
        last.at = Instant::now();
        let found = Stamp::of(&self.path);
        if found == last.found {
            return None;
        }
        last.found = found;
        match file::read(&self.path) {
            Ok(Some(keys)) if keys.root == root => {
                tracing::info!(keys = keys.signing.len(), "the keys have been rotated");
                return Some(keys.signing);
            }
            Ok(Some(_)) => tracing::error!(
                file = %self.path.display(),
                "another key file stands in the place of ours: restart to use it"
            ),
            Ok(None) => tracing::error!(
                file = %self.path.display(),
                "the key file is gone: put it back, or restart to make a new one"
            ),
            Err(error) => tracing::error!(?error, "the key file can't be used; the old keys stay"),
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{Retire, rotate};

    const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

    /// As if the last look were long ago.
    fn look_again(keys: &Keys) {
        let watch = keys.0.watch.as_ref().unwrap();
        watch.last.lock().unwrap().at = Instant::now().checked_sub(LOOK_EVERY).unwrap();
    }

    #[test]
    fn a_rotation_is_followed_and_what_is_derived_stays() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("pret.db");
        let keys = Keys::load_or_create(&database).unwrap();
        let (old, cursor) = (keys.signing().unwrap().id, keys.cursor().0.sign(b"x"));
        rotate(&database, NOW, Retire::Slowly).unwrap();
        assert_eq!(keys.signing().unwrap().id, old, "the file is not looked at all the time");
        look_again(&keys);
        assert_ne!(keys.signing().unwrap().id, old);
        assert!(keys.verifying(&old, NOW).is_some());
        assert_eq!(keys.cursor().0.sign(b"x"), cursor);
        rotate(&database, NOW, Retire::AtOnce).unwrap();
        look_again(&keys);
        assert!(keys.verifying(&old, NOW).is_none());
    }

    #[test]
    fn a_file_that_is_gone_damaged_or_of_another_root_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("pret.db");
        let keys = Keys::load_or_create(&database).unwrap();
        let old = keys.signing().unwrap().id;
        let path = file::path(&database);
        for text in [None, Some("nonsense".to_owned())] {
            match text {
                None => std::fs::remove_file(&path).unwrap(),
                Some(text) => std::fs::write(&path, text).unwrap(),
            }
            look_again(&keys);
            assert_eq!(keys.signing().unwrap().id, old);
        }
        std::fs::remove_file(&path).unwrap();
        file::create(&path, &KeyFile::made(NOW)).unwrap();
        look_again(&keys);
        assert_eq!(keys.signing().unwrap().id, old);
    }

    #[test]
    fn many_questions_are_one_look() {
        let dir = tempfile::tempdir().unwrap();
        let keys = Keys::load_or_create(&dir.path().join("pret.db")).unwrap();
        look_again(&keys);
        keys.verifying("garbage", NOW);
        let at = keys.0.watch.as_ref().unwrap().last.lock().unwrap().at;
        for number in 0..100 {
            keys.verifying(&format!("garbage {number}"), NOW);
        }
        assert_eq!(keys.0.watch.as_ref().unwrap().last.lock().unwrap().at, at);
    }
}
