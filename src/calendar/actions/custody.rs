//! Where the things are: handing units out and taking them back.

use crate::calendar::model::{Conflict, Custody};
use crate::calendar::store;
use crate::db::{Tx, WriteTx};
use crate::kernel::{
    Aftermath, BookingId, Code, Error, ItemId, ResourceId, Result, Timestamp, UnitId, bug,
};

/// Where a unit is, when it is out.
///
/// # Errors
/// When the database can't be read.
pub fn custody_of(tx: &Tx<'_>, unit: UnitId) -> Result<Option<Custody>> {
    store::custody_of(tx, unit)
}

/// Notes that a unit goes out.
///
/// # Errors
/// `unit_unavailable` when it is out already: nobody gets what is not there.
pub fn hand_out(tx: &WriteTx<'_>, custody: &Custody, resource: ResourceId) -> Result<()> {
    if let Some(out) = store::custody_of(tx, custody.unit_id)?
        && !bug::seeded("handed_out_twice")
    {
        return Err(is_out(&out, resource));
    }
    store::insert_custody(tx, custody, || is_out(custody, resource))?;
    // Late is what is out behind its end, not at it.
    tx.wake_at(custody.due_at.plus(1));
    Ok(())
}

fn is_out(out: &Custody, resource_id: ResourceId) -> Error {
    let conflict = Conflict {
        resource_id,
        resource_unit_id: out.unit_id,
        start_at: out.since,
        end_at: out.due_at,
    };
    Error::new(Code::UnitUnavailable, "This unit is out and has not come back.")
        .with("conflicts", [conflict])
        .with("alternatives", [""; 0])
}

/// Notes that the unit of an item is back. Whoever was to have it next is looked at before COMMIT.
///
/// # Errors
/// When the database refuses.
pub fn take_back(tx: &WriteTx<'_>, item: ItemId, unit: UnitId) -> Result<()> {
    store::delete_custody(tx, item)?;
    tx.leave(Aftermath::Unit(unit));
    Ok(())
}

/// Moves the time at which all that a booking has out is due. What was late is not any more.
///
/// # Errors
/// When the database refuses.
pub fn prolong(tx: &WriteTx<'_>, booking: BookingId, due_at: Timestamp) -> Result<()> {
    store::set_custody_due(tx, booking, due_at)?;
    tx.wake_at(due_at.plus(1));
    Ok(())
}
