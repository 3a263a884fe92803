//! Copies of the database that the server makes by itself.

use std::path::PathBuf;

use garde::Validate;
use serde::{Deserialize, Serialize};

/// Copies of the database.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct Backup {
    /// Where the server puts them, a folder that is there; none: it makes none by itself.
    #[garde(inner(custom(named)))]
    pub folder: Option<PathBuf>,
    /// How often, in hours.
    #[garde(range(min = 1, max = 720))]
    pub every_hours: u32,
    /// How many of them are kept.
    #[garde(range(min = 1, max = 1_000))]
    pub keep: u32,
    /// Whether Litestream runs beside the server and folds the log into the file.
    #[garde(skip)]
    pub litestream: bool,
}

impl Default for Backup {
    fn default() -> Self {
        Self { folder: None, every_hours: 24, keep: 14, litestream: false }
    }
}

#[expect(clippy::ptr_arg, reason = "garde hands over the field as it is")]
fn named(path: &PathBuf, (): &()) -> garde::Result {
    if path.as_os_str().is_empty() {
        return Err(garde::Error::new("must name a folder"));
    }
    Ok(())
}
