//! The settings themselves: one file per section.

mod auth;
mod backup;
mod cors;
mod limits;
mod log;
mod metrics;
mod retention;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use garde::Validate;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

pub use auth::Auth;
pub use backup::Backup;
pub use cors::Cors;
pub use limits::Limits;
pub use log::{Level, Log, LogFormat};
pub use metrics::Metrics;
pub use retention::Retention;

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
    /// What links to this server begin with, such as `https://pret.example.edu`; `http://` and the
    /// address it listens at unless said.
    #[garde(inner(custom(cors::is_origin)))]
    pub public_url: Option<String>,
    /// Signing in.
    #[garde(dive)]
    pub auth: Auth,
    /// What one caller, and all together, may use up.
    #[garde(dive)]
    pub limits: Limits,
    /// Copies of the database.
    #[garde(dive)]
    pub backup: Backup,
    /// Web pages of other origins.
    #[garde(dive)]
    pub cors: Cors,
    /// How long what is needed for a while is kept.
    #[garde(dive)]
    pub retention: Retention,
    /// What is written to the log.
    #[garde(skip)]
    pub log: Log,
    /// Who may read the figures.
    #[garde(dive)]
    pub metrics: Metrics,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database: PathBuf::from("data/pret.db"),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: None,
            auth: Auth::default(),
            limits: Limits::default(),
            backup: Backup::default(),
            cors: Cors::default(),
            retention: Retention::default(),
            log: Log::default(),
            metrics: Metrics::default(),
        }
    }
}

impl Config {
    /// What links begin with, to a server that listens at this address.
    pub fn base_url(&self, listens_at: SocketAddr) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{listens_at}"))
    }
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
