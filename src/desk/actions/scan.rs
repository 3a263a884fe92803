//! What a scanned barcode stands for.

use super::labelled::labelled;
use crate::calendar;
use crate::db::Tx;
use crate::desk::model::{Barcode, DeskBooking, Found, Reserved, ScannedCustody, ScannedUnit};
use crate::desk::rules::{self, Facts};
use crate::desk::store;
use crate::inventory::{self, ResourceStatus, UnitStatus};
use crate::kernel::{BookingId, Demand, DemandLine, Error, Result, UnitId, Window};

/// The unit with this barcode: where it is, whose it is, and what can be done with it now.
///
/// # Errors
/// `not_found`, when no unit of the organization that is not deleted bears it.
pub fn scan(tx: &Tx<'_>, barcode: &Barcode) -> Result<ScannedUnit> {
    let found = store::find_by_barcode(tx, barcode)?.ok_or_else(Error::not_found)?;
    let custody = calendar::custody_of(tx, found.unit_id)?;
    let out_with = custody.map(|custody| custody.booking_id);
    let reserved = store::reserved(tx, found.unit_id)?;
    let facts = facts(tx, &found, out_with, reserved.first().copied())?;
    let (current, next) = rules::holders(tx.now(), out_with, &reserved);
    let current_booking = one(tx, current)?;
    let requester = current_booking.as_ref().map(|current| current.requester.clone());
    Ok(ScannedUnit {
        unit: inventory::get_unit(tx, found.unit_id, false)?,
        resource: found.resource,
        location: rules::location(&facts),
        late: custody.is_some_and(|custody| custody.due_at < tx.now()),
        custody: custody.zip(requester).map(|(custody, requester)| ScannedCustody {
            booking_id: custody.booking_id,
            item_id: custody.item_id,
            since: custody.since,
            due_at: custody.due_at,
            requester,
        }),
        current_booking,
        next_booking: one(tx, next)?,
        actions: rules::actions(&facts),
    })
}

fn facts(
    tx: &Tx<'_>,
    found: &Found,
    out_with: Option<BookingId>,
    reserved: Option<Reserved>,
) -> Result<Facts> {
    let is_free = |reserved| is_free_until(tx, found.unit_id, &reserved);
    Ok(Facts {
        in_service: found.unit_status == UnitStatus::Available,
        resource_in_service: found.resource.status == ResourceStatus::Available,
        out_with,
        reserved,
        is_free_until_then: reserved.map(is_free).transpose()?.unwrap_or(false),
    })
}

/// Whether a booking could have the unit it reserves from now on, as the one function says that
/// takes units. What is kept free behind it was settled when it was claimed.
fn is_free_until(tx: &Tx<'_>, unit: UnitId, reserved: &Reserved) -> Result<bool> {
    let demand = Demand {
        window: Window { start: reserved.start_at.min(tx.now()), end: reserved.end_at },
        lines: vec![DemandLine::Unit(unit)],
        holder: reserved.booking_id.0,
        preferred: Vec::new(),
        excluded: Vec::new(),
    };
    let mut lines = calendar::resolve(tx, &demand.lines)?;
    for line in &mut lines {
        line.buffer_minutes = 0;
    }
    Ok(calendar::lacks(tx, &demand, &lines)?.is_empty())
}

fn one(tx: &Tx<'_>, id: Option<BookingId>) -> Result<Option<DeskBooking>> {
    Ok(labelled(tx, id.as_slice())?.pop())
}
