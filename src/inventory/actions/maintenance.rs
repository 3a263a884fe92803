//! Planned maintenance: a unit is held for it, as bookings hold theirs.

use super::units::live_unit;
use crate::audit::{self, Action, Change, EntityType};
use crate::calendar::{self, ClaimKind};
use crate::db::{Tx, WriteTx};
use crate::inventory::model::{Maintenance, NewMaintenance};
use crate::inventory::store;
use crate::kernel::{
    Demand, DemandLine, Error, Listed, MaintenanceId, PageRequest, Result, Timestamp, UnitId,
    Window, bug,
};

/// Plans maintenance of a unit. Nothing is kept free behind it.
///
/// # Errors
/// `not_found`, `validation_failed` for a start in the past, `not_bookable` when the unit is out of
/// service, `unit_unavailable` when something holds it then.
pub fn create_maintenance(
    tx: &WriteTx<'_>,
    unit: UnitId,
    new: &NewMaintenance,
) -> Result<Maintenance> {
    live_unit(tx, unit)?;
    calendar::require_future(tx, new.start_at)?;
    calendar::require_ahead(tx, new.end_at)?;
    let planned = Maintenance {
        id: MaintenanceId::new(),
        resource_unit_id: unit,
        start_at: new.start_at,
        end_at: new.end_at,
        note: new.note.clone(),
        created_by: tx.actor().user_id,
        created_at: tx.now(),
    };
    hold(tx, &planned)?;
    store::insert_maintenance(tx, &planned)?;
    tx.wake_at(planned.end_at);
    let state = planned.recorded(None)?;
    audit::record(tx, &Change::create(EntityType::Maintenance, planned.id, &state)?)?;
    Ok(planned)
}

/// Takes the unit through the one function that does.
fn hold(tx: &WriteTx<'_>, planned: &Maintenance) -> Result<()> {
    let demand = Demand {
        window: Window { start: planned.start_at, end: planned.end_at },
        lines: vec![DemandLine::Unit(planned.resource_unit_id)],
        holder: planned.id.0,
        preferred: Vec::new(),
        excluded: Vec::new(),
    };
    let mut lines = calendar::resolve(tx, &demand.lines)?;
    calendar::require_bookable(&lines)?;
    if !bug::seeded("maintenance_with_buffer") {
        for line in &mut lines {
            line.buffer_minutes = 0;
        }
    }
    if !bug::seeded("maintenance_without_claim") {
        calendar::claim(tx, ClaimKind::Maintenance, &demand, &lines)?;
    }
    Ok(())
}

/// Takes planned maintenance away, also when it has begun or is over; what it held is free.
///
/// # Errors
/// `not_found`, also when it is another unit's or its unit is deleted.
pub fn delete_maintenance(tx: &WriteTx<'_>, unit: UnitId, id: MaintenanceId) -> Result<()> {
    live_unit(tx, unit)?;
    let planned = store::find_maintenance(tx, id)?
        .filter(|planned| {
            planned.resource_unit_id == unit || bug::seeded("maintenance_of_any_unit")
        })
        .ok_or_else(Error::not_found)?;
    store::delete_maintenance(tx, id)?;
    calendar::release(tx, id.0)?;
    let (before, after) = (planned.recorded(None)?, planned.recorded(Some(tx.now()))?);
    let change = Change::of(Action::SoftDelete, EntityType::Maintenance, id, &before, &after)?;
    audit::record(tx, &change)
}

/// Lets go of the units whose maintenance is over: only what is in force stands among the claims,
/// so that a unit which is back can take another one's place. Nothing about a plan changes by that,
/// so there is no event.
///
/// # Errors
/// When the database refuses.
pub fn end_maintenance(tx: &WriteTx<'_>) -> Result<()> {
    if bug::seeded("maintenance_for_ever") {
        return Ok(());
    }
    store::end_over(tx)?.into_iter().try_for_each(|id| calendar::release(tx, id.0))
}

/// When the next maintenance is over.
///
/// # Errors
/// When the database can't be read.
pub fn next_maintenance_end(tx: &Tx<'_>) -> Result<Option<Timestamp>> {
    store::next_end(tx)
}

/// One page of what is planned for a unit and not over.
///
/// # Errors
/// `not_found`.
pub fn list_maintenance(
    tx: &Tx<'_>,
    unit: UnitId,
    page: &PageRequest,
) -> Result<Listed<Maintenance>> {
    live_unit(tx, unit)?;
    store::list_maintenance(tx, unit, page)
}

/// Where planned maintenance and the claims of the organization disagree: nowhere, unless a guard
/// failed.
///
/// # Errors
/// When the database can't be read.
pub fn verify(tx: &Tx<'_>) -> Result<Vec<String>> {
    let unheld = store::maintenance_without_claim(tx)?;
    let stray = store::claims_without_maintenance(tx)?;
    let unheld = unheld.iter().map(|id| format!("maintenance {id} does not hold its unit"));
    let stray = stray.iter().map(|id| format!("claim {id} belongs to no planned maintenance"));
    Ok(unheld.chain(stray).collect())
}
