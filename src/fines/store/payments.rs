//! Payments: written once, never changed.

use crate::db::{List, Mapped, OnConstraint, Row, Tx, WriteTx, word};
use crate::fines::model::{Payment, PaymentFilters};
use crate::kernel::{Error, Listed, PageRequest, Result};

const COLUMNS: &str =
    "p.id, p.fine_id, p.amount_cents, p.method, p.reference, p.recorded_by, p.created_at";

/// Writes a payment, before its fine says so. The second guard refuses what is above the fine.
pub(in crate::fines) fn insert_payment(
    tx: &WriteTx<'_>,
    payment: &Payment,
    above_open: impl FnOnce() -> Error,
) -> Result<()> {
    tx.execute(
        "INSERT INTO fine_payments (id, org_id, fine_id, amount_cents, method, reference,
             recorded_by, created_at)
         VALUES (:id, :org, :fine, :amount, :method, :reference, :by, :now)",
        &[
            (":id", &payment.id),
            (":fine", &payment.fine_id),
            (":amount", &payment.amount_cents),
            (":method", &payment.method.name()),
            (":reference", &payment.reference),
            (":by", &payment.recorded_by),
        ],
    )
    .on_constraint("fine_payments_above_open", above_open)?;
    Ok(())
}

/// A page of payments.
pub(in crate::fines) fn list_payments(
    tx: &Tx<'_>,
    filters: &PaymentFilters,
    page: &PageRequest,
) -> Result<Listed<Payment>> {
    query(filters).fetch(tx, page, from_row)
}

/// The list with the filters that were asked for.
fn query<'a>(filters: &PaymentFilters) -> List<'a> {
    let of_person = "p.fine_id IN (SELECT f.id FROM fines AS f
         WHERE f.org_id = :org AND f.user_id = :user)";
    List::new(COLUMNS, "fine_payments AS p WHERE p.org_id = :org", "p.id")
        .only("p.fine_id = :fine", ":fine", filters.fine_id)
        .only(of_person, ":user", filters.user)
}

fn from_row(row: &Row<'_>) -> Mapped<Payment> {
    Ok(Payment {
        id: row.get("id")?,
        fine_id: row.get("fine_id")?,
        amount_cents: row.get("amount_cents")?,
        method: word(row, "method")?,
        reference: row.get("reference")?,
        recorded_by: row.get("recorded_by")?,
        created_at: row.get("created_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::with_empty;
    use crate::fines::model::PAYMENT_SORTS;
    use crate::kernel::{FineId, SortKey, SortValue, UserId};

    /// How an empty database would read a page in the middle, in both directions.
    fn plans(filters: &PaymentFilters) -> [Vec<String>; 2] {
        [false, true].map(|descending| {
            let page = PageRequest {
                limit: 50,
                sort: vec![SortKey { column: PAYMENT_SORTS[0], descending }],
                after: Some(vec![SortValue::Integer(0), SortValue::Text(String::new())]),
            };
            with_empty(|tx| query(filters).explain(tx, &page).unwrap())
        })
    }

    #[test]
    fn all_and_those_of_a_fine_are_one_step_into_an_index() {
        let of_fine = PaymentFilters { fine_id: Some(FineId::new()), user: None };
        for (filters, index) in [
            (PaymentFilters::default(), "fine_payments_by_created ("),
            (of_fine, "fine_payments_by_fine ("),
        ] {
            for plan in plans(&filters) {
                let fits = |step: &String| step.contains(index) && step.contains("(created_at,id)");
                assert!(plan.len() == 1 && plan.iter().all(fits), "{plan:#?}");
            }
        }
    }

    #[test]
    fn those_of_a_person_are_found_through_the_fines() {
        let own = PaymentFilters { fine_id: None, user: Some(UserId::new()) };
        for plan in plans(&own) {
            for index in ["fine_payments_by_fine", "fines_by_user"] {
                assert!(plan.iter().any(|step| step.contains(index)), "{plan:#?}");
            }
        }
    }
}
