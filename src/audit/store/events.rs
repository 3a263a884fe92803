//! `audit_events`: the end of the chain, what is put behind it, and reading it back.

use crate::audit::model::{Action, Change, EntityType, Event, EventFilters, Head, ObjectState};
use crate::audit::rules::{self, GENESIS, Link, Stored};
use crate::db::{List, Mapped, Row, Tx, WriteTx, word};
use crate::kernel::{EntityId, EventId, Listed, PageRequest, Result, Timestamp};
use crate::keys;

/// The last event of the organization.
pub(in crate::audit) fn head(tx: &Tx<'_>) -> Result<Head> {
    let head = tx.find(
        "SELECT seq, hash FROM audit_events WHERE org_id = :org ORDER BY seq DESC LIMIT 1",
        &[],
        |row| Ok(Head { seq: row.get("seq")?, hash: row.get("hash")? }),
    )?;
    Ok(head.unwrap_or(Head { seq: 0, hash: GENESIS.to_owned() }))
}

/// Puts an event behind the last one.
pub(in crate::audit) fn append(tx: &WriteTx<'_>, change: &Change) -> Result<()> {
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

const COLUMNS: &str = "e.id, e.seq, e.actor_user_id, e.entity_type, e.entity_id, e.action,
    e.before_json, e.after_json, e.at, e.request_id";

/// One page of the events.
pub(in crate::audit) fn list(
    tx: &Tx<'_>,
    filters: &EventFilters,
    page: &PageRequest,
) -> Result<Listed<Event>> {
    listing(filters).fetch(tx, page, event)
}

fn listing(filters: &EventFilters) -> List<'_> {
    // The indexes are named because SQLite, without statistics, takes an organization for ten rows
    // and walks all of its trail.
    let from = if filters.entity_id.is_some() {
        "audit_events AS e INDEXED BY audit_events_by_entity WHERE e.org_id = :org"
    } else if filters.actor.is_some() {
        "audit_events AS e INDEXED BY audit_events_by_actor WHERE e.org_id = :org"
    } else {
        "audit_events AS e WHERE e.org_id = :org"
    };
    List::new(COLUMNS, from, "e.id")
        .only("e.entity_type = :type", ":type", filters.entity_type.map(EntityType::name))
        .only("e.entity_id = :entity", ":entity", filters.entity_id)
        .only("e.actor_user_id = :actor", ":actor", filters.actor)
        .only("e.action = :action", ":action", filters.action.map(Action::name))
        .only("e.at >= :from", ":from", filters.from)
        .only("e.at < :to", ":to", filters.to)
}

/// The last event about an object up to an instant.
pub(in crate::audit) fn last_until(
    tx: &Tx<'_>,
    entity_type: &str,
    entity_id: EntityId,
    at: Timestamp,
) -> Result<Option<Event>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM audit_events AS e INDEXED BY audit_events_by_entity
         WHERE e.org_id = :org AND e.entity_type = :type AND e.entity_id = :entity AND e.at <= :at
         ORDER BY e.seq DESC LIMIT 1"
    );
    tx.find(&sql, &[(":type", &entity_type), (":entity", &entity_id), (":at", &at)], event)
}

/// Shows every event in order, holding one at a time.
pub(in crate::audit) fn each(tx: &Tx<'_>, mut see: impl FnMut(Stored)) -> Result<()> {
    tx.all(
        "SELECT id, seq, actor_user_id, entity_type, entity_id, action, before_json, after_json,
             at, request_id, salt, payload_digest, hash
         FROM audit_events WHERE org_id = :org ORDER BY seq",
        &[],
        |row| {
            see(stored(row)?);
            Ok(())
        },
    )?;
    Ok(())
}

fn event(row: &Row<'_>) -> Mapped<Event> {
    Ok(Event {
        id: row.get("id")?,
        seq: row.get("seq")?,
        actor_user_id: row.get("actor_user_id")?,
        entity_type: word(row, "entity_type")?,
        entity_id: row.get("entity_id")?,
        action: word(row, "action")?,
        before: state(row, "before_json")?,
        after: state(row, "after_json")?,
        at: row.get("at")?,
        request_id: row.get("request_id")?,
    })
}

/// Whole states are always objects; anything else was written by hand and is no state.
fn state(row: &Row<'_>, column: &str) -> Mapped<Option<ObjectState>> {
    let text: Option<String> = row.get(column)?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

fn stored(row: &Row<'_>) -> Mapped<Stored> {
    Ok(Stored {
        id: row.get("id")?,
        seq: row.get("seq")?,
        actor: row.get("actor_user_id")?,
        entity_type: row.get("entity_type")?,
        entity_id: row.get("entity_id")?,
        action: row.get("action")?,
        before: row.get("before_json")?,
        after: row.get("after_json")?,
        at: row.get("at")?,
        request_id: row.get("request_id")?,
        salt: row.get("salt")?,
        payload_digest: row.get("payload_digest")?,
        hash: row.get("hash")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::with_empty;
    use crate::kernel::{EntityId, SortColumn, SortKey, SortValue, UserId};

    #[test]
    fn each_page_of_the_trail_is_one_step_into_an_index() {
        let column = SortColumn { name: "seq", sql: "e.seq" };
        let page = |after| PageRequest {
            limit: 50,
            sort: vec![SortKey { column, descending: true }],
            after,
        };
        let behind = vec![SortValue::Integer(7), SortValue::Text("x".to_owned())];
        let object = EventFilters {
            entity_type: Some(EntityType::Unit),
            entity_id: Some(EntityId::new()),
            ..EventFilters::default()
        };
        let actor = EventFilters { actor: Some(UserId::new()), ..EventFilters::default() };
        with_empty(|tx| {
            for (filters, index) in [
                (EventFilters::default(), "PRIMARY KEY (org_id=?"),
                (object, "audit_events_by_entity (org_id=? AND entity_id=?"),
                (actor, "audit_events_by_actor (org_id=? AND actor_user_id=?"),
            ] {
                for after in [None, Some(behind.clone())] {
                    let plan = listing(&filters).explain(tx, &page(after.clone())).unwrap();
                    let placed = |step: &String| step.contains("(seq,id)<(?,?)");
                    let fits =
                        |step: &String| step.contains(index) && placed(step) == after.is_some();
                    assert!(plan.len() == 1 && plan.iter().all(fits), "{index}: {plan:?}");
                }
            }
        });
    }
}
