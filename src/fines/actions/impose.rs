//! Making a fine: by staff, or by the rule for late returns.

use jiff::tz::TimeZone;

use crate::audit::{self, Change, EntityType};
use crate::db::{Tx, WriteTx};
use crate::fines::model::{Fine, FineKind, FineStatus, LateReturn, NewFine};
use crate::fines::rules::{LateFacts, late_fine, require_other};
use crate::fines::store;
use crate::identity;
use crate::kernel::{Actor, Aftermath, BookingId, Cents, Code, Error, FineId, Result, UserId, bug};

/// Imposes a fine on somebody else.
///
/// # Errors
/// `forbidden` for oneself, `unknown_reference`, `validation_failed` for a booking of somebody
/// else.
pub fn create(tx: &WriteTx<'_>, new: &NewFine) -> Result<Fine> {
    may_impose(tx.actor(), new)?;
    require_references(tx, new)?;
    let fine = open(tx, new.user_id, new.booking_id, new.kind.into(), new.amount_cents);
    impose(tx, Fine { note: new.note.clone(), ..fine })
}

/// Whether the actor may impose this: nobody does so on themselves.
///
/// # Errors
/// `forbidden`.
pub fn may_impose(actor: &Actor, new: &NewFine) -> Result<()> {
    require_other(actor, new.user_id)
}

/// Imposes what the policy sets for one item that came back late; none, where nothing is owed. Who
/// takes it back may be the one who owes: it is the rule that imposes.
///
/// # Errors
/// `internal`, when the amount can't be held or the time zone is not known any more.
pub fn impose_late(tx: &WriteTx<'_>, late: &LateReturn) -> Result<Option<Fine>> {
    let organization = identity::organization(tx)?;
    let policy = organization.policy;
    let cents = |cents: u32| Cents::new(i64::from(cents));
    let amount = late_fine(&LateFacts {
        due_at: late.due_at,
        returned_at: late.returned_at,
        zone: TimeZone::get(&organization.timezone).map_err(Error::internal)?,
        grace_minutes: policy.late_grace_minutes,
        cents_per_day: cents(policy.late_fine_cents_per_day),
        cap: policy.late_fine_cap_cents.map(cents),
    })?;
    if amount == Cents::ZERO {
        return Ok(None);
    }
    let fine = open(tx, late.user_id, Some(late.booking_id), FineKind::Late, amount);
    impose(tx, Fine { note: late.note.clone(), ..fine }).map(Some)
}

/// A new fine of which nothing has been said yet.
fn open(
    tx: &Tx<'_>,
    user_id: UserId,
    booking_id: Option<BookingId>,
    kind: FineKind,
    amount_cents: Cents,
) -> Fine {
    Fine {
        id: FineId::new(),
        user_id,
        booking_id,
        kind,
        amount_cents,
        paid_cents: Cents::ZERO,
        status: FineStatus::Open,
        note: None,
        version: 1,
        created_at: tx.now(),
    }
}

fn impose(tx: &WriteTx<'_>, fine: Fine) -> Result<Fine> {
    store::insert(tx, &fine)?;
    audit::record(tx, &Change::create(EntityType::Fine, fine.id, &fine)?)?;
    tx.leave(Aftermath::Person(fine.user_id));
    Ok(fine)
}

/// Who left the organization may still have to pay for what came back later.
fn require_references(tx: &Tx<'_>, new: &NewFine) -> Result<()> {
    identity::find_member(tx, new.user_id).map_err(|error| match error.code() {
        Code::NotFound => Error::unknown_reference("/user_id"),
        _ => error,
    })?;
    if identity::is_erased(tx, new.user_id)? {
        return Err(Error::unknown_reference("/user_id"));
    }
    let Some(booking) = new.booking_id else { return Ok(()) };
    let unknown = || Error::unknown_reference("/booking_id");
    let requester = store::requester_of(tx, booking)?.ok_or_else(unknown)?;
    if requester == new.user_id || bug::seeded("fine_for_booking_of_others") {
        return Ok(());
    }
    Err(Error::invalid_field("/booking_id", "must be a booking of the person in user_id"))
}
