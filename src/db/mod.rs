//! SQLite machinery that knows no table: one writer, a pool of readers, transactions that carry
//! their organization.
//!
//! Nothing of the database is kept in memory between transactions, so another process that
//! writes the same file (`pret user revoke` beside `pret serve`) counts at once.

mod backup;
mod beside;
mod connection;
mod constraint;
mod inspect;
mod last_backup;
mod leftovers;
mod list;
mod lock;
mod migrations;
mod partial;
mod place;
mod rows;
mod schema;
mod space;
#[cfg(test)]
pub(crate) mod testing;
mod tx;
mod values;
mod whole_file;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use backup::Watch;
pub use beside::beside;
pub use connection::Pragma;
pub use constraint::OnConstraint;
pub use inspect::inspect;
pub use last_backup::LastBackup;
pub use list::List;
pub use lock::{BackupLock, ServeLock};
pub use migrations::{
    Migrated, copy_pending, is_ours, make_folder, migrate, migrate_copy, newest_step, pending,
};
pub use partial::Partial;
pub use place::put_in_place;
pub use rows::{Rows, RowsOf};
pub use rusqlite::{Row, ToSql};
pub use space::Space;
pub use tx::{GlobalTx, GlobalWriteTx, Params, Tx, WriteTx};
pub use values::word;
pub use whole_file::WholeFile;
pub use writer::{CommitHook, WriterStats};

use crate::kernel::{Clock, Code, Error, Result};
use crate::metrics::{self, Held};
use connection::{Pool, Reader};
use writer::Writer;

/// What a row mapper may answer.
pub type Mapped<T> = rusqlite::Result<T>;

/// How a database is opened.
pub struct DbOptions {
    /// Where transactions read the time.
    pub clock: Arc<dyn Clock>,
    /// How many readers may work at once.
    pub readers: u32,
    /// How many writes may wait; the next one is refused.
    pub queue: usize,
    /// Called inside every COMMIT; answering `true` makes it fail. For tests of durability.
    pub commit_hook: Option<CommitHook>,
    /// Whether the writer folds the log into the file; false leaves that to another process.
    pub checkpoints: bool,
    /// Called when a COMMIT failed: the process must not go on guessing.
    pub on_fatal: Arc<dyn Fn() + Send + Sync>,
}

impl DbOptions {
    /// The defaults, with this clock.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let on_fatal = Arc::new(|| {});
        Self { clock, readers: 8, queue: 1024, commit_hook: None, checkpoints: true, on_fatal }
    }
}

/// Copies a database that is not in use, such as a backup, into the file `to`; what stands in its
/// log beside it comes along.
///
/// # Errors
/// When it can't be read, there is no room, the disk fails, or `watch` ends it.
pub fn copy_file(from: &Path, to: &Path, watch: Watch<'_>) -> Result<()> {
    backup::copy(&connection::open_read_only(from)?, to, watch)
}

/// What SQLite finds wrong with a file that is not in use and with its foreign keys.
///
/// # Errors
/// When it can't be read at all.
pub fn faults(path: &Path) -> Result<Vec<String>> {
    connection::faults(&connection::open_read_only(path)?, connection::INTEGRITY)
}

/// Folds a copy and its log into one plain file.
///
/// # Errors
/// When it can't be written, or another process has it open.
pub fn make_plain(path: &Path) -> Result<()> {
    Ok(connection::make_plain(path)?)
}

/// An open database file.
#[derive(Clone)]
pub struct Db {
    path: PathBuf,
    pool: Pool,
    writer: Arc<Writer>,
    readers: metrics::Readers,
    clock: Arc<dyn Clock>,
}

impl Db {
    /// Opens a file whose schema is current.
    ///
    /// # Errors
    /// When the file is not a Prêt database of this version, or SQLite is too old.
    pub fn open(path: &Path, options: DbOptions) -> Result<Self> {
        connection::require_sqlite()?;
        if pending(path)? {
            return Err(Error::new(
                Code::Internal,
                "The database has not the schema of this version: run `pret migrate` first.",
            ));
        }
        let clock = Arc::clone(&options.clock);
        let pool = connection::pool(path, options.readers)?;
        let readers = metrics::Readers::default();
        readers.limit.set(i64::from(options.readers));
        let writer = Writer::start(path, options)?;
        Ok(Self { path: path.to_owned(), pool, writer: Arc::new(writer), readers, clock })
    }

    /// Opens a copy that nobody writes, to be read alone.
    ///
    /// # Errors
    /// When it can't be opened.
    pub fn open_copy(path: &Path, clock: Arc<dyn Clock>) -> Result<Self> {
        let (pool, writer) = (connection::pool_of_copy(path)?, Arc::new(Writer::none()));
        let readers = metrics::Readers::default();
        Ok(Self { path: path.to_owned(), pool, writer, readers, clock })
    }

    /// Copies all that is there at one instant into the file `to`, while others write.
    ///
    /// # Errors
    /// When there is no room, the disk fails, or `watch` ends it.
    pub fn copy_to(&self, to: &Path, watch: Watch<'_>) -> Result<()> {
        backup::copy(&connection::open(&self.path)?, to, watch)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads one snapshot over all organizations. Blocks; see [`Db::read_async`].
    pub fn read<T>(&self, work: impl FnOnce(&GlobalTx<'_>) -> Result<T>) -> Result<T> {
        let mut connection = self.reader()?;
        let _in_use = Held::new(&self.readers.in_use);
        let transaction = connection.transaction()?;
        work(&GlobalTx::new(&transaction, self.clock.now()))
    }

    fn reader(&self) -> Result<Reader> {
        let _waiting = Held::new(&self.readers.waiting);
        let began = Instant::now();
        let reader = self.pool.get();
        self.readers.wait_seconds.observe(began.elapsed().as_secs_f64());
        reader.map_err(|_| {
            self.readers.refused.inc();
            Error::new(Code::Overloaded, "All readers are busy.").retry_after(1)
        })
    }

    /// Reads one snapshot on a thread that may block.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that leaves the async threads"
    )]
    pub async fn read_async<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&GlobalTx<'_>) -> Result<T> + Send + 'static,
    {
        let db = self.clone();
        tokio::task::spawn_blocking(move || db.read(work)).await.map_err(Error::internal)?
    }

    /// Runs a job in the writer and answers once it is committed. The job may run twice, when
    /// the transaction it shared with others was lost.
    pub async fn write<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&GlobalWriteTx<'_>) -> Result<T> + Send + 'static,
    {
        self.writer.submit(job)?.await.unwrap_or_else(|_| Err(writer::stopped()))
    }

    /// As [`Db::write`], for callers that are not async: command line, seeds, tests.
    pub fn write_blocking<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&GlobalWriteTx<'_>) -> Result<T> + Send + 'static,
    {
        self.writer.submit(job)?.blocking_recv().unwrap_or_else(|_| Err(writer::stopped()))
    }

    /// What the writer counts.
    pub fn counted_writer(&self) -> &metrics::Writer {
        self.writer.counted()
    }

    /// What the readers count.
    pub const fn counted_readers(&self) -> &metrics::Readers {
        &self.readers
    }

    /// What the writer has done since the start.
    pub fn writer_stats(&self) -> WriterStats {
        self.writer.stats()
    }

    /// How long ago the writer last showed that it is alive.
    pub fn writer_silence(&self) -> Duration {
        self.writer.silence()
    }

    /// Ends the writer after what it has accepted, and folds the WAL into the file.
    pub fn close(&self) {
        self.writer.stop();
    }

    /// Writes the file anew, so that its unused space holds nothing, and empties its log. Takes as much
    /// room again as the file while it runs, and holds up whoever writes. Blocks.
    ///
    /// # Errors
    /// When the room is short, or another process writes for too long.
    pub fn vacuum(&self) -> Result<()> {
        let connection = connection::open(&self.path)?;
        connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")?;
        Ok(())
    }

    /// The pragmas as a new connection reads them back.
    ///
    /// # Errors
    /// When the file can't be opened.
    pub fn pragmas(&self) -> Result<Vec<Pragma>> {
        connection::read_back(&self.path)
    }
}
