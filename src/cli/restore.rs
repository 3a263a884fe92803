//! `pret restore`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::progress::Progress;
use super::settings::Settings;
use super::{print, print_json};
use crate::backup::{self, Order, Restored};
use crate::kernel::SystemClock;
use crate::keys;

/// Put a backup in the place of the database; the server must not run.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pret restore /var/backups/pret/pret-2026-10-05T080000Z.db --yes
  pret restore /mnt/usb/pret.db --database /var/lib/pret/pret.db

The backup is checked first, and brought to the schema of this version when it is older. All
sessions are ended. The database that is replaced stays beside it, as <file>.<time>.replaced.")]
pub(super) struct Restore {
    #[command(flatten)]
    settings: Settings,
    /// The backup.
    file: PathBuf,
    /// Replace the database that is there.
    #[arg(long)]
    yes: bool,
    /// Restore although `pret verify` would find something wrong, unless the file is damaged.
    #[arg(long)]
    despite_findings: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Restore {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let database = self.settings.load(None)?.config.database;
        let order = Order {
            file: &self.file,
            database: &database,
            replace: self.yes,
            despite_findings: self.despite_findings,
            clock: Arc::new(SystemClock),
        };
        let restored = Progress::new().watch(|watching| backup::restore(&order, watching))?;
        if self.json {
            print_json(&restored)?;
        } else {
            tell(&self.file, &restored);
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn tell(file: &Path, restored: &Restored) {
    let database = restored.database.display();
    print(&format!("{database} is now what {} was", file.display()));
    if let Some(replaced) = &restored.replaced {
        print(&format!("the one before is kept as {}", replaced.display()));
    }
    for step in &restored.migrated {
        print(&format!("applied {step}"));
    }
    let Restored { sessions_ended, reset_tokens_ended, .. } = restored;
    print(&format!(
        "ended {sessions_ended} sessions and {reset_tokens_ended} tokens for a new password"
    ));
    for organization in &restored.organizations {
        print(&organization.to_string());
    }
    for finding in &restored.findings {
        print(&finding.to_string());
    }
    if !keys::path(&restored.database).exists() {
        print(
            "There is no key file beside it: the next start makes a new one. Put the old one there \
             first where it is at hand.",
        );
    }
    print("Next: start the server, have everybody sign in, and note the heads above.");
}
