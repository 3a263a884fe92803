//! Recording what happened, and reading it back.

use serde::Serialize;
use serde_json::Value;

use super::model::{Action, Change, EntityType};
use super::store;
use crate::db::{Tx, WriteTx};
use crate::kernel::{Error, Result, bug};

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
