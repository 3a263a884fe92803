//! Settings.

use std::time::Duration;

use secrecy::SecretString;

use crate::http::json::BodyLimits;

/// All settings.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Signing in.
    pub auth: Auth,
    /// What one caller may use up.
    pub limits: Limits,
}

/// Signing in.
#[derive(Debug, Clone)]
pub struct Auth {
    /// How long an access token is good for, in seconds.
    pub access_token_ttl_seconds: u32,
    /// How long a refresh token is good for, in days.
    pub refresh_token_ttl_days: u32,
    /// What the first organization is made with; without it a file beside the database holds one.
    pub bootstrap_token: Option<SecretString>,
    /// How many passwords are hashed at once; each takes about 20 MiB.
    pub hashes_at_once: u32,
}

impl Default for Auth {
    fn default() -> Self {
        Self {
            access_token_ttl_seconds: 900,
            refresh_token_ttl_days: 30,
            bootstrap_token: None,
            hashes_at_once: 4,
        }
    }
}

/// What one caller may use up.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Whether requests and sign-ins are counted at all.
    pub enabled: bool,
    /// The largest body, in bytes.
    pub body_bytes: usize,
    /// How long a body may trickle in, in seconds.
    pub body_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { enabled: true, body_bytes: 1024 * 1024, body_seconds: 30 }
    }
}

impl Limits {
    /// As the edge takes them.
    pub const fn body(&self) -> BodyLimits {
        BodyLimits { bytes: self.body_bytes, time: Duration::from_secs(self.body_seconds) }
    }
}
