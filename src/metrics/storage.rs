//! The writer and the readers.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::SECONDS;

/// Behind each number of jobs that may share a COMMIT.
const JOBS: [f64; 8] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];

/// Why a write was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The queue was full.
    Full,
    /// Another process held the write lock for too long.
    Busy,
    /// The storage would not write.
    Storage,
}

impl Refused {
    const ALL: [Self; 3] = [Self::Full, Self::Busy, Self::Storage];

    const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Busy => "busy",
            Self::Storage => "storage",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

/// The thread that writes.
#[derive(Debug, Clone)]
pub struct Writer {
    /// Jobs that wait for it.
    pub queue: Gauge,
    /// How many may wait.
    pub queue_limit: Gauge,
    /// Jobs that ran.
    pub jobs: Counter,
    /// Transactions committed.
    pub commits: Counter,
    /// Jobs that shared a COMMIT.
    pub batch: Histogram,
    /// How long COMMIT took.
    pub commit_seconds: Histogram,
    refused: Family<Reason, Counter>,
}

impl Default for Writer {
    fn default() -> Self {
        let refused = Family::default();
        for reason in Refused::ALL {
            drop(refused.get_or_create(&Reason { reason: reason.name() }));
        }
        Self {
            queue: Gauge::default(),
            queue_limit: Gauge::default(),
            jobs: Counter::default(),
            commits: Counter::default(),
            batch: Histogram::new(JOBS),
            commit_seconds: Histogram::new(SECONDS),
            refused,
        }
    }
}

impl Writer {
    pub(super) fn register(&self, to: &mut Registry) {
        to.register("pret_writer_queue_length", "Writes that wait", self.queue.clone());
        to.register("pret_writer_queue_limit", "Writes that may wait", self.queue_limit.clone());
        to.register("pret_writer_jobs", "Writes that ran", self.jobs.clone());
        to.register("pret_writer_commits", "Transactions committed", self.commits.clone());
        to.register("pret_writer_batch_jobs", "Writes that shared a COMMIT", self.batch.clone());
        to.register(
            "pret_writer_commit_duration_seconds",
            "How long COMMIT took, the disk included",
            self.commit_seconds.clone(),
        );
        to.register(
            "pret_writer_refused",
            "Writes that were not done, by reason",
            self.refused.clone(),
        );
    }

    /// So many writes were not done.
    pub fn refused(&self, reason: Refused, writes: usize) {
        let writes = u64::try_from(writes).unwrap_or(u64::MAX);
        self.refused.get_or_create(&Reason { reason: reason.name() }).inc_by(writes);
    }
}

/// The connections that read.
#[derive(Debug, Clone)]
pub struct Readers {
    /// How many there are.
    pub limit: Gauge,
    /// At work.
    pub in_use: Gauge,
    /// Reads that wait for one.
    pub waiting: Gauge,
    /// How long reads waited.
    pub wait_seconds: Histogram,
    /// Reads that waited in vain.
    pub refused: Counter,
}

impl Default for Readers {
    fn default() -> Self {
        Self {
            limit: Gauge::default(),
            in_use: Gauge::default(),
            waiting: Gauge::default(),
            wait_seconds: Histogram::new(SECONDS),
            refused: Counter::default(),
        }
    }
}

impl Readers {
    pub(super) fn register(&self, to: &mut Registry) {
        to.register("pret_readers_limit", "Reads that may run at once", self.limit.clone());
        to.register("pret_readers_in_use", "Reads that run", self.in_use.clone());
        to.register("pret_readers_waiting", "Reads that wait", self.waiting.clone());
        to.register(
            "pret_readers_wait_duration_seconds",
            "How long a read waited for its turn",
            self.wait_seconds.clone(),
        );
        to.register("pret_readers_refused", "Reads that waited in vain", self.refused.clone());
    }
}
