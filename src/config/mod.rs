//! Settings: their defaults, what is allowed, and where each came from.
//!
//! Defaults, then `config.toml`, then `PRET_*`, then flags. Checked once, at the start.

mod load;
mod sections;

pub use load::{Flag, Loaded, Origin, load};
pub use sections::{Auth, Backup, Config, Cors, Level, Limits, Log, LogFormat, Metrics, Retention};
