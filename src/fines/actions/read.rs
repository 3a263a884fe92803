//! Reading fines and payments, and checking that they agree.

use crate::db::Tx;
use crate::fines::model::{Fine, FineFilters, FineStatus, Payment, PaymentFilters};
use crate::fines::store;
use crate::kernel::{Code, Error, FineId, Listed, PageRequest, Result, UserId, bug};

/// A fine that the actor may see.
///
/// # Errors
/// `not_found`, also when it is somebody else's and the actor is a student.
pub fn get(tx: &Tx<'_>, id: FineId) -> Result<Fine> {
    let fine = store::find(tx, id)?.ok_or_else(Error::not_found)?;
    let may_see = tx.actor().is_staff() || tx.actor().is(fine.user_id);
    if may_see { Ok(fine) } else { Err(Error::not_found()) }
}

/// A page of the fines that the actor may see.
///
/// # Errors
/// `forbidden` when a student asks for somebody else's.
pub fn list(
    tx: &Tx<'_>,
    filters: &FineFilters,
    statuses: &[FineStatus],
    page: &PageRequest,
) -> Result<Listed<Fine>> {
    let filters = FineFilters { user: visible(tx, filters.user)?, ..filters.clone() };
    store::list(tx, &filters, statuses, page)
}

/// A page of the actor's own fines.
///
/// # Errors
/// When the database can't be read.
pub fn list_own(tx: &Tx<'_>, statuses: &[FineStatus], page: &PageRequest) -> Result<Listed<Fine>> {
    let own = tx.actor().user_id.ok_or_else(Error::not_found)?;
    let filters = FineFilters { user: Some(own), ..FineFilters::default() };
    store::list(tx, &filters, statuses, page)
}

/// A page of the payments that the actor may see.
///
/// # Errors
/// `forbidden` when a student asks for somebody else's.
pub fn list_payments(
    tx: &Tx<'_>,
    filters: &PaymentFilters,
    page: &PageRequest,
) -> Result<Listed<Payment>> {
    let filters = PaymentFilters { user: visible(tx, filters.user)?, ..filters.clone() };
    store::list_payments(tx, &filters, page)
}

/// Whose fines a list shows: of whom staff ask for, and to students their own.
fn visible(tx: &Tx<'_>, asked: Option<UserId>) -> Result<Option<UserId>> {
    let own = tx.actor().user_id;
    if tx.actor().is_staff() || bug::seeded("fines_of_others_shown") {
        return Ok(asked);
    }
    if asked.is_some() && asked != own {
        return Err(Error::new(Code::Forbidden, "Only staff see the fines of other people."));
    }
    Ok(own)
}

/// Fines of the organization that do not say what was paid of them: none, unless a guard failed.
///
/// # Errors
/// When the database can't be read.
pub fn verify(tx: &Tx<'_>) -> Result<Vec<String>> {
    let told = store::unsettled(tx)?.into_iter().map(|(fine, payments)| {
        let Fine { id, status, amount_cents, paid_cents, .. } = fine;
        let (status, amount, paid) = (status.name(), amount_cents.get(), paid_cents.get());
        let payments = payments.get();
        format!(
            "fine {id} is {status} with {paid} of {amount} cents paid; its payments are {payments}"
        )
    });
    Ok(told.collect())
}
