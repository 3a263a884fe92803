//! Paying a fine and forgiving it.

use super::read::get;
use crate::audit::{self, Action as Event, Change, EntityType};
use crate::db::WriteTx;
use crate::fines::model::{Fine, NewPayment, Payment, Waiver};
use crate::fines::{rules, store};
use crate::kernel::{Aftermath, Code, Error, FineId, PaymentId, Precondition, Result, UserId, bug};

/// Records money that was taken for somebody else's fine: a part of what is open, or all of it.
///
/// # Errors
/// `unknown_reference`, `forbidden` for one's own, `exceeds_open_amount`, `invalid_transition` for
/// what was waived.
pub fn pay(tx: &WriteTx<'_>, new: &NewPayment) -> Result<Payment> {
    let unknown = || Error::unknown_reference("/fine_id");
    let before = store::find(tx, new.fine_id)?.ok_or_else(unknown)?;
    rules::require_other(tx.actor(), before.user_id)?;
    let after = rules::paid(&before, new.amount_cents)?;
    let payment = Payment {
        id: PaymentId::new(),
        fine_id: before.id,
        amount_cents: new.amount_cents,
        method: new.method,
        reference: new.reference.clone(),
        recorded_by: cashier(tx)?,
        created_at: tx.now(),
    };
    let open = before.amount_cents.minus(before.paid_cents)?;
    store::insert_payment(tx, &payment, || rules::exceeds_open(open, new.amount_cents))?;
    audit::record(tx, &Change::create(EntityType::Payment, payment.id, &payment)?)?;
    save(tx, &before, &after)?;
    Ok(payment)
}

/// Forgives what is left of somebody else's fine.
///
/// # Errors
/// `not_found`, `forbidden` for one's own, `invalid_transition` when nothing of it is open, and
/// those of `If-Match`.
pub fn waive(tx: &WriteTx<'_>, id: FineId, waiver: &Waiver, seen: &Precondition) -> Result<Fine> {
    let before = get(tx, id)?;
    rules::require_other(tx.actor(), before.user_id)?;
    seen.check(before.version)?;
    let after = rules::waived(&before, &waiver.note)?;
    save(tx, &before, &after)?;
    Ok(after)
}

/// Money is taken by a person.
fn cashier(tx: &WriteTx<'_>) -> Result<UserId> {
    let nobody = || Error::new(Code::Forbidden, "Payments are recorded by a person.");
    tx.actor().user_id.ok_or_else(nobody)
}

/// Writes the new state with its event.
fn save(tx: &WriteTx<'_>, before: &Fine, after: &Fine) -> Result<()> {
    store::update(tx, after)?;
    let moved = before.status != after.status;
    let event = if moved { Event::StatusChange } else { Event::Update };
    audit::record(tx, &Change::of(event, EntityType::Fine, after.id, before, after)?)?;
    if !bug::seeded("score_ignores_payment") {
        tx.leave(Aftermath::Person(after.user_id));
    }
    Ok(())
}
