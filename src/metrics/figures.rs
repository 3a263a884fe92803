//! What is looked up anew for each answer: of the process, the disk and each organization. Series of
//! an earlier answer leave nothing behind.

use prometheus_client::encoding::{EncodeGaugeValue, EncodeLabelSet};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::Registry;

use crate::kernel::{OrgId, Timestamp};

/// What is looked up for each answer.
#[derive(Debug)]
pub struct Figures {
    /// The version of the server.
    pub version: &'static str,
    /// Of this process.
    pub process: OfProcess,
    /// On the disk; none where it can't be asked.
    pub sizes: Option<Sizes>,
    /// The newest backup that was verified; none yet.
    pub backup: Option<Backup>,
    /// How long ago the writer last showed that it is alive, in seconds.
    pub writer_silence: f64,
    /// When the timer last looked at what is due; none: it does not run.
    pub jobs_last_run: Option<Timestamp>,
    /// Of the database; none when it can't be read now.
    pub stored: Option<Stored>,
}

/// What the database says, of one snapshot.
pub type Stored = (i64, Vec<OfOrganization>);

/// Of this process; none where the machine does not say.
#[derive(Debug, Clone, Copy)]
pub struct OfProcess {
    /// When the server started.
    pub started_at: Timestamp,
    /// Memory that is resident, in bytes.
    pub resident: Option<u64>,
    /// Open descriptors.
    pub descriptors: Option<u64>,
    /// How many it may open.
    pub descriptor_limit: Option<u64>,
}

/// On the disk, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// The database file.
    pub database: u64,
    /// Its write-ahead log.
    pub wal: u64,
    /// Free for an ordinary user.
    pub free: u64,
}

/// A backup that was verified.
#[derive(Debug, Clone, Copy)]
pub struct Backup {
    /// When it was finished.
    pub at: Timestamp,
    /// Its size, in bytes.
    pub bytes: u64,
}

/// Of an organization.
#[derive(Debug)]
pub struct OfOrganization {
    /// Its id; names are not told.
    pub id: OrgId,
    /// The number of its last audit event.
    pub audit_seq: i64,
    /// The hash of that event.
    pub audit_hash: String,
    /// For how long the oldest of what is due has been overdue, in milliseconds.
    pub lag: i64,
    /// Offers that are open.
    pub offers: i64,
    /// Entries that wait.
    pub waiting: i64,
    /// Bookings that are pending, approved or out.
    pub bookings: i64,
    /// Units that are out.
    pub units_out: i64,
    /// Units that are out and late.
    pub units_late: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Version {
    version: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Of {
    org: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Head {
    org: String,
    seq: i64,
    hash: String,
}

impl Figures {
    pub(super) fn registry(&self) -> Registry {
        let mut registry = Registry::default();
        let to = &mut registry;
        let version: Family<Version, Gauge> = Family::default();
        version.get_or_create(&Version { version: self.version }).set(1);
        to.register("pret_build_info", "The version of the server", version);
        self.process(to);
        self.storage(to);
        gauge(
            to,
            "pret_database_readable",
            "1, or 0 when the database could not be read in time for this answer",
            i64::from(self.stored.is_some()),
        );
        if let Some((schema, organizations)) = &self.stored {
            gauge(to, "pret_schema_version", "The newest migration that was applied", *schema);
            stored(to, organizations);
        }
        registry
    }

    fn process(&self, to: &mut Registry) {
        let OfProcess { started_at, resident, descriptors, descriptor_limit } = self.process;
        let about = "When the server started, in seconds since 1970";
        gauge(to, "process_start_time_seconds", about, seconds(started_at.millis()));
        for (name, about, value) in [
            ("process_resident_memory_bytes", "Resident memory", resident),
            ("process_open_fds", "Open descriptors", descriptors),
            ("process_max_fds", "Descriptors that may be open", descriptor_limit),
        ] {
            if let Some(value) = value {
                gauge(to, name, about, value);
            }
        }
    }

    fn storage(&self, to: &mut Registry) {
        if let Some(Sizes { database, wal, free }) = self.sizes {
            gauge(to, "pret_database_size_bytes", "The database file", database);
            gauge(to, "pret_wal_size_bytes", "The write-ahead log", wal);
            gauge(to, "pret_disk_free_bytes", "Free on the disk of the database", free);
        }
        let at = self.backup.map_or(0.0, |backup| seconds(backup.at.millis()));
        let about = "When the newest verified backup was finished; 0: there is none";
        gauge(to, "pret_backup_last_timestamp_seconds", about, at);
        let bytes = self.backup.map_or(0, |backup| backup.bytes);
        gauge(to, "pret_backup_last_size_bytes", "The size of that backup", bytes);
        let about = "How long ago the writer showed that it is alive";
        gauge(to, "pret_writer_silence_seconds", about, self.writer_silence);
        let at = self.jobs_last_run.map_or(0.0, |at| seconds(at.millis()));
        let about = "When the timer last looked at what is due; 0: it does not run";
        gauge(to, "pret_jobs_last_run_timestamp_seconds", about, at);
    }
}

fn stored(to: &mut Registry, organizations: &[OfOrganization]) {
    let lag: Family<Of, Gauge<f64, std::sync::atomic::AtomicU64>> = Family::default();
    let head: Family<Head, Gauge> = Family::default();
    for one in organizations {
        lag.get_or_create(&Of::this(one)).set(seconds(one.lag));
        let (org, hash) = (one.id.to_string(), one.audit_hash.clone());
        head.get_or_create(&Head { org, seq: one.audit_seq, hash }).set(1);
    }
    to.register("pret_jobs_lag_seconds", "How long what is due has been overdue", lag);
    to.register("pret_audit_head_info", "The end of the audit trail: its last event", head);
    let each = |to: &mut Registry, name: &str, about: &str, value: fn(&OfOrganization) -> i64| {
        let family: Family<Of, Gauge> = Family::default();
        for one in organizations {
            family.get_or_create(&Of::this(one)).set(value(one));
        }
        to.register(name, about, family);
    };
    each(to, "pret_audit_head_seq", "The number of the last audit event", |one| one.audit_seq);
    each(to, "pret_offers_open", "Offers that are open", |one| one.offers);
    each(to, "pret_waitlist_waiting", "Entries that wait", |one| one.waiting);
    let about = "Bookings that are pending, approved or out";
    each(to, "pret_bookings_active", about, |one| one.bookings);
    each(to, "pret_units_out", "Units that are out", |one| one.units_out);
    each(to, "pret_units_late", "Units that are out and late", |one| one.units_late);
}

impl Of {
    fn this(one: &OfOrganization) -> Self {
        Self { org: one.id.to_string() }
    }
}

fn gauge<N>(to: &mut Registry, name: &str, about: &str, value: N)
where
    N: EncodeGaugeValue + std::fmt::Debug + Send + Sync + 'static,
{
    to.register(name, about, ConstGauge::new(value));
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 stay far below 2^53")]
fn seconds(millis: i64) -> f64 {
    millis as f64 / 1000.0
}
