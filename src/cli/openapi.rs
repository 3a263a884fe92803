//! `pret openapi`.

use std::process::ExitCode;

use clap::Args;

use super::print;
use crate::http::router;

/// Print the OpenAPI document of the API, as GET /openapi.json serves it.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  pret openapi > openapi.json")]
pub(super) struct Openapi;

impl Openapi {
    pub(super) fn run() -> anyhow::Result<ExitCode> {
        print(&router::document().to_pretty_json()?);
        Ok(ExitCode::SUCCESS)
    }
}
