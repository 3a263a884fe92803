//! Making a booking.

use super::hold::{hold, unheld_items};
use super::judge::{Step, require};
use super::schedule::settle;
use crate::audit::{self, Change, EntityType};
use crate::booking::model::{Booking, ItemRequest, NewBooking, Status};
use crate::booking::store;
use crate::calendar::{self, ResolvedLine};
use crate::db::{Tx, WriteTx};
use crate::identity;
use crate::kernel::{Actor, Aftermath, BookingId, Code, DemandLine, Error, Result, Role, UserId};

/// Makes a booking: a draft, or a request that holds its units from now on.
///
/// # Errors
/// `forbidden`, `unknown_reference`, `validation_failed` for a start in the past, `not_bookable`,
/// `policy_violation`, `unit_unavailable`. Then nothing has changed.
pub fn create(tx: &WriteTx<'_>, new: &NewBooking) -> Result<Booking> {
    let Asked { mut booking, lines, role } = asked(tx, new)?;
    store::insert(tx, &booking)?;
    if new.draft != Some(true) {
        require(tx, &booking, &lines, Step::Ask)?;
        hold(tx, &mut booking)?;
        booking.status = asked_status(tx, role)?;
        settle(tx, &booking)?;
        tx.leave(Aftermath::Person(booking.requester_user_id));
    }
    store::replace_items(tx, booking.id, &booking.items)?;
    audit::record(tx, &Change::create(EntityType::Booking, booking.id, &booking)?)?;
    Ok(booking)
}

/// A request that makes sense, whether it is granted or not.
pub(super) struct Asked {
    /// The booking as it is before it holds anything.
    pub(super) booking: Booking,
    /// What its items refer to, as they were asked for.
    pub(super) lines: Vec<ResolvedLine>,
    /// The role that counts: the requester's.
    pub(super) role: Role,
}

/// Looks up what a request refers to, and looks at the clock.
pub(super) fn asked(tx: &Tx<'_>, new: &NewBooking) -> Result<Asked> {
    let (requester, role) = requester(tx, new)?;
    let lines: Vec<DemandLine> = new.items.iter().filter_map(ItemRequest::line).collect();
    let lines = calendar::resolve(tx, &lines)?;
    calendar::require_future(tx, new.start_at)?;
    calendar::require_ahead(tx, new.end_at)?;
    Ok(Asked { booking: draft(tx, new, requester, &lines), lines, role })
}

fn draft(tx: &Tx<'_>, new: &NewBooking, requester: UserId, lines: &[ResolvedLine]) -> Booking {
    Booking {
        id: BookingId::new(),
        requester_user_id: requester,
        status: Status::Draft,
        start_at: new.start_at,
        end_at: new.end_at,
        purpose: new.purpose.clone(),
        items: unheld_items(lines),
        at_risk: false,
        decided_by: None,
        decision_note: None,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
        cancelled_at: None,
    }
}

/// Whether the actor may ask for this: only staff book for other people.
///
/// # Errors
/// `forbidden`.
pub fn may_ask(actor: &Actor, new: &NewBooking) -> Result<()> {
    match new.requester_user_id {
        Some(other) if !actor.is(other) && !actor.is_staff() => {
            Err(Error::new(Code::Forbidden, "Only staff book for other people."))
        }
        _ => Ok(()),
    }
}

/// For whom the booking is, and the role that counts: the requester's.
fn requester(tx: &Tx<'_>, new: &NewBooking) -> Result<(UserId, Role)> {
    may_ask(tx.actor(), new)?;
    let asked = new.requester_user_id.or(tx.actor().user_id);
    let unknown = || Error::unknown_reference("/requester_user_id");
    let requester = asked.ok_or_else(unknown)?;
    let role = identity::role_of(tx, requester)?.ok_or_else(unknown)?;
    Ok((requester, role))
}

/// What becomes of a request: approved at once where the policy says so for this role.
pub(super) fn asked_status(tx: &Tx<'_>, role: Role) -> Result<Status> {
    let approved = identity::policy(tx)?.auto_approve.of(role);
    Ok(if approved { Status::Approved } else { Status::Pending })
}
