//! `pret config`.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::settings::Settings;
use super::{print, print_json};

/// Show or check the settings.
#[derive(Debug, Args)]
pub(super) struct Config {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show every setting in force and where it comes from; secrets stay hidden.
    #[command(after_help = "\
Examples:
  pret config show
  PRET_LISTEN=127.0.0.1:9000 pret config show --json")]
    Show {
        #[command(flatten)]
        settings: Settings,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Check file and environment, and say what is wrong.
    #[command(after_help = "\
Example:
  pret config check --config /etc/pret/config.toml")]
    Check {
        #[command(flatten)]
        settings: Settings,
    },
}

impl Config {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Show { settings, json } => show(&settings, json)?,
            Command::Check { settings } => {
                settings.load(None)?;
                print("The settings are fine.");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn show(settings: &Settings, as_json: bool) -> anyhow::Result<()> {
    let settings = settings.load(None)?.settings();
    if as_json {
        let all: Map<String, Value> = settings
            .into_iter()
            .map(|(key, value, origin)| {
                (key, json!({ "value": value, "origin": origin.to_string() }))
            })
            .collect();
        return print_json(&all);
    }
    let mut table = super::table(["setting", "value", "from"]);
    for (key, value, origin) in settings {
        table.add_row([key, value.to_string(), origin.to_string()]);
    }
    print(&table.to_string());
    Ok(())
}
