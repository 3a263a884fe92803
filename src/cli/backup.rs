//! `pret backup`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use indicatif::HumanBytes;

use super::progress::Progress;
use super::settings::Settings;
use super::{print, print_json};
use crate::backup::{self, Made, Target};
use crate::kernel::{Clock, SystemClock};

/// Make a verified copy of the database, also while the server runs.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pret backup /mnt/usb/pret.db
  pret backup --into /var/backups/pret --keep 14
  pret backup --into /var/backups/pret --json | jq -r '.heads[]'

The copy is one file that its owner alone can read. It is looked at as `pret verify` does before it
gets its name. The exit status is 1 also when the copy is whole and the database shows that
something is wrong in it. The key file beside the database is not in it. The server can do this by
itself: see [backup] in config.toml.")]
pub(super) struct Backup {
    #[command(flatten)]
    settings: Settings,
    /// Where to write it; a file that is there is left alone.
    #[arg(value_name = "FILE", required_unless_present = "into", conflicts_with = "into")]
    file: Option<PathBuf>,
    /// Replace FILE when it is a backup.
    #[arg(long, requires = "file")]
    force: bool,
    /// Write it into this folder, as pret-<UTC time>.db.
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,
    /// Then remove the oldest backups named so in the folder, until so many are left.
    #[arg(long, value_name = "N", requires = "into", conflicts_with = "file",
        value_parser = clap::value_parser!(u32).range(1..=1000))]
    keep: Option<u32>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Backup {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let db = self.settings.open()?;
        let target = match (self.file, self.into) {
            (Some(path), _) => Target::File { path, force: self.force },
            (None, into) => Target::Folder { path: into.unwrap_or_default(), keep: self.keep },
        };
        let progress = Progress::new();
        let made =
            progress.watch(|watching| backup::make(&db, &target, SystemClock.now(), watching))?;
        if self.json {
            print_json(&made)?;
        } else {
            tell(&made);
        }
        Ok(if made.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn tell(made: &Made) {
    let Made { file, bytes, copied_ms, verified_ms, .. } = made;
    let (file, size) = (file.display(), HumanBytes(*bytes));
    print(&format!("{file}: {size}, copied in {copied_ms} ms, verified in {verified_ms} ms"));
    for organization in &made.organizations {
        print(&organization.to_string());
    }
    for file in &made.removed {
        print(&format!("removed {}", file.display()));
    }
    for finding in &made.findings {
        print(&finding.to_string());
    }
    if !made.findings.is_empty() {
        print(
            "The copy is whole, but so is what is wrong in the database. No older one was removed.",
        );
    }
}
