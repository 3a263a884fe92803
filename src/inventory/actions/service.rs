//! Taking units out of service although somebody holds them: by the desk, and at a return.

use super::units::{changed, find, live_unit};
use crate::db::WriteTx;
use crate::inventory::model::{Unit, UnitCondition, UnitStatus, Withdrawal};
use crate::inventory::{rules, store};
use crate::kernel::{Precondition, Result, UnitId, bug};

/// Takes a unit out of service, whoever holds it. What becomes of those is left to others, in the
/// same transaction.
///
/// # Errors
/// `not_found`, `precondition_failed`.
pub fn withdraw_unit(
    tx: &WriteTx<'_>,
    id: UnitId,
    withdrawal: &Withdrawal,
    precondition: &Precondition,
) -> Result<Unit> {
    let current = live_unit(tx, id)?;
    precondition.check(current.version)?;
    if bug::seeded("withdraw_refused_when_held") {
        rules::must_not_be_in_use(&store::bookings_of_unit(tx, id)?)?;
    }
    let status = withdrawal.status.into();
    save(tx, current.clone(), &rules::withdrawn(&current, status, withdrawal.note.clone()))
}

/// Notes how a unit came back, and whether it is lent on: `leaves_service` is MAINTENANCE or LOST.
/// Works for a unit that was withdrawn or deleted meanwhile; left out, each of both stays as it is.
///
/// # Errors
/// `not_found` when there was never such a unit.
pub fn take_back(
    tx: &WriteTx<'_>,
    unit: UnitId,
    condition: Option<UnitCondition>,
    leaves_service: Option<UnitStatus>,
    note: Option<String>,
) -> Result<Unit> {
    let current = find(tx, unit)?;
    let wanted = rules::taken_back(&current, condition, leaves_service, note);
    save(tx, current, &wanted)
}

fn save(tx: &WriteTx<'_>, current: Unit, wanted: &Unit) -> Result<Unit> {
    if *wanted == current {
        return Ok(current);
    }
    store::update_unit(tx, wanted)?;
    changed(tx, rules::action(current.status, wanted.status), &current)
}
