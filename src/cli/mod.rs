//! The command line: one file per subcommand, each thin over the same actions as the API.

mod backup;
mod completions;
mod config;
mod doctor;
mod erase;
mod import;
mod key;
mod man;
mod migrate;
mod openapi;
mod org;
mod people;
mod progress;
mod restore;
mod seed;
mod serve;
mod settings;
mod transfer;
mod user;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::kernel::Error;

/// The lending desk of a university in one binary.
#[derive(Debug, Parser)]
#[command(name = "pret", version, arg_required_else_help = true, max_term_width = 100)]
#[command(after_help = "Start with `pret serve`; every command explains itself with --help.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    Migrate(migrate::Migrate),
    Seed(seed::Seed),
    Config(config::Config),
    Openapi(openapi::Openapi),
    Org(org::Org),
    User(user::User),
    Verify(verify::Verify),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Key(key::Key),
    Doctor(doctor::Doctor),
    Completions(completions::Completions),
    Man(man::Man),
}

/// Parses, runs, and says what went wrong in words for a person.
pub fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(command) => command.run(),
        Command::Migrate(command) => command.run(),
        Command::Seed(command) => command.run(),
        Command::Config(command) => command.run(),
        Command::Org(command) => command.run(),
        Command::User(command) => command.run(),
        Command::Verify(command) => command.run(),
        Command::Backup(command) => command.run(),
        Command::Restore(command) => command.run(),
        Command::Key(command) => command.run(),
        Command::Doctor(command) => command.run(),
        Command::Completions(command) => command.run(),
        Command::Man(command) => command.run(),
        Command::Openapi(_) => openapi::Openapi::run(),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("pret: {}", words(&error));
        ExitCode::FAILURE
    })
}

/// The whole cause: who runs the command may know what a caller over HTTP may not.
fn words(error: &anyhow::Error) -> String {
    error.downcast_ref::<Error>().map_or_else(|| format!("{error:#}"), Error::told)
}

/// Writes what was asked for. A reader that has gone (`| head`) is no fault.
fn print(text: &str) {
    use std::io::Write;
    drop(writeln!(std::io::stdout(), "{text}"));
}

/// Writes what a script reads.
fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    print(&serde_json::to_string_pretty(value)?);
    Ok(())
}

/// A table without borders, as wide as its words.
fn table<const N: usize>(head: [&str; N]) -> comfy_table::Table {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_header(head);
    table
}
