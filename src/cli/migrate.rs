//! `pret migrate`.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::settings::Settings;
use super::{print, print_json};
use crate::db::{self, ServeLock};

/// Bring the database to the schema of this version, making it when it is not there.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pret migrate
  pret migrate --database /var/lib/pret/pret.db --json

A database with data is copied first; the copy lies beside it. `pret serve` does the same. While a
server runs on the database nothing is migrated.")]
pub(super) struct Migrate {
    #[command(flatten)]
    settings: Settings,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Migrate {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let database = self.settings.load(None)?.config.database;
        db::make_folder(&database)?;
        let lacks = !database.exists() || db::pending(&database)?;
        // A server would go on with the old schema.
        let _lock = lacks.then(|| ServeLock::acquire(&database)).transpose()?;
        let migrated = db::migrate(&database)?;
        if self.json {
            print_json(&json!({
                "database": database,
                "applied": migrated.applied,
                "backup": migrated.backup,
            }))?;
            return Ok(ExitCode::SUCCESS);
        }
        if let Some(backup) = &migrated.backup {
            print(&format!("copied before: {}", backup.display()));
        }
        for step in &migrated.applied {
            print(&format!("applied {step}"));
        }
        print(&format!("{} is up to date", database.display()));
        Ok(ExitCode::SUCCESS)
    }
}
