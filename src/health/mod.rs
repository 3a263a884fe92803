//! Whether the service works: for whatever watches it, in detail for an admin, and as figures.

mod figures;
mod metrics;
mod process;

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::{self, App, AsAdmin, Caller, Stranger};
use crate::audit;
use crate::db::{Db, LastBackup, Space};
use crate::kernel::{Code, Error, Result, Timestamp};

pub(crate) use metrics::*;

/// A writer that showed no life for longer is stuck. Waiting for another process that writes may
/// take ten seconds and is no fault.
const LATE: Duration = Duration::from_secs(15);

/// That the service works.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`; else the answer is 503.
    #[schema(examples("ok"))]
    pub status: String,
    /// The version of the server.
    #[schema(examples("0.1.0"))]
    pub version: String,
}

/// How the service works.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthDetails {
    /// Always `ok`; else the answer is 503.
    pub status: String,
    /// The version of the server.
    pub version: String,
    /// The newest migration that was applied.
    #[schema(examples(5))]
    pub schema_version: i64,
    /// The storage, as a new connection finds it.
    pub pragmas: Vec<PragmaValue>,
    /// The thread that writes.
    pub writer: WriterHealth,
    /// The connections that read.
    pub readers: ReadersHealth,
    /// Room on the disk.
    pub disk: DiskHealth,
    /// The newest backup that was verified; null: there is none.
    #[schema(required)]
    pub last_backup: Option<BackupHealth>,
    /// The timer that ends offers and requests when their time is over.
    pub jobs: JobsHealth,
    /// The end of the organization's audit trail, to be noted elsewhere.
    pub audit_head: AuditHead,
}

/// The end of an audit trail.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditHead {
    /// The number of the last event; 0 while there is none.
    pub seq: i64,
    /// Its hash, which covers all events before.
    pub hash: String,
}

/// A setting of the storage.
#[derive(Debug, Serialize, ToSchema)]
pub struct PragmaValue {
    /// Its name in SQLite.
    #[schema(examples("journal_mode"))]
    pub name: String,
    /// Its value.
    #[schema(examples("wal"))]
    pub value: String,
}

/// What the writer did since the start.
#[derive(Debug, Serialize, ToSchema)]
pub struct WriterHealth {
    /// Jobs that ran.
    pub jobs: u64,
    /// Transactions committed; many jobs can share one.
    pub commits: u64,
    /// Jobs that wait for it.
    #[schema(minimum = 0)]
    pub queue: i64,
    /// How many may wait.
    #[schema(minimum = 1)]
    pub queue_limit: i64,
    /// Milliseconds since it last showed that it is alive.
    pub silence_ms: u64,
}

/// How busy the readers are.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadersHealth {
    /// How many there are.
    #[schema(minimum = 1)]
    pub limit: i64,
    /// At work, this answer included.
    #[schema(minimum = 0)]
    pub in_use: i64,
    /// Reads that wait for one.
    #[schema(minimum = 0)]
    pub waiting: i64,
}

/// Room on the disk.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiskHealth {
    /// The database file.
    pub database_bytes: u64,
    /// Its write-ahead log.
    pub wal_bytes: u64,
    /// Free on its disk.
    pub free_bytes: u64,
}

/// A backup that was verified.
#[derive(Debug, Serialize, ToSchema)]
pub struct BackupHealth {
    /// When it was finished.
    pub at: Timestamp,
    /// Its size.
    pub bytes: u64,
}

/// What the timer does, seen from the organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobsHealth {
    /// When it last looked at what is due, anywhere; null: it does not run.
    #[schema(required)]
    pub last_run_at: Option<Timestamp>,
    /// When something is due next in this organization; null: nothing waits.
    #[schema(required)]
    pub next_due_at: Option<Timestamp>,
    /// For how many milliseconds the oldest of it has been overdue; 0 unless it lags.
    #[schema(minimum = 0)]
    pub lag_ms: i64,
}

/// Says that the service works.
#[utoipa::path(get, path = "/health", tag = "health",
    responses((status = 200, description = "It works.", body = Health)))]
pub async fn get_health(State(app): State<App>, _: Stranger) -> Result<Json<Health>> {
    alive(&app)?;
    app.read_globally(|tx| tx.schema_version().map(drop)).await.map_err(|error| {
        tracing::error!(?error, "the database can't be read");
        Error::new(Code::Overloaded, "The database can't be read.").retry_after(5)
    })?;
    Ok(Json(Health { status: "ok".to_owned(), version: version() }))
}

/// Says how the service works.
#[utoipa::path(get, path = "/health/details", tag = "health",
    responses((status = 200, description = "It works, and how.", body = HealthDetails)))]
pub async fn get_health_details(
    State(app): State<App>,
    caller: Caller<AsAdmin>,
) -> Result<Json<HealthDetails>> {
    alive(&app)?;
    let db = app.db.clone();
    let last_run_at = app.jobs().last_run();
    let details = app
        .read(&caller, move |tx| {
            let pragmas = db.pragmas()?.into_iter();
            let head = audit::head(tx)?;
            let next_due_at = app::next_due(tx)?;
            Ok(HealthDetails {
                status: "ok".to_owned(),
                version: version(),
                schema_version: tx.schema_version()?,
                pragmas: pragmas
                    .map(|pragma| PragmaValue { name: pragma.name.to_owned(), value: pragma.value })
                    .collect(),
                writer: writer(&db),
                readers: readers(&db),
                disk: disk(&db)?,
                last_backup: last_backup(&db)?,
                jobs: JobsHealth {
                    last_run_at,
                    next_due_at,
                    lag_ms: next_due_at.map_or(0, |due| tx.now().since(due).max(0)),
                },
                audit_head: AuditHead { seq: head.seq, hash: head.hash },
            })
        })
        .await?;
    Ok(Json(details))
}

fn writer(db: &Db) -> WriterHealth {
    let (stats, counted) = (db.writer_stats(), db.counted_writer());
    WriterHealth {
        jobs: stats.jobs,
        commits: stats.commits,
        queue: counted.queue.get(),
        queue_limit: counted.queue_limit.get(),
        silence_ms: u64::try_from(db.writer_silence().as_millis()).unwrap_or(u64::MAX),
    }
}

fn readers(db: &Db) -> ReadersHealth {
    let counted = db.counted_readers();
    ReadersHealth {
        limit: counted.limit.get(),
        in_use: counted.in_use.get(),
        waiting: counted.waiting.get(),
    }
}

fn disk(db: &Db) -> Result<DiskHealth> {
    let Space { database, wal, free } = Space::of(db.path())?;
    Ok(DiskHealth { database_bytes: database, wal_bytes: wal, free_bytes: free })
}

/// Where it lies is for whoever runs the server, not for an admin of one organization.
fn last_backup(db: &Db) -> Result<Option<BackupHealth>> {
    let found = LastBackup::of(db.path())?;
    Ok(found.map(|backup| BackupHealth { at: backup.at, bytes: backup.bytes }))
}

fn alive(app: &App) -> Result<()> {
    if app.db.writer_silence() > LATE {
        return Err(Error::new(Code::Overloaded, "The writer shows no life.").retry_after(5));
    }
    Ok(())
}

fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
