//! What is planned for units, and taken away again.

use super::super::plan::Act;
use super::{Made, no_such};
use crate::booking::NewBooking;
use crate::db::WriteTx;
use crate::inventory::{self, NewMaintenance};
use crate::kernel::{MaintenanceId, Result, UnitId};

/// Plans maintenance of the one unit that is named.
pub(super) fn plan(tx: &WriteTx<'_>, wanted: &NewBooking) -> Result<Made> {
    let unit = wanted.items.first().and_then(|item| item.resource_unit_id).ok_or_else(no_such)?;
    let new = NewMaintenance {
        start_at: wanted.start_at,
        end_at: wanted.end_at,
        note: Some(wanted.purpose.clone()),
    };
    Ok(Made::Maintenance(unit, inventory::create_maintenance(tx, unit, &new)?.id))
}

/// Does something to what was planned.
pub(super) fn act(tx: &WriteTx<'_>, unit: UnitId, id: MaintenanceId, act: &Act) -> Result<()> {
    match act {
        Act::EndMaintenance => inventory::delete_maintenance(tx, unit, id),
        _ => Err(no_such()),
    }
}
