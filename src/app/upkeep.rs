//! What stands around the work of a write, in its transaction: what is due by the clock before it,
//! and after it the turn of the queues over what it freed. So nobody can come in between, and no
//! path that frees a unit can forget who waits for it.

use super::jobs::Jobs;
use crate::db::{Db, Tx, WriteTx};
use crate::kernel::{Actor, Error, OrgId, Result, Timestamp, bug};
use crate::{booking, inventory, waitlist};

/// Does what is due in the organization by the clock, and hands on what it frees; answers whether
/// something is left.
///
/// # Errors
/// When the database refuses.
pub fn do_due(tx: &WriteTx<'_>) -> Result<bool> {
    inventory::end_maintenance(tx)?;
    let bookings = booking::do_due(tx)?;
    Ok(waitlist::expire_due(tx)? || bookings)
}

/// When something is due next in the organization by the clock; none: nothing is.
///
/// # Errors
/// When the database can't be read.
pub fn next_due(tx: &Tx<'_>) -> Result<Option<Timestamp>> {
    let maintenance = inventory::next_maintenance_end(tx)?;
    let all = [maintenance, booking::next_due(tx)?, waitlist::next_due(tx)?];
    Ok(all.into_iter().flatten().min())
}

/// Does what is due in the organization, and hands it on. A fault here never stops the work.
///
/// # Errors
/// When the whole transaction was lost.
pub(super) fn before(tx: &WriteTx<'_>, jobs: &Jobs) -> Result<()> {
    if bug::seeded("expiry_only_by_the_job") {
        return Ok(());
    }
    let tx = tx.elsewhere(tx.org(), Actor::system());
    match tx.contain(|| do_due(&tx))? {
        // One write does not do it all; the job goes on.
        Ok(true) => tx.wake_at(tx.now()),
        Ok(false) => {}
        Err(error) => failed(jobs, tx.org(), &error),
    }
    Ok(())
}

/// Takes the turn of the queues wherever the work left something, on behalf of the system and of
/// the request that caused it. A fault here is logged, and the job runner tries again.
///
/// # Errors
/// When the whole transaction was lost.
pub(super) fn after(tx: &WriteTx<'_>, jobs: &Jobs) -> Result<()> {
    while let Some(org) = tx.touched() {
        let request_id = tx.actor().request_id.clone();
        let worked_in = tx.org();
        let tx = tx.elsewhere(org, Actor { request_id, ..Actor::system() });
        if let Err(error) = tx.contain(|| catch_up(&tx, worked_in))? {
            if bug::seeded("fault_of_the_turn_spoils_the_work") {
                return Err(error);
            }
            // The job runner looks at everything; here it would fail again and again.
            tx.take_aftermath();
            failed(jobs, org, &error);
        }
    }
    Ok(())
}

/// In another organization than that of the work nothing has been ended yet: what is due there comes
/// first, so that whoever waits again is not passed over. At home it was ended before, and a fault
/// in that must not stop the turn.
fn catch_up(tx: &WriteTx<'_>, worked_in: OrgId) -> Result<()> {
    if tx.org() != worked_in && !bug::seeded("due_elsewhere_left_alone") {
        do_due(tx)?;
    }
    waitlist::take_turn(tx)
}

/// Whether the seeded bug `offered_in_second_transaction` is on: the turn behind the COMMIT.
pub(super) fn turn_is_late() -> bool {
    bug::seeded("offered_in_second_transaction")
}

fn failed(jobs: &Jobs, org: OrgId, error: &Error) {
    tracing::error!(%org, ?error, "the turn of the queues failed; it is tried again");
    jobs.owe(org);
}

/// Writes within an organization as the system, with the same upkeep: commands that run beside the
/// server or without it. Here a fault of the upkeep undoes everything. Blocks.
///
/// # Errors
/// Whatever the work or the upkeep refused.
pub fn write_as_system<T, F>(db: &Db, org: OrgId, work: F) -> Result<T>
where
    T: Send + 'static,
    F: Fn(&WriteTx<'_>) -> Result<T> + Send + 'static,
{
    db.write_blocking(move |global| {
        let tx = global.write_within(org, Actor::system());
        do_due(&tx)?;
        let done = work(&tx)?;
        while let Some(org) = tx.touched() {
            catch_up(&tx.elsewhere(org, Actor::system()), tx.org())?;
        }
        Ok(done)
    })
}
