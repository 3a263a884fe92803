//! What a handler may reach, and the one write path. The only place that conducts several slices.

mod caller;
mod erasure;
mod jobs;
mod replies;
mod retention;
mod stranger;
mod tidy;
mod upkeep;
mod write;

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use axum::extract::FromRef;

use crate::audit;
use crate::config::Config;
use crate::db::{Db, GlobalTx, GlobalWriteTx, Tx};
use crate::http::json::BodyLimits;
use crate::http::rate::Rates;
use crate::identity::{Passwords, Throttle};
use crate::kernel::{Clock, Result, Timestamp, UserId};
use crate::keys::{CursorKey, FingerprintKey, Keys};
use crate::metrics::Metrics;

pub use caller::{AsAdmin, AsStaff, AsStudent, Caller, Level};
pub use erasure::{Erasure, Mention, Obstacles, Share};
pub use jobs::Jobs;
pub use stranger::Stranger;
pub use upkeep::{do_due, next_due, write_as_system};

/// Everything that lives as long as the server.
#[derive(Clone)]
pub struct App(Arc<Whole>);

struct Whole {
    parts: Parts,
    throttle: Throttle,
    user_rates: Rates<UserId>,
    bodies: BodyLimits,
    jobs: Jobs,
    metrics: Metrics,
    started_at: Timestamp,
    /// Where it listens, once it does.
    address: OnceLock<SocketAddr>,
}

/// What an [`App`] is made of.
pub struct Parts {
    /// The database.
    pub db: Db,
    /// The clock that transactions read too.
    pub clock: Arc<dyn Clock>,
    /// The settings.
    pub config: Config,
    /// The secrets.
    pub keys: Keys,
    /// Hashing, bounded in number.
    pub passwords: Passwords,
}

impl App {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        let limits = &parts.config.limits;
        let throttle = Throttle::new(Arc::clone(&parts.clock), limits.enabled);
        let (writer, readers) = (parts.db.counted_writer(), parts.db.counted_readers());
        Self(Arc::new(Whole {
            throttle,
            user_rates: Rates::new(limits.user_rate()),
            bodies: limits.bodies(),
            jobs: Jobs::default(),
            metrics: Metrics::new(writer, readers, parts.passwords.counted()),
            started_at: parts.clock.now(),
            address: OnceLock::new(),
            parts,
        }))
    }

    /// What is counted.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// When the server started.
    pub fn started_at(&self) -> Timestamp {
        self.0.started_at
    }

    /// How many requests each account has made.
    pub(super) fn user_rates(&self) -> &Rates<UserId> {
        &self.0.user_rates
    }

    /// Says where it listens: the settings may have left the port open.
    pub fn listens_at(&self, address: SocketAddr) {
        self.0.address.get_or_init(|| address);
    }

    /// What links to this server begin with. Never taken from a request, who could name any host.
    pub fn base_url(&self) -> String {
        self.config.base_url(*self.0.address.get().unwrap_or(&self.config.listen))
    }

    /// How often somebody may try to sign in.
    pub fn throttle(&self) -> &Throttle {
        &self.0.throttle
    }

    /// What the timer has done and owes.
    pub fn jobs(&self) -> &Jobs {
        &self.0.jobs
    }

    /// Reads within the caller's organization: role, audit position and data from one snapshot.
    pub async fn read<T, L, F>(&self, caller: &Caller<L>, work: F) -> Result<T>
    where
        L: Level,
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        let asked = caller.asked();
        let (seq, result) = self
            .db
            .read_async(move |global| {
                let actor = asked.authorize(global)?;
                let tx = global.within(asked.org, actor);
                Ok((audit::head_seq(&tx)?, work(&tx)))
            })
            .await?;
        caller.trail.reached(seq);
        result
    }

    /// Reads over all organizations: sign-in and health only.
    pub async fn read_globally<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&GlobalTx<'_>) -> Result<T> + Send + 'static,
    {
        self.db.read_async(work).await
    }

    /// Writes over all organizations: sign-in only.
    pub async fn write_globally<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&GlobalWriteTx<'_>) -> Result<T> + Send + 'static,
    {
        self.db.write(work).await
    }
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0.parts
    }
}

impl FromRef<App> for CursorKey {
    fn from_ref(app: &App) -> Self {
        app.keys.cursor()
    }
}

impl FromRef<App> for FingerprintKey {
    fn from_ref(app: &App) -> Self {
        app.keys.fingerprint()
    }
}

impl FromRef<App> for BodyLimits {
    fn from_ref(app: &App) -> Self {
        app.0.bodies.clone()
    }
}
