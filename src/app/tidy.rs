//! Removing by age what is not needed any more, in small steps between the writes of others.
//!
//! What SQLite offers beside is left out on purpose. `PRAGMA optimize` would put the statistics of
//! what is in the file today in the place of those that the schema brings: on the demo, 8 of 157
//! statements then read worse, one of them all maintenance there ever was, at each write; and which
//! ones, nobody could test beforehand. Free pages are not given back: what is removed here is written
//! again tomorrow, and the trail only grows.

use std::time::{Duration, Instant};

use super::{App, replies, retention};
use crate::kernel::clock::{DAY, HOUR};
use crate::kernel::{Actor, Code, OrgId, Result, bug};
use crate::{identity, notification};

/// One write removes at most so many rows: some milliseconds, and never the whole backlog.
const AT_ONCE: usize = 200;
/// How long after the start the first pass begins: who comes back goes first.
const SETTLED: Duration = Duration::from_secs(10);
/// How long after a pass the next one begins.
const PAUSE: Duration = Duration::from_hours(1);
/// A step rests so many times as long as it took. When others fill the queue it takes longer, and
/// rests longer: the writer is theirs.
const REST: u32 = 9;

/// Something to be removed.
#[derive(Debug, Clone, Copy)]
enum Chore {
    /// Answers kept for replays.
    Answers,
    /// Sessions and their refresh tokens.
    Sessions,
    /// One-time tokens for a new password.
    ResetTokens,
    /// Notifications that were read.
    Notifications(OrgId),
    /// The people of what was over long ago.
    Closed(OrgId),
}

impl App {
    /// Tidies up soon after the start, and from time to time until the writer stops.
    pub async fn run_tidying(self) {
        tokio::time::sleep(SETTLED).await;
        loop {
            match self.tidy_with(REST).await {
                Err(error) if error.code() == Code::ShuttingDown => return,
                Err(error) => tracing::error!(?error, "tidying up failed; it is tried again"),
                Ok(()) => {}
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Removes all that has had its time by now, step by step without a rest.
    ///
    /// # Errors
    /// The last fault, once everything else is done.
    pub async fn tidy(&self) -> Result<()> {
        self.tidy_with(0).await
    }

    async fn tidy_with(&self, rest: u32) -> Result<()> {
        let mut done = Ok(());
        for chore in self.chores().await? {
            if let Err(error) = self.finish(chore, rest).await {
                tracing::warn!(?chore, ?error, "a part of tidying up failed");
                done = Err(error);
            }
        }
        done
    }

    async fn chores(&self) -> Result<Vec<Chore>> {
        let organizations = self.read_globally(identity::list_organizations).await?;
        let of_each = organizations.into_iter().flat_map(|organization| {
            let org = organization.id;
            let keeps = organization.policy.retention_months.is_none();
            let closed = (!keeps).then_some(Chore::Closed(org));
            std::iter::once(Chore::Notifications(org)).chain(closed)
        });
        let first = [Chore::Answers, Chore::Sessions, Chore::ResetTokens];
        Ok(first.into_iter().chain(of_each).collect())
    }

    async fn finish(&self, chore: Chore, rest: u32) -> Result<()> {
        loop {
            let began = Instant::now();
            let more = self.step(chore).await?;
            tokio::time::sleep(began.elapsed() * rest).await;
            if !more {
                return Ok(());
            }
        }
    }

    /// One write; answers whether something is left.
    async fn step(&self, chore: Chore) -> Result<bool> {
        let kept = self.config.retention.clone();
        let most = if bug::seeded("pruning_unbounded") { usize::MAX } else { AT_ONCE };
        let written = self.db.write(move |global| {
            let within = |org| global.write_within(org, Actor::system());
            let removed = match chore {
                Chore::Answers => {
                    let age = i64::from(kept.answers_hours) * HOUR;
                    replies::prune(global, global.now().plus(-age), most)?
                }
                Chore::Sessions => identity::prune_sessions(global, most)?,
                Chore::ResetTokens => identity::prune_reset_tokens(global, most)?,
                Chore::Notifications(org) => {
                    let age = i64::from(kept.read_notifications_days) * DAY;
                    notification::prune(&within(org), global.now().plus(-age), most)?
                }
                Chore::Closed(org) => return retention::step(&within(org)),
            };
            Ok(removed > 0)
        });
        written.await
    }
}
