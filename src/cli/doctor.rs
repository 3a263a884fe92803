//! `pret doctor`.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::settings::Settings;
use super::{print, print_json, words};
use crate::doctor::{self, Finding, State};
use crate::kernel::{Clock, SystemClock};

/// Look whether everything is as a server needs it, and say what to do where it is not.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pret doctor
  sudo -u pret pret doctor --config /etc/pret/config.toml
  pret doctor --json | jq '.checks[] | select(.state != \"ok\")'

Run it as the account that serves, while the server runs or when it does not: nothing is changed.
The exit status is 1 when there is a fault; a warning alone is none. `pret verify` looks deeper
into the data.")]
pub(super) struct Doctor {
    #[command(flatten)]
    settings: Settings,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let findings = match self.settings.load(None) {
            Ok(settings) => doctor::examine(&settings, SystemClock.now()),
            Err(error) => doctor::unreadable_settings(&words(&error.into())),
        };
        let count = |state| findings.iter().filter(|finding| finding.state == state).count();
        let (warnings, faults) = (count(State::Warning), count(State::Fault));
        if self.json {
            print_json(&json!({ "checks": findings, "warnings": warnings, "faults": faults }))?;
        } else {
            findings.iter().for_each(tell);
            print(&format!("{} checks, {warnings} warnings, {faults} faults", findings.len()));
        }
        Ok(if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn tell(finding: &Finding) {
    let state = match finding.state {
        State::Ok => "ok",
        State::Warning => "WARNING",
        State::Fault => "FAULT",
    };
    print(&format!("{state:<8} {:<16} {}", finding.check, finding.found));
    if let Some(advice) = &finding.advice {
        print(&format!("{:<8} {:<16} → {advice}", "", ""));
    }
}
