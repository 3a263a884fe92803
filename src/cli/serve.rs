//! `pret serve`.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::seed::{self, Demo};
use super::settings::Settings;
use crate::config::Flag;
use crate::serve::{self, Ended, Server};

/// Serve the API, after bringing the database up to date.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pret serve
  pret serve --demo
  pret serve --database /var/lib/pret/pret.db --listen 127.0.0.1:8080
  PRET_LIMITS__ENABLED=false pret serve --listen 127.0.0.1:0

The address in use is printed on the first line. SIGTERM and Ctrl-C let running requests end.")]
pub(super) struct Serve {
    #[command(flatten)]
    settings: Settings,
    /// Where to listen; port 0 takes any free one.
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<String>,
    /// Make the demo data first, where there is no organization yet, and print who can sign in.
    #[arg(long)]
    demo: bool,
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let listen = self.listen.map(|value| Flag { name: "--listen", key: "listen", value });
        let config = self.settings.load(listen)?.config;
        serve::start_log(&config.log);
        let address = config.listen;
        let server = Server::open(config)?;
        let db = &server.app().db;
        let demo = self.demo.then(|| Demo::make(db, address)).transpose()?;
        seed::require_no_public_password(db, address)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let ended = runtime.block_on(async {
            let listener = server.listen().await?;
            if let Some(demo) = &demo {
                demo.tell();
            }
            server.run(listener).await
        });
        // Requests that were cut off must not hold the end up.
        runtime.shutdown_timeout(Duration::from_secs(1));
        server.close();
        Ok(match ended? {
            Ended::Asked => ExitCode::SUCCESS,
            Ended::Broken => ExitCode::FAILURE,
        })
    }
}
