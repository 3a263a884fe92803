//! The options that every command on a database shares.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use crate::config::{self, Flag, Loaded};
use crate::db::{Db, DbOptions};
use crate::kernel::{Code, Error, Result, SystemClock};

/// Which settings and which database.
#[derive(Debug, Args)]
pub(super) struct Settings {
    /// Read this file instead of ./config.toml.
    #[arg(long, value_name = "FILE", env = "PRET_CONFIG")]
    config: Option<PathBuf>,
    /// The database file.
    #[arg(long, value_name = "FILE")]
    database: Option<PathBuf>,
}

impl Settings {
    /// The database, which must be of this version; a server may run on it meanwhile.
    pub(super) fn open(&self) -> Result<Db> {
        let config = self.load(None)?.config;
        let database = config.database;
        if !database.exists() {
            let detail = format!(
                "There is no database at {}: `pret migrate` makes one, and --database names another.",
                database.display()
            );
            return Err(Error::new(Code::ValidationFailed, detail));
        }
        let checkpoints = !config.backup.litestream;
        let options = DbOptions::new(Arc::new(SystemClock));
        Db::open(&database, DbOptions { readers: 1, checkpoints, ..options })
    }

    /// All settings in force, with further flags of the command.
    pub(super) fn load(&self, further: Option<Flag>) -> Result<Loaded> {
        let database = self.database.as_ref().map(|path| Flag {
            name: "--database",
            key: "database",
            value: path.to_string_lossy().into_owned(),
        });
        let flags: Vec<Flag> = database.into_iter().chain(further).collect();
        let environment = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        });
        config::load(self.config.as_deref(), environment, &flags)
    }
}
