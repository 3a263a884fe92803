//! Erasing payloads for data protection: the one change that events allow.

use crate::audit::model::EntityType;
use crate::audit::store;
use crate::db::{Tx, WriteTx};
use crate::kernel::{Result, Traces, bug};

/// The events about these objects whose payload is still there, by their numbers.
///
/// # Errors
/// When the database can't be read.
pub fn about(tx: &Tx<'_>, objects: &[String]) -> Result<Vec<i64>> {
    store::about(tx, objects)
}

/// The events behind this number whose payload names the person, whatever they are about. Accounts
/// and members who bear the same name are other people, and only found by the address. Reads the
/// whole rest of the trail.
///
/// # Errors
/// When the database can't be read.
pub fn mentions(tx: &Tx<'_>, traces: &Traces, behind: i64) -> Result<Vec<i64>> {
    if bug::seeded("erase_leaves_mentions") {
        return Ok(Vec::new());
    }
    store::mentions(tx, traces, behind)
}

/// Erases the payloads of these events, for good.
///
/// # Errors
/// When the database refuses.
pub fn erase(tx: &WriteTx<'_>, events: &[i64]) -> Result<()> {
    if bug::seeded("erase_leaves_payload") {
        return Ok(());
    }
    store::erase(tx, events)
}

/// Erases what the trail keeps of an object, for good.
///
/// # Errors
/// When the database refuses.
pub fn erase_object(tx: &WriteTx<'_>, entity: EntityType, id: &impl ToString) -> Result<()> {
    if bug::seeded("retention_leaves_payload") {
        return Ok(());
    }
    store::erase_object(tx, entity.name(), &id.to_string())
}
