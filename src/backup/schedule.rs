//! The backups that the server makes by itself, on a thread of their own: serving never waits for
//! one, and a failed one is tried again.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use super::keep;
use super::make::{Made, Watching, make};
use super::target::{Target, names_in};
use crate::config::Backup;
use crate::db::{Db, LastBackup};
use crate::kernel::clock::MINUTE;
use crate::kernel::{Clock, Error, Result, Timestamp};

/// How often the clock is looked at.
const LOOK: Duration = Duration::from_secs(30);
/// So long after a failure it is tried again, in milliseconds.
const AGAIN: i64 = 10 * MINUTE;

/// When the next backup is made, and where.
pub struct Schedule {
    db: Db,
    clock: Arc<dyn Clock>,
    folder: PathBuf,
    every_hours: u32,
    keep: u32,
    /// Not before this instant, after a failure.
    waits_until: Option<Timestamp>,
}

impl Schedule {
    /// The one that the settings ask for, if they do.
    pub fn new(db: Db, settings: &Backup, clock: Arc<dyn Clock>) -> Option<Self> {
        let folder = settings.folder.clone()?;
        let Backup { every_hours, keep, .. } = *settings;
        Some(Self { db, clock, folder, every_hours, keep, waits_until: None })
    }

    /// Makes a backup when one is due. `go_on` is asked again and again meanwhile.
    ///
    /// # Errors
    /// As [`make`]; the next try is put off.
    pub fn run_due(&mut self, go_on: &dyn Fn() -> bool) -> Result<Option<Made>> {
        let now = self.clock.now();
        if self.waits_until.is_some_and(|until| now < until) {
            return Ok(None);
        }
        self.waits_until = Some(now.plus(AGAIN));
        if !keep::is_due(self.newest(now)?, now, self.every_hours) {
            self.waits_until = None;
            return Ok(None);
        }
        let target = Target::Folder { path: self.folder.clone(), keep: Some(self.keep) };
        let watching = Watching { copying: &|_, _| go_on(), checking: &|_| {} };
        let made = make(&self.db, &target, now, watching)?;
        self.waits_until = None;
        Ok(Some(made))
    }

    /// The newest one in the folder, or of the folder, when it was carried on from there.
    fn newest(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        let there = keep::newest(&names_in(&self.folder)?, now);
        let real = std::fs::canonicalize(&self.folder).map_err(Error::internal)?;
        let told = LastBackup::of(self.db.path())?
            .filter(|last| last.file.parent() == Some(&real) && last.at <= now);
        Ok(there.max(told.map(|last| last.at)))
    }

    /// Keeps to the schedule until what is answered is dropped. A copy that runs then is ended.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub fn start(mut self) -> Result<Running> {
        let stop = Arc::new(AtomicBool::new(false));
        let (awake, asleep) = sync_channel::<()>(0);
        let stopped = Arc::clone(&stop);
        let work = move || loop {
            let go_on = || !stopped.load(Ordering::SeqCst);
            tell(self.run_due(&go_on), go_on());
            if asleep.recv_timeout(LOOK) == Err(RecvTimeoutError::Disconnected) {
                return;
            }
        };
        let thread = std::thread::Builder::new().name("backups".to_owned());
        thread.spawn(work).map_err(Error::internal)?;
        Ok(Running { stop, _awake: awake })
    }
}

/// The schedule that is kept to.
pub struct Running {
    stop: Arc<AtomicBool>,
    _awake: SyncSender<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
    }
}

fn tell(done: Result<Option<Made>>, goes_on: bool) {
    match done {
        Ok(None) => {}
        Ok(Some(made)) => {
            let (file, heads) = (made.file.display(), made.heads.join(" "));
            let Made { bytes, copied_ms, verified_ms, .. } = made;
            tracing::info!(%file, bytes, copied_ms, verified_ms, heads, "a backup was made");
            for finding in &made.findings {
                tracing::error!(%file, %finding, "the backup shows that something is wrong");
            }
        }
        Err(_) if !goes_on => tracing::info!("a backup was ended, as the server stops"),
        Err(error) => {
            tracing::error!(error = error.told(), "no backup could be made; it is tried again");
        }
    }
}
