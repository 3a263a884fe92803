//! The one thread that writes, with group commit: many jobs share one COMMIT, and nobody is
//! answered before it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::tx::{GlobalWriteTx, savepoint};
use super::{DbOptions, connection};
use crate::kernel::{Clock, Code, Error, Result, bug};
use crate::metrics;

/// At most so many jobs share a COMMIT.
const BATCH: usize = 128;
/// No job joins a batch that is older than this.
const BATCH_TIME: Duration = Duration::from_millis(20);
/// How often an idle writer shows that it is alive.
const HEARTBEAT: Duration = Duration::from_millis(500);

/// Called inside COMMIT; `true` makes it fail.
pub type CommitHook = Arc<dyn Fn() -> bool + Send + Sync>;

/// What the writer has done since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriterStats {
    /// Jobs that ran.
    pub jobs: u64,
    /// Transactions committed.
    pub commits: u64,
}

pub(super) struct Writer {
    queue: Mutex<Option<SyncSender<Box<dyn Job>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    shared: Arc<Shared>,
}

struct Shared {
    started: Instant,
    beat: AtomicU64,
    counted: metrics::Writer,
}

impl Shared {
    fn new() -> Self {
        Self {
            started: Instant::now(),
            beat: AtomicU64::new(0),
            counted: metrics::Writer::default(),
        }
    }
}

impl Writer {
    pub(super) fn start(path: &Path, options: DbOptions) -> Result<Self> {
        let connection = connection::open(path)?;
        if let Some(hook) = options.commit_hook.clone() {
            connection.commit_hook(Some(move || hook()))?;
        }
        let checkpoints = options.checkpoints || bug::seeded("log_folded_beside_litestream");
        if !checkpoints {
            connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        }
        if bug::seeded("triggers_gone") {
            drop_triggers(&connection)?;
        }
        let (queue, jobs) = sync_channel(options.queue);
        let shared = Arc::new(Shared::new());
        let limit = i64::try_from(options.queue).unwrap_or(i64::MAX);
        shared.counted.queue_limit.set(limit);
        let mut thread = Thread {
            connection,
            clock: options.clock,
            on_fatal: options.on_fatal,
            checkpoints,
            shared: Arc::clone(&shared),
        };
        let handle = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || thread.run(&jobs))
            .map_err(Error::internal)?;
        Ok(Self { queue: Mutex::new(Some(queue)), thread: Mutex::new(Some(handle)), shared })
    }

    /// The writer of a file that is only read: it has stopped before it began.
    pub(super) fn none() -> Self {
        let shared = Arc::new(Shared::new());
        Self { queue: Mutex::new(None), thread: Mutex::new(None), shared }
    }

    /// Puts a job into the queue.
    pub(super) fn submit<T, F>(&self, work: F) -> Result<oneshot::Receiver<Result<T>>>
    where
        T: Send + 'static,
        F: Fn(&GlobalWriteTx<'_>) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Task { work, reply: Some(reply), result: None });
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        // Before the writer can take it out again.
        self.counted().queue.inc();
        let refused = match queue.as_ref().map(|queue| queue.try_send(job)) {
            Some(Ok(())) => return Ok(answer),
            Some(Err(TrySendError::Full(_))) => {
                self.counted().refused(metrics::Refused::Full, 1);
                Error::new(Code::Overloaded, "Too many writes are waiting.").retry_after(1)
            }
            Some(Err(TrySendError::Disconnected(_))) | None => stopped(),
        };
        self.counted().queue.dec();
        Err(refused)
    }

    pub(super) fn counted(&self) -> &metrics::Writer {
        &self.shared.counted
    }

    pub(super) fn stats(&self) -> WriterStats {
        WriterStats { jobs: self.counted().jobs.get(), commits: self.counted().commits.get() }
    }

    pub(super) fn silence(&self) -> Duration {
        let beat = Duration::from_millis(self.shared.beat.load(Ordering::Relaxed));
        self.shared.started.elapsed().saturating_sub(beat)
    }

    pub(super) fn stop(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the writer ended by a panic");
        }
    }
}

/// What a caller hears when the writer is gone.
pub(super) fn stopped() -> Error {
    Error::new(Code::ShuttingDown, "The server is stopping.").retry_after(5)
}

/// A unit of work with somebody who waits for its answer.
trait Job: Send {
    fn abandoned(&self) -> bool;
    fn run(&mut self, tx: &GlobalWriteTx<'_>) -> Result<()>;
    fn fail(&mut self, error: Error);
    fn answer(&mut self);
}

struct Task<T, F> {
    work: F,
    reply: Option<oneshot::Sender<Result<T>>>,
    result: Option<Result<T>>,
}

impl<T: Send, F: Fn(&GlobalWriteTx<'_>) -> Result<T> + Send> Job for Task<T, F> {
    fn abandoned(&self) -> bool {
        self.reply.as_ref().is_none_or(oneshot::Sender::is_closed)
    }

    fn run(&mut self, tx: &GlobalWriteTx<'_>) -> Result<()> {
        self.result = Some(Ok((self.work)(tx)?));
        Ok(())
    }

    fn fail(&mut self, error: Error) {
        self.result = Some(Err(error));
    }

    fn answer(&mut self) {
        if let (Some(reply), Some(result)) = (self.reply.take(), self.result.take()) {
            // Whoever asked may have gone; what was committed stays committed.
            drop(reply.send(result));
        }
    }
}

struct Thread {
    connection: Connection,
    clock: Arc<dyn Clock>,
    on_fatal: Arc<dyn Fn() + Send + Sync>,
    checkpoints: bool,
    shared: Arc<Shared>,
}

/// How a batch ended.
enum Ended {
    Committed,
    /// The transaction was lost before COMMIT: nothing of it was kept.
    Lost,
    /// COMMIT failed: nobody knows.
    Unknown,
}

impl Thread {
    fn run(&mut self, queue: &Receiver<Box<dyn Job>>) {
        loop {
            self.beat();
            match queue.recv_timeout(HEARTBEAT) {
                Ok(first) => {
                    self.shared.counted.queue.dec();
                    if !self.serve(first, queue) {
                        return;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        if !self.checkpoints {
            return;
        }
        if let Err(error) = self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(%error, "the last checkpoint failed; the next start does it");
        }
    }

    /// Runs a batch that begins with `first`; `false` when the thread must end.
    fn serve(&mut self, first: Box<dyn Job>, queue: &Receiver<Box<dyn Job>>) -> bool {
        let mut jobs = vec![first];
        match self.batch(&mut jobs, Some(queue)) {
            Ended::Committed => {}
            Ended::Lost => return self.one_by_one(jobs),
            Ended::Unknown => return self.give_up(&mut jobs),
        }
        answer(&mut jobs);
        true
    }

    /// After a lost transaction each job gets its own, so that one can't spoil the others.
    fn one_by_one(&mut self, jobs: Vec<Box<dyn Job>>) -> bool {
        for job in jobs {
            let mut alone = vec![job];
            match self.batch(&mut alone, None) {
                Ended::Committed => {}
                Ended::Lost => {
                    self.shared.counted.refused(metrics::Refused::Storage, 1);
                    fail(&mut alone, || {
                        let words = "The storage refuses to write.";
                        Error::new(Code::Overloaded, words).retry_after(30)
                    });
                }
                Ended::Unknown => return self.give_up(&mut alone),
            }
            answer(&mut alone);
        }
        true
    }

    fn give_up(&self, jobs: &mut [Box<dyn Job>]) -> bool {
        fail(jobs, || {
            Error::new(
                Code::OutcomeUnknown,
                "The storage failed at COMMIT. Retry with the same Idempotency-Key.",
            )
            .retry_after(5)
        });
        tracing::error!("COMMIT failed; the process ends rather than guess");
        // Before anybody is answered, so that nobody is served once one caller knows.
        (self.on_fatal)();
        answer(jobs);
        false
    }

    /// One transaction over the jobs and those that arrive while it runs.
    fn batch(
        &mut self,
        jobs: &mut Vec<Box<dyn Job>>,
        queue: Option<&Receiver<Box<dyn Job>>>,
    ) -> Ended {
        let began = Instant::now();
        if let Err(error) = self.begin() {
            self.shared.counted.refused(metrics::Refused::Busy, jobs.len());
            return refuse_all(jobs, &error);
        }
        let mut next = 0;
        while let Some(job) = jobs.get_mut(next) {
            if !self.run_job(job.as_mut()) {
                return Ended::Lost;
            }
            next += 1;
            if next == jobs.len() && next < BATCH && began.elapsed() < BATCH_TIME {
                let more = queue.and_then(|queue| queue.try_recv().ok());
                if more.is_some() {
                    self.shared.counted.queue.dec();
                }
                jobs.extend(more);
            }
        }
        self.commit(next)
    }

    fn begin(&self) -> Result<()> {
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.raw_execute()?;
        Ok(())
    }

    /// Runs one job in its savepoint; `false` when the whole transaction is gone.
    fn run_job(&self, job: &mut dyn Job) -> bool {
        self.beat();
        if job.abandoned() {
            return true;
        }
        self.shared.counted.jobs.inc();
        let tx = GlobalWriteTx::new(&self.connection, self.clock.now());
        let outcome = savepoint(&self.connection, "job", || {
            catch_unwind(AssertUnwindSafe(|| job.run(&tx)))
                .unwrap_or_else(|_| Err(Error::internal("a write job panicked")))
        });
        if let Err(error) = outcome {
            job.fail(error);
        }
        if bug::seeded("answer_before_commit") {
            job.answer();
        }
        !self.connection.is_autocommit()
    }

    /// Commits the work of so many jobs.
    fn commit(&self, jobs: usize) -> Ended {
        let began = Instant::now();
        let committed =
            self.connection.prepare_cached("COMMIT").and_then(|mut commit| commit.raw_execute());
        match committed {
            Ok(_) => {
                let counted = &self.shared.counted;
                counted.commits.inc();
                counted.batch.observe(f64::from(u32::try_from(jobs).unwrap_or(u32::MAX)));
                counted.commit_seconds.observe(began.elapsed().as_secs_f64());
                Ended::Committed
            }
            Err(error) => {
                tracing::error!(%error, "COMMIT failed");
                Ended::Unknown
            }
        }
    }

    fn beat(&self) {
        let elapsed = u64::try_from(self.shared.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.shared.beat.store(elapsed, Ordering::Relaxed);
    }
}

/// BEGIN was refused (another process holds the lock for too long): nothing happened.
fn refuse_all(jobs: &mut [Box<dyn Job>], error: &Error) -> Ended {
    tracing::warn!(?error, "the write lock could not be taken");
    fail(jobs, || Error::new(Code::Overloaded, "The database is busy.").retry_after(1));
    Ended::Committed
}

fn fail(jobs: &mut [Box<dyn Job>], error: impl Fn() -> Error) {
    for job in jobs {
        job.fail(error());
    }
}

fn answer(jobs: &mut [Box<dyn Job>]) {
    for job in jobs {
        job.answer();
    }
}

/// The seeded bug `triggers_gone`: the second guards taken away.
fn drop_triggers(connection: &Connection) -> Result<()> {
    let mut statement =
        connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?;
    for name in names {
        connection.execute_batch(&format!("DROP TRIGGER {}", name?))?;
    }
    connection.execute_batch("DROP INDEX IF EXISTS unit_custody_by_unit")?;
    Ok(())
}
