//! The secrets of a server: in a file of mode 0600 beside the database, never inside it, so that
//! no backup of the database contains them.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::db::beside;
use crate::kernel::{Error, Result};

/// A keyed hash (HMAC-SHA-256).
#[derive(Clone)]
pub struct Mac(Arc<[u8]>);

impl Mac {
    /// With this key.
    pub fn new(key: &[u8]) -> Self {
        Self(key.into())
    }

    /// 32 bytes that only a holder of the key can make.
    pub fn sign(&self, text: &[u8]) -> Vec<u8> {
        // HMAC takes keys of any length, so this can't fail.
        Hmac::<Sha256>::new_from_slice(&self.0)
            .map(|mac| mac.chain_update(text).finalize().into_bytes().to_vec())
            .unwrap_or_default()
    }
}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mac(hidden)")
    }
}

/// Seals cursors.
#[derive(Debug, Clone)]
pub struct CursorKey(pub Mac);

/// Makes fingerprints of requests.
#[derive(Debug, Clone)]
pub struct FingerprintKey(pub Mac);

/// A key that signs access tokens.
#[derive(Clone, Serialize, Deserialize)]
pub struct SigningKey {
    /// Named in the header of each token.
    pub id: String,
    secret: String,
}

impl SigningKey {
    /// The bytes that sign.
    pub fn secret(&self) -> &[u8] {
        self.secret.as_bytes()
    }
}

/// All secrets of a server.
#[derive(Clone)]
pub struct Keys(Arc<KeyFile>);

#[derive(Serialize, Deserialize)]
struct KeyFile {
    /// What cursors and fingerprints are derived from; stays when signing keys rotate.
    root: String,
    /// The first one signs; all of them verify.
    signing: Vec<SigningKey>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(hidden)")
    }
}

impl Keys {
    /// Fresh secrets, kept nowhere: for tests.
    pub fn random() -> Self {
        let signing = vec![SigningKey { id: random_text(6), secret: random_text(32) }];
        Self(Arc::new(KeyFile { root: random_text(32), signing }))
    }

    /// Reads the file beside the database, making it on first start.
    ///
    /// # Errors
    /// When the file can't be read or made, others may read it, or it is not ours.
    pub fn load_or_create(database: &Path) -> Result<Self> {
        let path = file_of(database);
        match fs::read_to_string(&path) {
            Ok(text) => {
                only_owner(&path)?;
                let file: KeyFile = serde_json::from_str(&text).map_err(|_| unusable(&path))?;
                if file.signing.is_empty() {
                    return Err(unusable(&path));
                }
                Ok(Self(Arc::new(file)))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::create(&path),
            Err(error) => Err(Error::internal(format!("{}: {error}", path.display()))),
        }
    }

    fn create(path: &Path) -> Result<Self> {
        use std::os::unix::fs::OpenOptionsExt;
        let keys = Self::random();
        let text = serde_json::to_string_pretty(&*keys.0).map_err(Error::internal)?;
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .map_err(Error::internal)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(Error::internal)?;
        Ok(keys)
    }

    /// The key that signs new tokens.
    pub fn signing(&self) -> Option<&SigningKey> {
        self.0.signing.first()
    }

    /// The key with this id.
    pub fn verifying(&self, id: &str) -> Option<&SigningKey> {
        self.0.signing.iter().find(|key| key.id == id)
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

/// The file that holds the secrets of the server on this database.
pub fn file_of(database: &Path) -> PathBuf {
    beside(database, ".keys")
}

/// So many random bytes, as text that is safe in URLs and headers.
pub fn random_text(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    rand::fill(&mut random[..]);
    URL_SAFE_NO_PAD.encode(random)
}

fn only_owner(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).map_err(Error::internal)?.permissions().mode();
    let others = mode & 0o077;
    if others == 0 {
        return Ok(());
    }
    Err(Error::internal(format!("{} may be read by others: chmod 600 it", path.display())))
}

fn unusable(path: &Path) -> Error {
    Error::internal(format!("{} is not a key file of Prêt", path.display()))
}
