//! Starts the command line; see `pret::cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    pret::cli::main()
}
