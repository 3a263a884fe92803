//! Recording what happened, and reading it back.

use serde::Serialize;
use serde_json::Value;

use crate::audit::model::{
    Action, ChainReport, Change, EntityType, Event, EventFilters, Head, ObjectState,
};
use crate::audit::rules::Follower;
use crate::audit::store;
use crate::db::{Tx, WriteTx};
use crate::kernel::{Code, EntityId, Error, Listed, PageRequest, Result, Timestamp, bug};

#[expect(clippy::needless_pass_by_value, reason = "ids are copied; callers read better without &")]
impl Change {
    /// An object was made.
    pub fn create(entity: EntityType, id: impl ToString, after: &impl Serialize) -> Result<Self> {
        Ok(Self::new(entity, id, Action::Create, None, Some(whole(after)?)))
    }

    /// An object changed from one whole state to another.
    pub fn of(
        action: Action,
        entity: EntityType,
        id: impl ToString,
        before: &impl Serialize,
        after: &impl Serialize,
    ) -> Result<Self> {
        Ok(Self::new(entity, id, action, Some(whole(before)?), Some(whole(after)?)))
    }

    /// Personal data of an object were erased: what it was before is not told.
    pub fn erased(entity: EntityType, id: impl ToString, after: &impl Serialize) -> Result<Self> {
        Ok(Self::new(entity, id, Action::Update, None, Some(whole(after)?)))
    }

    fn new(
        entity_type: EntityType,
        id: impl ToString,
        action: Action,
        before: Option<Value>,
        after: Option<Value>,
    ) -> Self {
        Self { entity_type, entity_id: id.to_string(), action, before, after }
    }
}

fn whole(object: &impl Serialize) -> Result<Value> {
    serde_json::to_value(object).map_err(Error::internal)
}

/// Writes a change into the trail, in the transaction that makes it.
///
/// # Errors
/// When the database refuses; then the change must not be kept either.
pub fn record(tx: &WriteTx<'_>, change: &Change) -> Result<()> {
    if bug::seeded("audit_forgotten") && change.action == Action::StatusChange {
        return Ok(());
    }
    store::append(tx, change)
}

/// The number of the organization's last event; 0 while there is none.
///
/// # Errors
/// When the database can't be read.
pub fn head_seq(tx: &Tx<'_>) -> Result<i64> {
    Ok(store::head(tx)?.seq)
}

/// The end of the organization's trail.
///
/// # Errors
/// When the database can't be read.
pub fn head(tx: &Tx<'_>) -> Result<Head> {
    store::head(tx)
}

/// One page of the events.
///
/// # Errors
/// When the database can't be read.
pub fn list(tx: &Tx<'_>, filters: &EventFilters, page: &PageRequest) -> Result<Listed<Event>> {
    store::list(tx, filters, page)
}

/// The object as it was at an instant: the state behind the last event until then.
///
/// # Errors
/// `not_found` when there was no such object yet, or the payload was erased.
pub fn object_at(
    tx: &Tx<'_>,
    entity_type: EntityType,
    entity_id: EntityId,
    at: Timestamp,
) -> Result<ObjectState> {
    let event = store::last_until(tx, entity_type.name(), entity_id, at)?.ok_or_else(|| {
        Error::new(Code::NotFound, "No event speaks of such an object up to that time.")
    })?;
    event.after.ok_or_else(|| {
        let detail = format!("What event {} kept of the object was erased.", event.seq);
        Error::new(Code::NotFound, detail)
    })
}

/// Computes the organization's chain anew, one event at a time. With a head that was noted before,
/// also finds a tail that was cut off or rewritten, which a chain alone can't show. What nobody
/// can find: a tail that was rewritten behind the last noted head.
///
/// # Errors
/// When the database can't be read; faults of the chain stand in the report.
pub fn verify(tx: &Tx<'_>, expected: Option<&Head>) -> Result<ChainReport> {
    let mut follower = Follower::new(tx.org(), expected.cloned());
    store::each(tx, |event| follower.see(event))?;
    Ok(follower.finish())
}
