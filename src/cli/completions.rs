//! `pret completions`.

use std::process::ExitCode;

use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::{Shell, generate};

use super::{Cli, print};

/// Print what completes `pret` on the command line of a shell.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples, for the account that runs them:
  pret completions bash > ~/.local/share/bash-completion/completions/pret
  pret completions zsh  > ~/.zfunc/_pret
  pret completions fish > ~/.config/fish/completions/pret.fish

For everybody: /usr/share/bash-completion/completions/pret, /usr/share/zsh/site-functions/_pret,
/usr/share/fish/vendor_completions.d/pret.fish. zsh looks into ~/.zfunc only when ~/.zshrc says
`fpath=(~/.zfunc $fpath)` above `autoload -Uz compinit && compinit`. Open a new shell then.")]
pub(super) struct Completions {
    /// For which shell.
    #[arg(value_enum)]
    shell: OurShell,
}

/// The shells that are tried before a release.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum OurShell {
    Bash,
    Zsh,
    Fish,
}

impl Completions {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let shell = match self.shell {
            OurShell::Bash => Shell::Bash,
            OurShell::Zsh => Shell::Zsh,
            OurShell::Fish => Shell::Fish,
        };
        let mut script = Vec::new();
        generate(shell, &mut Cli::command(), "pret", &mut script);
        print(String::from_utf8(script)?.trim_end());
        Ok(ExitCode::SUCCESS)
    }
}
