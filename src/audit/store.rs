//! `audit_events`: the end of the chain, and what is put behind it.

use super::model::{Change, Head};
use super::rules::{self, GENESIS, Link};
use crate::db::{Tx, WriteTx};
use crate::kernel::{EventId, Result};
use crate::keys;

/// The last event of the organization.
pub(super) fn head(tx: &Tx<'_>) -> Result<Head> {
    let head = tx.find(
        "SELECT seq, hash FROM audit_events WHERE org_id = :org ORDER BY seq DESC LIMIT 1",
        &[],
        |row| Ok(Head { seq: row.get("seq")?, hash: row.get("hash")? }),
    )?;
    Ok(head.unwrap_or(Head { seq: 0, hash: GENESIS.to_owned() }))
}

/// Puts an event behind the last one.
pub(super) fn append(tx: &WriteTx<'_>, change: &Change) -> Result<()> {
    let head = head(tx)?;
    let seq = head.seq + 1;
    let id = EventId::new().to_string();
    let actor = tx.actor().user_id.map(|user| user.to_string());
    let before = change.before.as_ref().map(ToString::to_string);
    let after = change.after.as_ref().map(ToString::to_string);
    let salt = keys::random_text(16);
    let payload_digest = rules::payload_digest(&salt, before.as_deref(), after.as_deref());
    let hash = Link {
        previous: &head.hash,
        org: &tx.org().to_string(),
        id: &id,
        seq,
        actor: actor.as_deref(),
        entity_type: change.entity_type.name(),
        entity_id: &change.entity_id,
        action: change.action.name(),
        at: tx.now().millis(),
        request_id: tx.actor().request_id.as_deref(),
        payload_digest: &payload_digest,
    }
    .hash();
    tx.execute(
        "INSERT INTO audit_events (id, org_id, seq, actor_user_id, entity_type, entity_id, action,
             before_json, after_json, at, request_id, salt, payload_digest, hash)
         VALUES (:id, :org, :seq, :actor, :entity_type, :entity_id, :action,
             :before, :after, :now, :request_id, :salt, :payload_digest, :hash)",
        &[
            (":id", &id),
            (":seq", &seq),
            (":actor", &actor),
            (":entity_type", &change.entity_type.name()),
            (":entity_id", &change.entity_id),
            (":action", &change.action.name()),
            (":before", &before),
            (":after", &after),
            (":request_id", &tx.actor().request_id),
            (":salt", &salt),
            (":payload_digest", &payload_digest),
            (":hash", &hash),
        ],
    )?;
    Ok(())
}
