//! What holds for every period that is asked for.

use crate::db::Tx;
use crate::kernel::clock::MINUTE;
use crate::kernel::{Error, Result, Timestamp, bug};

/// How far in the past a start may lie: clocks of callers are not exact.
const GRACE: i64 = MINUTE;

/// Demands that the period is not over.
///
/// # Errors
/// `validation_failed`.
pub fn require_ahead(tx: &Tx<'_>, end: Timestamp) -> Result<()> {
    if end > tx.now() || bug::seeded("past_period_booked") {
        return Ok(());
    }
    let detail = format!("must lie in the future; it is {} now", tx.now());
    Err(Error::invalid_field("/end_at", detail))
}

/// Demands that the period does not begin in the past.
///
/// # Errors
/// `validation_failed` when it begins more than a minute ago.
pub fn require_future(tx: &Tx<'_>, start: Timestamp) -> Result<()> {
    if start >= tx.now().plus(-GRACE) {
        return Ok(());
    }
    let detail = format!("must not lie in the past; it is {} now", tx.now());
    Err(Error::invalid_field("/start_at", detail))
}
