//! The running server: one per database file, from lock and migration to the last checkpoint.

mod connection;
mod descriptors;
mod log;
mod seats;

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, watch};

use crate::app::{App, Parts};
use crate::backup::{self, Schedule};
use crate::config::Config;
use crate::db::{self, Db, DbOptions, Migrated, ServeLock};
use crate::http::edge::Gate;
use crate::http::router;
use crate::identity::{self, Passwords};
use crate::kernel::{Actor, Code, Error, Result, SystemClock};
use crate::keys::{self, Keys};
use crate::{audit, bootstrap};
use connection::Connections;
use seats::{SeatLimits, Seats};

pub use log::start as start_log;

/// How long answers may take to leave when the storage has failed.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// How long to wait when the machine has no descriptor left for a new connection.
const PAUSE: Duration = Duration::from_millis(100);
/// How much longer a connection may wait than its own timers say, before it is closed all the same.
const GRACE: Duration = Duration::from_secs(5);
/// The log tells of the audit trails of so many organizations.
const HEADS: usize = 1_000;

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
        keys::drop_old(&database, options.clock.now())?;
        let keys = Keys::load_or_create(&database)?;
        let (gate, broken) = (Gate::default(), Arc::new(Notify::new()));
        let clock = Arc::clone(&options.clock);
        let (its_gate, its_broken) = (gate.clone(), Arc::clone(&broken));
        let options = DbOptions {
            readers: config.limits.readers,
            checkpoints: !config.backup.litestream,
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
        tell_heads(&self.app.db);
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
            seats: self.seats(),
            router: router::router(self.app.clone()),
            gate: self.gate.clone(),
            header_time: Duration::from_secs(limits.header_seconds),
            header_bytes: limits.header_bytes,
            stopping,
        };
        let longest = Duration::from_secs(limits.header_seconds.max(limits.body_seconds)) + GRACE;
        let mut signals = Signals::new()?;
        let backups = self.start_backups()?;
        let jobs = tokio::spawn(self.app.clone().run_jobs());
        let tidying = tokio::spawn(self.app.clone().run_tidying());
        let ended = tokio::select! {
            () = accept(listener, &connections) => Ended::Broken,
            () = end_slow(&connections.seats, longest) => Ended::Broken,
            () = signals.next() => Ended::Asked,
            () = self.broken.notified() => Ended::Broken,
        };
        jobs.abort();
        drop(backups);
        tidying.abort();
        self.gate.close();
        stop.send_replace(true);
        let limit = match ended {
            Ended::Asked => Duration::from_secs(limits.stop_seconds),
            Ended::Broken => LAST_WORDS,
        };
        tracing::info!(seconds = limit.as_secs(), "stopping; running requests may end");
        tokio::select! {
            () = connections.seats.empty() => {}
            () = tokio::time::sleep(limit) => tracing::warn!("some requests were cut off"),
            () = signals.next() => tracing::warn!("asked again; requests were cut off"),
        }
        Ok(ended)
    }

    fn start_backups(&self) -> Result<Option<backup::Running>> {
        let Parts { db, clock, config, .. } = &*self.app;
        Schedule::new(db.clone(), &config.backup, Arc::clone(clock))
            .map(Schedule::start)
            .transpose()
    }

    fn seats(&self) -> Arc<Seats> {
        let limits = &self.app.config.limits;
        let seats = SeatLimits {
            all: descriptors::room_for(limits.connections) as usize,
            of_one: limits.connections_per_address as usize,
            proxies: limits.trusted_proxies.clone(),
        };
        Seats::new(seats, self.app.metrics().connections.clone())
    }

    /// Lets the writer end what it has accepted, and folds the WAL into the file.
    pub fn close(self) {
        self.app.db.close();
        tell_heads(&self.app.db);
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
        connections.seats.room().await;
        match listener.accept().await {
            Ok((stream, peer)) => connections.serve(stream, peer),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Closes, time and again, what waits for a client that takes no answer.
async fn end_slow(seats: &Seats, longest: Duration) {
    let mut interval = tokio::time::interval(GRACE / 5);
    loop {
        interval.tick().await;
        seats.end_slow(Instant::now(), longest);
    }
}

/// Says where each audit trail ends, so that the log can later be held against the file.
fn tell_heads(db: &Db) {
    let heads = db.read(|global| {
        let all = identity::list_organizations(global)?;
        for org in all.iter().take(HEADS) {
            let head = audit::head(&global.within(org.id, Actor::system()))?;
            tracing::info!(org_id = %org.id, seq = head.seq, hash = head.hash, "audit head");
        }
        Ok(all.len())
    });
    match heads {
        Ok(all) if all > HEADS => tracing::warn!(all, told = HEADS, "not all audit heads are told"),
        Ok(_) => {}
        Err(error) => tracing::error!(?error, "the audit heads could not be read"),
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
