//! Settings.

use std::time::Duration;

use crate::http::json::BodyLimits;

/// All settings.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// What one caller may use up.
    pub limits: Limits,
}

/// What one caller may use up.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The largest body, in bytes.
    pub body_bytes: usize,
    /// How long a body may trickle in, in seconds.
    pub body_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { body_bytes: 1024 * 1024, body_seconds: 30 }
    }
}

impl Limits {
    /// As the edge takes them.
    pub const fn body(&self) -> BodyLimits {
        BodyLimits { bytes: self.body_bytes, time: Duration::from_secs(self.body_seconds) }
    }
}
