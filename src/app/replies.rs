//! Answers kept under their idempotency key, per person and organization.

use crate::db::WriteTx;
use crate::http::Reply;
use crate::http::fingerprint::IdempotencyKey;
use crate::kernel::{Code, Error, Result, UserId};

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

fn user(tx: &WriteTx<'_>) -> Result<UserId> {
    tx.actor().user_id.ok_or_else(|| Error::internal("a key without a person"))
}
