//! Reading the calendar, and checking the claims.

use super::claim::late_until;
use crate::calendar::model::{
    BusyUnit, Range, ResourceAvailability, ResourceSteps, TypeAvailability, TypeRange,
    UnitAvailability,
};
use crate::calendar::rules;
use crate::calendar::store::{self, Scope};
use crate::db::Tx;
use crate::kernel::clock::DAY;
use crate::kernel::{Error, ResourceId, Result, Timestamp, Window};

/// The longest range of a calendar.
const LONGEST_DAYS: i64 = 366;

/// The calendar of a resource.
///
/// # Errors
/// `not_found`, `invalid_parameter`.
pub(in crate::calendar) fn availability(
    tx: &Tx<'_>,
    resource: ResourceId,
    range: &Range,
) -> Result<ResourceAvailability> {
    let window = range_window(range.from, range.to)?;
    if !store::resource_exists(tx, resource)? {
        return Err(Error::not_found());
    }
    let units = store::busy_units(tx, &Scope::Resource(resource), &window, None, late_until(tx)?)?;
    let each = |unit: &BusyUnit| UnitAvailability {
        resource_unit_id: unit.unit_id,
        lendable: unit.lendable,
        busy: rules::intervals(unit, &window),
    };
    Ok(ResourceAvailability {
        resource_id: resource,
        steps: rules::steps(&units, &window),
        units: units.iter().map(each).collect(),
    })
}

/// The free units of all resources of a type; resources without units are left out.
///
/// # Errors
/// `invalid_parameter`.
pub(in crate::calendar) fn type_availability(
    tx: &Tx<'_>,
    range: &TypeRange,
) -> Result<TypeAvailability> {
    let window = range_window(range.from, range.to)?;
    if !(1..=200).contains(&range.r#type.chars().count()) {
        return Err(Error::invalid_parameter("type", "must have 1 to 200 characters"));
    }
    let units = store::busy_units(tx, &Scope::Type(&range.r#type), &window, None, late_until(tx)?)?;
    let data = units
        .chunk_by(|one, next| one.resource_id == next.resource_id)
        .filter_map(|units| {
            let resource_id = units.first()?.resource_id;
            Some(ResourceSteps { resource_id, steps: rules::steps(units, &window) })
        })
        .collect();
    Ok(TypeAvailability { data })
}

fn range_window(from: Timestamp, to: Timestamp) -> Result<Window> {
    let window = Window::new(from, to)
        .ok_or_else(|| Error::invalid_parameter("to", "must lie after from"))?;
    if window.millis() > LONGEST_DAYS * DAY {
        let detail = format!("must lie at most {LONGEST_DAYS} days after from");
        return Err(Error::invalid_parameter("to", detail));
    }
    Ok(window)
}

/// What is wrong with the claims of the organization: nothing, unless a guard failed.
///
/// # Errors
/// When the database can't be read.
pub fn verify(tx: &Tx<'_>) -> Result<Vec<String>> {
    let overlaps = store::overlaps(tx)?;
    let overlaps = overlaps.into_iter().map(|id| format!("claim {id} overlaps another claim"));
    let odds = store::custody_at_odds(tx)?;
    let odds = odds.into_iter().map(|id| format!("item {id} and where its unit is do not agree"));
    Ok(overlaps.chain(odds).collect())
}
