//! Answers kept under their idempotency key, per person and organization.

use crate::db::{GlobalWriteTx, WriteTx};
use crate::http::Reply;
use crate::http::fingerprint::IdempotencyKey;
use crate::kernel::{Code, Error, Result, Timestamp, Traces, UserId, bug};

/// The answer that was given to this request before, and its audit position.
///
/// # Errors
/// `idempotency_key_reused` when the key belongs to another request.
pub(super) fn find(tx: &WriteTx<'_>, key: &IdempotencyKey) -> Result<Option<(Reply, i64)>> {
    let found = tx.find(
        "SELECT fingerprint, status, etag, location, body, commit_seq FROM idempotency_keys
         WHERE org_id = :org AND user_id = :user AND key = :key",
        &[(":user", &user(tx)?), (":key", &key.key)],
        |row| {
            let reply = Reply {
                status: row.get("status")?,
                etag: row.get("etag")?,
                location: row.get("location")?,
                body: row.get("body")?,
                replayed: true,
            };
            Ok((row.get::<_, String>("fingerprint")?, reply, row.get("commit_seq")?))
        },
    )?;
    match found {
        Some((fingerprint, ..)) if fingerprint != key.fingerprint => Err(Error::new(
            Code::IdempotencyKeyReused,
            "This Idempotency-Key was used for another request; choose a new one.",
        )),
        found => Ok(found.map(|(_, reply, seq)| (reply, seq))),
    }
}

/// Keeps an answer. Only success and 409 are kept: anything else may be tried again.
pub(super) fn keep(tx: &WriteTx<'_>, key: &IdempotencyKey, reply: &Reply, seq: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO idempotency_keys
             (org_id, user_id, key, fingerprint, status, etag, location, body, commit_seq, created_at)
         VALUES (:org, :user, :key, :fingerprint, :status, :etag, :location, :body, :seq, :now)",
        &[
            (":user", &user(tx)?),
            (":key", &key.key),
            (":fingerprint", &key.fingerprint),
            (":status", &reply.status),
            (":etag", &reply.etag),
            (":location", &reply.location),
            (":body", &reply.body),
            (":seq", &seq),
        ],
    )?;
    Ok(())
}

const PRUNE: &str = "DELETE FROM idempotency_keys WHERE (org_id, user_id, key) IN (
    SELECT k.org_id, k.user_id, k.key FROM idempotency_keys AS k INDEXED BY idempotency_keys_by_age
    WHERE k.created_at <= :until LIMIT :most)";

/// Removes answers that were given before this, at most so many; answers how many.
pub(super) fn prune(global: &GlobalWriteTx<'_>, until: Timestamp, most: usize) -> Result<usize> {
    let until = if bug::seeded("pruned_too_early") { global.now() } else { until };
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    global.execute(PRUNE, &[(":until", &until), (":most", &most)])
}

/// What stands in the place of an answer that held data of somebody who was erased. Its key still
/// counts: nothing is done twice.
const ERASED: &[u8] = br#"{"erased":true}"#;

/// Forgets the answers that somebody got, and what others were answered about that person.
pub(super) fn forget(tx: &WriteTx<'_>, traces: &Traces) -> Result<()> {
    tx.execute(
        "DELETE FROM idempotency_keys WHERE org_id = :org AND user_id = :user",
        &[(":user", &traces.user_id)],
    )?;
    let id = traces.user_id.to_string();
    let answers = tx.all(
        "SELECT user_id, key, body FROM idempotency_keys WHERE org_id = :org",
        &[],
        |row| {
            let body: Vec<u8> = row.get("body")?;
            let body = String::from_utf8_lossy(&body);
            let is_about = body.contains(&id) || traces.named_in(&body);
            Ok(is_about.then_some((row.get::<_, UserId>("user_id")?, row.get::<_, String>("key")?)))
        },
    )?;
    for (user, key) in answers.into_iter().flatten() {
        tx.execute(
            "UPDATE idempotency_keys SET body = :body
             WHERE org_id = :org AND user_id = :user AND key = :key",
            &[(":user", &user), (":key", &key), (":body", &ERASED)],
        )?;
    }
    Ok(())
}

fn user(tx: &WriteTx<'_>) -> Result<UserId> {
    tx.actor().user_id.ok_or_else(|| Error::internal("a key without a person"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::plan;

    #[test]
    fn old_answers_are_found_by_their_age() {
        let plan = plan(PRUNE);
        let by_age = "SEARCH k USING COVERING INDEX idempotency_keys_by_age (created_at<?)";
        assert!(plan.iter().any(|step| step.contains(by_age)), "{plan:#?}");
        let by_key = "SEARCH idempotency_keys USING PRIMARY KEY (org_id=? AND user_id=? AND key=?)";
        assert!(plan.iter().any(|step| step.contains(by_key)), "{plan:#?}");
    }
}
