//! What a holder does with the units it has taken: keep them longer, hand them over, give them back.

use uuid::Uuid;

use super::claim::{claim, require_bookable, resolve};
use crate::calendar::model::ClaimKind;
use crate::calendar::store;
use crate::db::{Tx, WriteTx};
use crate::kernel::{Aftermath, Demand, DemandLine, Result, Timestamp, UnitId, Window};

/// Keeps units that a holder has for a longer period, through [`claim`] as every path. The buffer
/// behind each stays the one that its claim was made with.
///
/// # Errors
/// `not_bookable`, `unit_unavailable`.
pub fn widen(tx: &WriteTx<'_>, holder: Uuid, units: &[UnitId], window: Window) -> Result<()> {
    let lines: Vec<DemandLine> = units.iter().map(|unit| DemandLine::Unit(*unit)).collect();
    let mut resolved = resolve(tx, &lines)?;
    require_bookable(&resolved)?;
    for (line, unit) in resolved.iter_mut().zip(units) {
        if let Some(buffer) = store::buffer_of(tx, holder, *unit)? {
            line.buffer_minutes = buffer;
        }
    }
    let (preferred, excluded) = (Vec::new(), Vec::new());
    let demand = Demand { window, lines, holder, preferred, excluded };
    claim(tx, ClaimKind::Booking, &demand, &resolved)?;
    Ok(())
}

/// Up to when a holder could keep all it has, as far as other claims let it; none: for good.
///
/// # Errors
/// When the database can't be read.
pub fn longest_end(tx: &Tx<'_>, holder: Uuid) -> Result<Option<Timestamp>> {
    store::longest_end(tx, holder)
}

/// The longest time kept free behind what a holder has, in minutes.
///
/// # Errors
/// When the database can't be read.
pub fn buffer_minutes(tx: &Tx<'_>, holder: Uuid) -> Result<i64> {
    store::longest_buffer(tx, holder)
}

/// Gives one unit of a holder back; who waits for it is looked at before COMMIT.
///
/// # Errors
/// When an item of the holder still needs it.
pub fn release_unit(tx: &WriteTx<'_>, holder: Uuid, unit: UnitId) -> Result<()> {
    store::delete_claim(tx, holder, unit)?;
    tx.leave(Aftermath::Unit(unit));
    Ok(())
}

/// Gives back everything a holder has taken; who waits for it is looked at before COMMIT.
///
/// # Errors
/// When the holder is still active: its status must change first.
pub fn release(tx: &WriteTx<'_>, holder: Uuid) -> Result<()> {
    for unit in store::delete_of(tx, holder)? {
        tx.leave(Aftermath::Unit(unit));
    }
    Ok(())
}

/// Gives what an offer holds to the booking that it becomes: the claims stay, so that nobody can
/// come in between, and keep the buffer they were made with.
///
/// # Errors
/// When the database refuses: the offer is still open.
pub fn hand_over(tx: &WriteTx<'_>, offer: Uuid, booking: Uuid) -> Result<()> {
    store::set_holder(tx, offer, ClaimKind::Booking, booking)
}
