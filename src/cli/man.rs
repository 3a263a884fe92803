//! `pret man`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Command, CommandFactory};
use clap_mangen::generate_to;

use super::{Cli, print};

/// Print the manual page of `pret` or of one of its commands, or write all of them into a folder.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pret man | man -l -
  pret man org create | man -l -
  pret man --out /usr/local/share/man/man1

The pages in the folder are named as `man pret` and `man pret-org-create` look for them.")]
pub(super) struct Man {
    /// Of which command, such as `org create`; of `pret` itself unless said.
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    command: Vec<String>,
    /// Write the page of every command into this folder.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

impl Man {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        if let Some(folder) = &self.out {
            std::fs::create_dir_all(folder)
                .and_then(|()| generate_to(Cli::command(), folder))
                .with_context(|| folder.display().to_string())?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut root = Cli::command().disable_help_subcommand(true);
        root.build();
        let mut page = Vec::new();
        clap_mangen::Man::new(named(&root, &self.command)?.clone()).render(&mut page)?;
        print(String::from_utf8(page)?.trim_end());
        Ok(ExitCode::SUCCESS)
    }
}

fn named<'a>(root: &'a Command, words: &[String]) -> anyhow::Result<&'a Command> {
    words.iter().try_fold(root, |above, word| {
        above.find_subcommand(word).with_context(|| {
            format!(
                "{} has no command `{word}`; see --help.",
                above.get_bin_name().unwrap_or("pret")
            )
        })
    })
}
