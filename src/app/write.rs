//! The one write path: who may, was it done before, what is due, the work, the turn of the queues,
//! the answer kept for replays; all in one transaction.

use super::jobs::Jobs;
use super::{App, Caller, Level, replies, upkeep};
use crate::db::WriteTx;
use crate::http::Reply;
use crate::http::fingerprint::IdempotencyKey;
use crate::kernel::{Code, Demand, Error, Result, Timestamp, bug};
use crate::{audit, calendar};

/// How a job was settled, and the audit position it was settled at.
struct Settled {
    seq: i64,
    answer: Result<Reply>,
    /// When something is due by itself because of it.
    wake_at: Option<Timestamp>,
}

/// A request to be settled.
struct Request<'a> {
    key: Option<&'a IdempotencyKey>,
    /// The path, for a refusal that is kept.
    instance: &'a str,
    jobs: &'a Jobs,
}

impl App {
    /// Runs work in the writer on behalf of the caller. A refusal undoes the work and keeps the
    /// key; a failure undoes everything.
    ///
    /// # Errors
    /// Whatever the work refused, or `outcome_unknown` when nobody can know.
    pub async fn write<L, F>(
        &self,
        caller: &Caller<L>,
        key: Option<IdempotencyKey>,
        work: F,
    ) -> Result<Reply>
    where
        L: Level,
        F: Fn(&WriteTx<'_>) -> Result<Reply> + Send + 'static,
    {
        let asked = caller.asked();
        let instance = caller.trail.path.to_string();
        let (its_key, its_asked) = (key.clone(), asked.clone());
        let role_before = caller.actor.clone();
        let app = self.clone();
        let settled = self
            .db
            .write(move |global| {
                let actor = if bug::seeded("role_read_before_job") {
                    role_before.clone()
                } else {
                    its_asked.authorize(global)?
                };
                let tx = global.write_within(its_asked.org, actor);
                let request =
                    Request { key: its_key.as_ref(), instance: &instance, jobs: app.jobs() };
                settle(&tx, &request, &work)
            })
            .await?;
        caller.trail.reached(settled.seq);
        self.jobs().wake_at(settled.wake_at);
        self.take_turn_late(asked.org).await;
        if bug::seeded("key_stored_apart") {
            self.keep_apart(caller, key.clone(), &settled).await;
        }
        match settled.answer {
            Ok(reply) => Ok(reply),
            Err(mut error) => match error.take_demand() {
                Some(demand) => self.refuse_with_alternatives(caller, key, error, demand).await,
                None => Err(error),
            },
        }
    }

    /// The seeded bug `key_stored_apart`: the key in a transaction behind the one of its work.
    async fn keep_apart<L: Level>(
        &self,
        caller: &Caller<L>,
        key: Option<IdempotencyKey>,
        settled: &Settled,
    ) {
        let (Some(key), Ok(reply)) = (key, &settled.answer) else { return };
        let reply = reply.clone();
        let (asked, seq) = (caller.asked(), settled.seq);
        let kept = self.db.write(move |global| {
            let tx = global.write_within(asked.org, asked.authorize(global)?);
            replies::keep(&tx, &key, &reply, seq)
        });
        drop(kept.await);
    }

    /// Searches on a reader what could be had instead, and only then keeps the refusal: the write
    /// lock is not held meanwhile. Should the same request have been answered in between, that
    /// answer stands.
    async fn refuse_with_alternatives<L: Level>(
        &self,
        caller: &Caller<L>,
        key: Option<IdempotencyKey>,
        error: Error,
        demand: Demand,
    ) -> Result<Reply> {
        let asked = caller.asked();
        let searcher = asked.clone();
        let alternatives = self
            .db
            .read_async(move |global| {
                let actor = searcher.authorize(global)?;
                calendar::alternatives(&global.within(searcher.org, actor), &demand)
            })
            .await?;
        let error = error.with("alternatives", alternatives);
        let Some(key) = key else { return Err(error) };
        let seq = caller.trail.seq().unwrap_or_default();
        let refusal = Reply::refusal(&error, &caller.trail.path);
        let (reply, seq) = self
            .db
            .write(move |global| {
                let tx = global.write_within(asked.org, asked.authorize(global)?);
                match replies::find(&tx, &key)? {
                    Some(stands) => Ok(stands),
                    None => {
                        replies::keep(&tx, &key, &refusal, seq).map(|()| (refusal.clone(), seq))
                    }
                }
            })
            .await?;
        caller.trail.reached(seq);
        Ok(reply)
    }
}

/// Replay, or work and its answer. What is due comes before the work, so that who waits comes
/// before who writes; the turn of the queues comes after it, also when the work was refused: what
/// was due stays ended.
fn settle(
    tx: &WriteTx<'_>,
    request: &Request<'_>,
    work: impl Fn(&WriteTx<'_>) -> Result<Reply>,
) -> Result<Settled> {
    let settled = |seq, answer| Settled { seq, answer, wake_at: tx.wakes_at() };
    if let Some(key) = request.key {
        match replies::find(tx, key) {
            Ok(Some((reply, seq))) => return Ok(settled(seq, Ok(reply))),
            Ok(None) => {}
            Err(error) if error.code() == Code::IdempotencyKeyReused => {
                return Ok(settled(audit::head_seq(tx)?, Err(error)));
            }
            Err(error) => return Err(error),
        }
    }
    upkeep::before(tx, request.jobs)?;
    let answer = match tx.attempt(|| work(tx)) {
        Err(error) if error.code() == Code::Internal => return Err(error),
        answer => answer,
    };
    if !upkeep::turn_is_late() {
        upkeep::after(tx, request.jobs)?;
    }
    let seq = audit::head_seq(tx)?;
    Ok(settled(seq, keep(tx, request, answer, seq)?))
}

/// Keeps an answer under its key: success, and a refusal that is whole already.
fn keep(
    tx: &WriteTx<'_>,
    request: &Request<'_>,
    answer: Result<Reply>,
    seq: i64,
) -> Result<Result<Reply>> {
    match (answer, request.key) {
        (Ok(reply), Some(key)) => {
            if !bug::seeded("key_stored_apart") {
                replies::keep(tx, key, &reply, seq)?;
            }
            Ok(Ok(reply))
        }
        (Err(error), Some(key)) if error.code().status() == 409 && !error.wants_alternatives() => {
            let reply = Reply::refusal(&error, request.instance);
            replies::keep(tx, key, &reply, seq)?;
            Ok(Ok(reply))
        }
        (answer, _) => Ok(answer),
    }
}
