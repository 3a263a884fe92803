//! What is named at the counter: items by id, units by barcode.

use crate::booking::model::Booking;
use crate::booking::rules::Named;
use crate::booking::store;
use crate::db::Tx;
use crate::kernel::{Code, Error, Fault, ItemId, Result};

/// Looks up what was named; none: nothing was, so all is meant.
///
/// # Errors
/// `unknown_reference` for every item that is not one of the booking's, and every barcode that no
/// unit of the organization bears.
pub(super) fn resolve<'a>(
    tx: &Tx<'_>,
    booking: &Booking,
    named: impl Iterator<Item = (Option<ItemId>, Option<&'a str>)>,
) -> Result<Vec<Named>> {
    let mut found = Vec::new();
    let mut faults = Vec::new();
    for (place, (item, barcode)) in named.enumerate() {
        let known = item.filter(|id| booking.items.iter().any(|item| item.id == *id));
        let scanned =
            barcode.map(|barcode| store::scanned_unit(tx, barcode)).transpose()?.flatten();
        match (known, scanned) {
            (Some(id), _) => found.push(Named::Item(id)),
            (None, Some(unit)) => found.push(Named::Unit(unit.unit_id, unit.resource_id)),
            (None, None) => faults.push(unknown(place, item)),
        }
    }
    if faults.is_empty() {
        return Ok(found);
    }
    let detail = "A reference leads to no item of this booking and to no unit here.";
    Err(Error::new(Code::UnknownReference, detail).faults(faults))
}

fn unknown(place: usize, item: Option<ItemId>) -> Fault {
    match item {
        Some(_) => Fault::at(format!("/items/{place}/item_id"), "is no item of this booking"),
        None => Fault::at(format!("/items/{place}/barcode"), "is on no unit of this organization"),
    }
}
