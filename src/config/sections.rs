//! The settings themselves.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use garde::Validate;
use secrecy::{ExposeSecret, SecretString};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::http::json::BodyLimits;
use crate::http::rate::Rate;

/// All settings.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The database file.
    #[garde(custom(named))]
    pub database: PathBuf,
    /// Where to listen; port 0 takes any free one.
    #[garde(skip)]
    #[serde(deserialize_with = "address")]
    pub listen: SocketAddr,
    /// Signing in.
    #[garde(dive)]
    pub auth: Auth,
    /// What one caller, and all together, may use up.
    #[garde(dive)]
    pub limits: Limits,
    /// Web pages of other origins.
    #[garde(dive)]
    pub cors: Cors,
    /// What is written to the log.
    #[garde(skip)]
    pub log: Log,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database: PathBuf::from("data/pret.db"),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            auth: Auth::default(),
            limits: Limits::default(),
            cors: Cors::default(),
            log: Log::default(),
        }
    }
}

/// Signing in.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct Auth {
    /// How long an access token is good for, in seconds.
    #[garde(range(min = 60, max = 86_400))]
    pub access_token_ttl_seconds: u32,
    /// How long a refresh token is good for, in days.
    #[garde(range(min = 1, max = 365))]
    pub refresh_token_ttl_days: u32,
    /// What the first organization is made with; without it a file beside the database holds one.
    #[garde(custom(long_enough))]
    #[serde(serialize_with = "hidden")]
    pub bootstrap_token: Option<SecretString>,
    /// How many passwords are hashed at once; each takes about 20 MiB.
    #[garde(range(min = 1, max = 64))]
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

/// Web pages of other origins that may call.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct Cors {
    /// Such as `https://desk.example.edu`; none by default.
    #[garde(inner(custom(is_origin)))]
    pub origins: Vec<String>,
}

/// What is written to the log.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// For people or for programs.
    pub format: LogFormat,
    /// The least that is written.
    pub level: Level,
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One object a line.
    Json,
}

/// How much is written to the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Faults.
    Error,
    /// And what should be looked at.
    Warn,
    /// And one line per request.
    #[default]
    Info,
    /// And how it came about.
    Debug,
    /// And everything else.
    Trace,
}

fn address<'de, D: Deserializer<'de>>(from: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map_err(|_| {
        D::Error::custom(format!("`{text}` is no ADDRESS:PORT such as 127.0.0.1:8080"))
    })
}

#[expect(clippy::ptr_arg, reason = "garde hands over the field as it is")]
fn named(path: &PathBuf, (): &()) -> garde::Result {
    if path.as_os_str().is_empty() {
        return Err(garde::Error::new("must name a file"));
    }
    Ok(())
}

#[expect(clippy::ref_option, reason = "garde hands over the field as it is")]
fn long_enough(token: &Option<SecretString>, (): &()) -> garde::Result {
    let length = token.as_ref().map(|token| token.expose_secret().len());
    if length.is_some_and(|length| !(16..=256).contains(&length)) {
        return Err(garde::Error::new("must have 16 to 256 characters"));
    }
    Ok(())
}

#[expect(clippy::ptr_arg, reason = "garde hands over the field as it is")]
fn is_origin(origin: &String, (): &()) -> garde::Result {
    let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    let is_plain = |host: &str| {
        host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte))
    };
    if host.is_some_and(|host| !host.is_empty() && is_plain(host)) {
        return Ok(());
    }
    Err(garde::Error::new("must be a scheme and a host, such as https://desk.example.edu"))
}

#[expect(clippy::ref_option, reason = "serde hands over the field as it is")]
fn hidden<S: Serializer>(secret: &Option<SecretString>, to: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(|_| "(hidden)").serialize(to)
}
