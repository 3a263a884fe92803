//! The running server: one per database file, from lock and migration to the last checkpoint.

mod connection;
mod log;

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, Semaphore, watch};

use crate::app::{App, Parts};
use crate::bootstrap;
use crate::config::Config;
use crate::db::{self, Db, DbOptions, Migrated, ServeLock};
use crate::http::edge::Gate;
use crate::http::router;
use crate::identity::{self, Passwords};
use crate::kernel::{Code, Error, Result, SystemClock};
use crate::keys::Keys;
use connection::Connections;

pub use log::start as start_log;

/// How long answers may take to leave when the storage has failed.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// How long to wait when the machine has no descriptor left for a new connection.
const PAUSE: Duration = Duration::from_millis(100);

/// Why a server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was asked to.
    Asked,
    /// A COMMIT failed.
    Broken,
}

/// A server whose storage is open.
pub struct Server {
    app: App,
    gate: Gate,
    broken: Arc<Notify>,
    _lock: ServeLock,
}

impl Server {
    /// Takes the lock, brings the file up to date and opens it.
    ///
    /// # Errors
    /// When another server runs on the file, or it can't be used.
    pub fn open(config: Config) -> Result<Self> {
        Self::open_with(config, DbOptions::new(Arc::new(SystemClock)))
    }

    /// As [`Self::open`], with another clock or with a COMMIT that fails.
    ///
    /// # Errors
    /// As there.
    pub fn open_with(config: Config, options: DbOptions) -> Result<Self> {
        let database = config.database.clone();
        db::make_folder(&database)?;
        let lock = ServeLock::acquire(&database)?;
        tell_migrated(&db::migrate(&database)?);
        let keys = Keys::load_or_create(&database)?;
        let (gate, broken) = (Gate::default(), Arc::new(Notify::new()));
        let clock = Arc::clone(&options.clock);
        let (its_gate, its_broken) = (gate.clone(), Arc::clone(&broken));
        let options = DbOptions {
            readers: config.limits.readers,
            queue: config.limits.write_queue,
            on_fatal: Arc::new(move || {
                its_gate.close();
                its_broken.notify_one();
            }),
            ..options
        };
        let db = Db::open(&database, options)?;
        let passwords = Passwords::new(config.auth.hashes_at_once);
        let app = App::new(Parts { db, clock, config, keys, passwords });
        Ok(Self { app, gate, broken, _lock: lock })
    }

    /// What the server works on.
    pub const fn app(&self) -> &App {
        &self.app
    }

    /// Opens the address, and prints it.
    ///
    /// # Errors
    /// When it can't be had.
    pub async fn listen(&self) -> Result<TcpListener> {
        let config = &self.app.config;
        tell_bootstrap(&self.app.db, config, &config.database)?;
        let (listener, address) = listen(config).await?;
        self.app.listens_at(address);
        Ok(listener)
    }

    /// Serves until a signal or a fault of the storage ends it.
    ///
    /// # Errors
    /// When signals can't be waited for.
    pub async fn run(&self, listener: TcpListener) -> Result<Ended> {
        let limits = &self.app.config.limits;
        let (stop, stopping) = watch::channel(false);
        let connections = Connections {
            open: Arc::new(Semaphore::new(limits.connections as usize)),
            router: router::router(self.app.clone()),
            gate: self.gate.clone(),
            header_time: Duration::from_secs(limits.header_seconds),
            stopping,
        };
        let mut signals = Signals::new()?;
        let jobs = tokio::spawn(self.app.clone().run_jobs());
        let ended = tokio::select! {
            () = accept(listener, &connections) => Ended::Broken,
            () = signals.next() => Ended::Asked,
            () = self.broken.notified() => Ended::Broken,
        };
        jobs.abort();
        self.gate.close();
        stop.send_replace(true);
        let limit = match ended {
            Ended::Asked => Duration::from_secs(limits.stop_seconds),
            Ended::Broken => LAST_WORDS,
        };
        tracing::info!(seconds = limit.as_secs(), "stopping; running requests may end");
        tokio::select! {
            _ = connections.open.acquire_many(limits.connections) => {}
            () = tokio::time::sleep(limit) => tracing::warn!("some requests were cut off"),
            () = signals.next() => tracing::warn!("asked again; requests were cut off"),
        }
        Ok(ended)
    }

    /// Lets the writer end what it has accepted, and folds the WAL into the file.
    pub fn close(self) {
        self.app.db.close();
        tracing::info!("stopped");
    }
}

async fn listen(config: &Config) -> Result<(TcpListener, SocketAddr)> {
    let failed = |error: std::io::Error| {
        let detail = format!("{} can't be listened on: {error}.", config.listen);
        Error::new(Code::Internal, detail)
    };
    let listener = TcpListener::bind(config.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let mut out = std::io::stdout();
    // Whoever started us may not read what we print.
    drop(writeln!(out, "listening on http://{address}\nthe API to try: http://{address}/docs"));
    drop(out.flush());
    tracing::info!(%address, database = %config.database.display(), "listening");
    Ok((listener, address))
}

async fn accept(listener: TcpListener, connections: &Connections) {
    loop {
        // Beyond the limit connections wait in the backlog.
        let Ok(permit) = Arc::clone(&connections.open).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, peer)) => connections.serve(stream, peer, permit),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

fn tell_migrated(migrated: &Migrated) {
    if let Some(backup) = &migrated.backup {
        tracing::info!(file = %backup.display(), "the database was copied before its migration");
    }
    if !migrated.applied.is_empty() {
        tracing::info!(steps = migrated.applied.len(), "the database was brought up to date");
    }
}

/// While there is no organization, says where the token is that makes the first one.
fn tell_bootstrap(db: &Db, config: &Config, database: &Path) -> Result<()> {
    let founded = db.read(identity::has_organization)?;
    if founded {
        return bootstrap::consume(database);
    }
    if let Some(file) = bootstrap::ensure(database, config.auth.bootstrap_token.as_ref())? {
        tracing::info!(
            file = %file.display(),
            "no organization yet: make the first one with `pret org create`, or with \
             POST /auth/register and the bootstrap token in this file"
        );
    }
    Ok(())
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> Result<Self> {
        let on = |kind| signal(kind).map_err(Error::internal);
        Ok(Self {
            terminate: on(SignalKind::terminate())?,
            interrupt: on(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
