//! The timer: does on time what would else wait for the next write. No rule lives here.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::{App, upkeep};
use crate::kernel::{Actor, Code, OrgId, Result, Timestamp};
use crate::{identity, waitlist};

/// The timer sleeps until the next thing is due, and no longer than this: another process may have
/// written meanwhile.
const LONGEST_SLEEP: Duration = Duration::from_secs(10);
/// No instant: never ran, nothing expected.
const NEVER: i64 = i64::MAX;

/// What the timer knows between its runs.
pub struct Jobs {
    /// Organizations whose turn failed.
    owed: Mutex<BTreeSet<OrgId>>,
    /// For when the timer sleeps.
    wakes_at: AtomicI64,
    last_run: AtomicI64,
    woken: Notify,
}

impl Default for Jobs {
    fn default() -> Self {
        Self {
            owed: Mutex::default(),
            wakes_at: AtomicI64::new(NEVER),
            last_run: AtomicI64::new(NEVER),
            woken: Notify::new(),
        }
    }
}

impl Jobs {
    /// When the timer last looked at what is due; none: it does not run.
    pub fn last_run(&self) -> Option<Timestamp> {
        let millis = self.last_run.load(Ordering::SeqCst);
        (millis != NEVER).then(|| Timestamp::from_millis(millis))
    }

    /// Remembers that the queues of an organization must be looked at as a whole.
    pub(super) fn owe(&self, org: OrgId) {
        self.owed().insert(org);
        self.woken.notify_one();
    }

    /// Wakes the timer when something is due earlier than it expects.
    pub(super) fn wake_at(&self, at: Option<Timestamp>) {
        if at.is_some_and(|at| at.millis() < self.wakes_at.load(Ordering::SeqCst)) {
            self.woken.notify_one();
        }
    }

    fn owed(&self) -> std::sync::MutexGuard<'_, BTreeSet<OrgId>> {
        self.owed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// Runs the timer until the writer stops.
    pub async fn run_jobs(self) {
        loop {
            // Whatever is committed while this run reads must wake it again.
            self.jobs().wakes_at.store(NEVER, Ordering::SeqCst);
            let next = match self.run_due().await {
                Ok(next) => next,
                Err(error) if error.code() == Code::ShuttingDown => return,
                Err(error) => {
                    tracing::error!(?error, "what is due could not be done; it is tried again");
                    None
                }
            };
            if let Some(next) = next {
                self.jobs().wakes_at.store(next.millis(), Ordering::SeqCst);
            }
            tokio::select! {
                () = tokio::time::sleep(self.until(next)) => {}
                () = self.jobs().woken.notified() => {}
            }
        }
    }

    fn until(&self, next: Option<Timestamp>) -> Duration {
        let millis = next.map(|next| next.since(self.clock.now()).max(0));
        let wait = millis.and_then(|millis| u64::try_from(millis).ok()).map(Duration::from_millis);
        wait.map_or(LONGEST_SLEEP, |wait| wait.min(LONGEST_SLEEP))
    }

    /// Does everything that is due by now in any organization; answers when something is due next.
    /// A fault in one organization stops no other.
    ///
    /// # Errors
    /// The last fault, once everything else is done.
    pub async fn run_due(&self) -> Result<Option<Timestamp>> {
        self.jobs().last_run.store(self.clock.now().millis(), Ordering::SeqCst);
        let mut done = Ok(());
        let owed = std::mem::take(&mut *self.jobs().owed());
        for org in owed {
            if let Err(error) = self.take_full_turn(org).await {
                self.jobs().owed().insert(org);
                done = Err(error);
            }
        }
        for (org, due) in self.all_due().await? {
            if due <= self.clock.now()
                && let Err(error) = self.do_all_due(org).await
            {
                done = Err(error);
            }
        }
        done?;
        Ok(self.all_due().await?.into_iter().map(|(_, due)| due).min())
    }

    /// When something is due next in each organization in which anything is.
    async fn all_due(&self) -> Result<Vec<(OrgId, Timestamp)>> {
        self.read_globally(|global| {
            let mut all = Vec::new();
            for organization in identity::list_organizations(global)? {
                let org = organization.id;
                let due = upkeep::next_due(&global.within(org, Actor::system()))?;
                all.extend(due.map(|due| (org, due)));
            }
            Ok(all)
        })
        .await
    }

    async fn do_all_due(&self, org: OrgId) -> Result<()> {
        while self.do_due(org).await? {}
        Ok(())
    }

    async fn do_due(&self, org: OrgId) -> Result<bool> {
        self.db
            .write(move |global| upkeep::do_due(&global.write_within(org, Actor::system())))
            .await
    }

    /// Looks at all queues of an organization.
    pub(super) async fn take_full_turn(&self, org: OrgId) -> Result<()> {
        self.db
            .write(move |global| {
                waitlist::take_full_turn(&global.write_within(org, Actor::system()))
            })
            .await
    }

    /// The seeded bug `offered_in_second_transaction`: the turn behind the COMMIT that frees.
    pub(super) async fn take_turn_late(&self, org: OrgId) {
        if upkeep::turn_is_late() {
            drop(self.take_full_turn(org).await);
        }
    }
}
