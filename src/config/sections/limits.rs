//! What may be used up, and for how long.

use std::num::NonZeroU32;
use std::time::Duration;

use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::http::json::BodyLimits;
use crate::http::rate::Rate;

/// What one caller, and all together, may use up.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Whether requests and sign-ins are counted at all.
    #[garde(skip)]
    pub enabled: bool,
    /// How many requests one address may make per second, in the long run.
    #[garde(range(min = 1, max = 1_000_000))]
    pub requests_per_second: u32,
    /// How many it may make at once.
    #[garde(range(min = 1, max = 1_000_000))]
    pub burst: u32,
    /// The largest body, in bytes.
    #[garde(range(min = 1_024, max = 67_108_864))]
    pub body_bytes: usize,
    /// How long a body may trickle in, in seconds.
    #[garde(range(min = 1, max = 3_600))]
    pub body_seconds: u64,
    /// How long headers may trickle in and a connection may idle, in seconds.
    #[garde(range(min = 1, max = 3_600))]
    pub header_seconds: u64,
    /// How many connections are open at once; the next ones wait.
    #[garde(range(min = 1, max = 100_000))]
    pub connections: u32,
    /// How many reads of the database run at once.
    #[garde(range(min = 1, max = 256))]
    pub readers: u32,
    /// How many writes may wait; the next one is answered 503.
    #[garde(range(min = 1, max = 100_000))]
    pub write_queue: usize,
    /// How long running requests may take to end when the server stops, in seconds.
    #[garde(range(min = 0, max = 600))]
    pub stop_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            enabled: true,
            requests_per_second: 1_000,
            burst: 4_000,
            body_bytes: 1024 * 1024,
            body_seconds: 30,
            header_seconds: 30,
            connections: 800,
            readers: 8,
            write_queue: 1_024,
            stop_seconds: 20,
        }
    }
}

impl Limits {
    /// As the counting of requests takes them; none when it is switched off.
    pub fn rate(&self) -> Option<Rate> {
        let per_second = NonZeroU32::new(self.requests_per_second)?;
        let burst = NonZeroU32::new(self.burst)?;
        self.enabled.then_some(Rate { per_second, burst })
    }

    /// As the edge takes them.
    pub const fn body(&self) -> BodyLimits {
        BodyLimits { bytes: self.body_bytes, time: Duration::from_secs(self.body_seconds) }
    }
}
