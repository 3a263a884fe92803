//! What is late.

use std::collections::HashMap;

use crate::calendar;
use crate::db::Tx;
use crate::desk::model::{LateItem, ThreatenedBooking};
use crate::desk::{rules, store};
use crate::fines;
use crate::identity;
use crate::kernel::{Listed, PageRequest, Result, UnitId};

/// A page of what is out and should be back, with whom that endangers.
///
/// # Errors
/// When the database can't be read.
pub fn overdue(tx: &Tx<'_>, page: &PageRequest) -> Result<Listed<LateItem>> {
    let zone = rules::zone(&identity::organization(tx)?.timezone)?;
    let mut late = store::list_late(tx, page)?;
    let units: Vec<UnitId> = late.rows.iter().map(|item| item.resource_unit_id).collect();
    let mut threatened: HashMap<UnitId, Vec<ThreatenedBooking>> = HashMap::new();
    for (unit, booking) in store::threatened(tx, &units, calendar::late_until(tx)?)? {
        threatened.entry(unit).or_default().push(booking);
    }
    for item in &mut late.rows {
        item.days_late = fines::begun_days(item.due_at, tx.now(), &zone)?;
        item.endangers = threatened.remove(&item.resource_unit_id).unwrap_or_default();
    }
    Ok(late)
}
