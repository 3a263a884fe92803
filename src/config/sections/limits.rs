//! What may be used up, and for how long.

use std::num::NonZeroU32;
use std::time::Duration;

use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::http::edge::{Admission, Edge};
use crate::http::json::BodyLimits;
use crate::http::rate::Rate;
use crate::kernel::Networks;
use crate::metrics::Http;

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
    /// How many requests one account may make per second, in the long run.
    #[garde(range(min = 1, max = 1_000_000))]
    pub requests_per_second_per_user: u32,
    /// How many it may make at once.
    #[garde(range(min = 1, max = 1_000_000))]
    pub burst_per_user: u32,
    /// Proxies whose word on the client's address counts.
    #[garde(skip)]
    pub trusted_proxies: Networks,
    /// The largest headers together, in bytes.
    #[garde(range(min = 2_048, max = 262_144))]
    pub header_bytes: usize,
    /// The largest body, in bytes.
    #[garde(range(min = 1_024, max = 67_108_864))]
    pub body_bytes: usize,
    /// How much of bodies above 16 KiB is held at once, in bytes; at least one of the largest fits.
    #[garde(range(min = 1_048_576, max = 4_294_967_296))]
    pub bodies_bytes: u64,
    /// How long a body may trickle in, in seconds.
    #[garde(range(min = 1, max = 3_600))]
    pub body_seconds: u64,
    /// How long headers may trickle in and a connection may idle, in seconds.
    #[garde(range(min = 1, max = 3_600))]
    pub header_seconds: u64,
    /// How long a request may take, from its head to its answer, in seconds.
    #[garde(range(min = 1, max = 3_600))]
    pub request_seconds: u64,
    /// How many connections are open at once.
    #[garde(range(min = 1, max = 100_000))]
    pub connections: u32,
    /// How many of them one address may have; trusted proxies are not counted.
    #[garde(range(min = 1, max = 100_000))]
    pub connections_per_address: u32,
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
            requests_per_second_per_user: 200,
            burst_per_user: 2_000,
            trusted_proxies: Networks::default(),
            header_bytes: 16 * 1024,
            body_bytes: 1024 * 1024,
            bodies_bytes: 32 * 1024 * 1024,
            body_seconds: 30,
            header_seconds: 30,
            request_seconds: 60,
            connections: 4_096,
            connections_per_address: 1_024,
            readers: 8,
            write_queue: 1_024,
            stop_seconds: 20,
        }
    }
}

impl Limits {
    /// As the counting by address takes them; none when it is switched off.
    pub fn rate(&self) -> Option<Rate> {
        self.of(self.requests_per_second, self.burst)
    }

    /// As the counting by account takes them.
    pub fn user_rate(&self) -> Option<Rate> {
        self.of(self.requests_per_second_per_user, self.burst_per_user)
    }

    fn of(&self, per_second: u32, burst: u32) -> Option<Rate> {
        let (per_second, burst) = (NonZeroU32::new(per_second)?, NonZeroU32::new(burst)?);
        self.enabled.then_some(Rate { per_second, burst })
    }

    /// As the reading of bodies takes them.
    pub fn bodies(&self) -> BodyLimits {
        let together = usize::try_from(self.bodies_bytes).unwrap_or(usize::MAX);
        BodyLimits::new(self.body_bytes, Duration::from_secs(self.body_seconds), together)
    }

    /// As the edge takes them before it looks at a request.
    pub const fn admission(&self) -> Admission {
        Admission { header_bytes: self.header_bytes, body_bytes: self.body_bytes }
    }

    /// As the edge takes them around a request.
    pub fn edge(&self, counted: Http) -> Edge {
        let time = Duration::from_secs(self.request_seconds);
        Edge { proxies: self.trusted_proxies.clone(), time, counted }
    }
}
