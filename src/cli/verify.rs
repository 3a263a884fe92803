//! `pret verify`.

use std::process::ExitCode;

use clap::Args;
use indicatif::ProgressBar;

use super::settings::Settings;
use super::{print, print_json};
use crate::verify::{ExpectedHead, Report, verify};

/// Check the whole database: the file, its references, bookings and maintenance against claims,
/// fines against payments, the waitlist, audit trails.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pret verify
  pret verify --json > report.json
  pret verify --expect-head 01930f2e-…:4711:9c1b…

The exit status is 1 when something is wrong. Note the heads that are printed somewhere else: a
trail by itself can't show that its end was cut off or written anew, a head noted before can.")]
pub(super) struct Verify {
    #[command(flatten)]
    settings: Settings,
    /// A head that was printed before; can be given for each organization.
    #[arg(long, value_name = "ORG:SEQ:HASH")]
    expect_head: Vec<ExpectedHead>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let db = self.settings.open()?;
        // Shown on a terminal only.
        let progress = ProgressBar::new_spinner();
        progress.enable_steady_tick(std::time::Duration::from_millis(100));
        let tell = |what: &str| progress.set_message(what.to_owned());
        let report = verify(&db, &self.expect_head, &tell)?;
        progress.finish_and_clear();
        if self.json {
            print_json(&report)?;
        } else {
            tell_report(&report);
        }
        Ok(if report.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn tell_report(report: &Report) {
    for organization in &report.organizations {
        print(&organization.to_string());
    }
    for finding in &report.findings {
        print(&finding.to_string());
    }
    if report.findings.is_empty() {
        print("Everything agrees.");
    }
}
