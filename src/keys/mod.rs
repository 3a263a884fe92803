//! The secrets of a server: in a file of mode 0600 beside the database, never inside it, so that
//! no backup of the database contains them.
//!
//! The file holds a root, from which all is derived that must outlive a rotation (cursors,
//! fingerprints, tokens for a new password), and the keys of access tokens: the first one signs, and
//! those that were retired verify until the last token they signed has run out.

mod file;
mod ring;
mod rotation;

use std::fmt;
use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac as _};
use sha2::Sha256;

pub use file::{SigningKey, path};
pub use ring::Keys;
pub use rotation::{KeyNote, Retire, Rotated, drop_old, notes, rotate};

/// The longest life of an access token that the settings allow, in seconds.
pub const LONGEST_TOKEN_SECONDS: u32 = 86_400;

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

/// So many random bytes, as text that is safe in URLs and headers.
pub fn random_text(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    rand::fill(&mut random[..]);
    URL_SAFE_NO_PAD.encode(random)
}
