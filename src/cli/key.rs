//! `pret key`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::settings::Settings;
use super::{print, print_json, table};
use crate::kernel::{Clock, SystemClock, Timestamp};
use crate::keys::{self, KeyNote, Retire, Rotated};

/// Show the keys that sign access tokens, or change them; also while the server runs.
#[derive(Debug, Args)]
pub(super) struct Key {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Show(Show),
    Rotate(Rotate),
}

/// List the keys by id and age; their secrets are never shown.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pret key show
  pret key show --json

The id stands in the header of each access token (`kid`).")]
struct Show {
    #[command(flatten)]
    settings: Settings,
    /// Print one JSON array.
    #[arg(long)]
    json: bool,
}

/// Make a new key that signs from now on.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pret key rotate
  pret key rotate --revoke
  pret key rotate --json

A running server follows within a second or so, and nobody is signed out: the key before verifies
until the last token it may have signed has run out (a day), and goes at a later rotation or start.

With --revoke the keys before are gone at once. All access tokens end; who is signed in gets a new
one by the refresh token, without a password. Do this when somebody else may have read the key file.")]
struct Rotate {
    #[command(flatten)]
    settings: Settings,
    /// End every access token that was signed so far.
    #[arg(long)]
    revoke: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Key {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Show(command) => command.run()?,
            Command::Rotate(command) => command.run()?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Show {
    fn run(self) -> anyhow::Result<()> {
        let notes = keys::notes(&database(&self.settings)?)?;
        if self.json {
            return print_json(&notes);
        }
        let mut table = table(["id", "made", "now"]);
        for note in &notes {
            let made = note.created_at.map_or("(unknown)".to_owned(), |at| at.to_string());
            table.add_row([note.id.clone(), made, state(note, SystemClock.now())]);
        }
        print(&table.to_string());
        Ok(())
    }
}

fn state(note: &KeyNote, now: Timestamp) -> String {
    match note.verifies_until {
        None => "signs".to_owned(),
        Some(until) if now < until => format!("verifies until {until}"),
        Some(_) => "verifies nothing any more; goes at the next start or rotation".to_owned(),
    }
}

impl Rotate {
    fn run(self) -> anyhow::Result<()> {
        let retire = if self.revoke { Retire::AtOnce } else { Retire::Slowly };
        let rotated = keys::rotate(&database(&self.settings)?, SystemClock.now(), retire)?;
        if self.json {
            return print_json(&rotated);
        }
        let Rotated { keys, dropped } = &rotated;
        let signs = keys.first().map(|key| key.id.as_str()).unwrap_or_default();
        print(&format!(
            "{signs} signs from now on; a running server follows within a second or so."
        ));
        if self.revoke {
            print("All access tokens end now; refresh tokens go on working.");
        } else {
            print("Nobody is signed out: what was signed before holds as long as it would have.");
        }
        for id in dropped {
            print(&format!("{id} is gone"));
        }
        Ok(())
    }
}

fn database(settings: &Settings) -> anyhow::Result<PathBuf> {
    Ok(settings.load(None)?.config.database)
}
