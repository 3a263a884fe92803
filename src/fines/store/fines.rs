//! Fines.

use crate::db::{List, Mapped, Row, Tx, WriteTx, word};
use crate::fines::model::{Fine, FineFilters, FineStatus};
use crate::kernel::{BookingId, Cents, FineId, Listed, PageRequest, Result, UserId};

const COLUMNS: &str = "f.id, f.user_id, f.booking_id, f.kind, f.amount_cents, f.paid_cents,
    f.status, f.note, f.version, f.created_at";

/// One fine.
pub(in crate::fines) fn find(tx: &Tx<'_>, id: FineId) -> Result<Option<Fine>> {
    let sql = format!("SELECT {COLUMNS} FROM fines AS f WHERE f.org_id = :org AND f.id = :id");
    tx.find(&sql, &[(":id", &id)], from_row)
}

fn from_row(row: &Row<'_>) -> Mapped<Fine> {
    Ok(Fine {
        id: row.get("id")?,
        user_id: row.get("user_id")?,
        booking_id: row.get("booking_id")?,
        kind: word(row, "kind")?,
        amount_cents: row.get("amount_cents")?,
        paid_cents: row.get("paid_cents")?,
        status: word(row, "status")?,
        note: row.get("note")?,
        version: row.get("version")?,
        created_at: row.get("created_at")?,
    })
}

/// A page of fines.
pub(in crate::fines) fn list(
    tx: &Tx<'_>,
    filters: &FineFilters,
    statuses: &[FineStatus],
    page: &PageRequest,
) -> Result<Listed<Fine>> {
    query(filters, statuses).fetch(tx, page, from_row)
}

/// The list with the filters that were asked for. One status has indexes of its own.
fn query<'a>(filters: &FineFilters, statuses: &[FineStatus]) -> List<'a> {
    let list = List::new(COLUMNS, "fines AS f WHERE f.org_id = :org", "f.id")
        .only("f.user_id = :user", ":user", filters.user)
        .only("f.booking_id = :booking", ":booking", filters.booking_id);
    match statuses {
        [] => list,
        [one] => list.only("f.status = :status", ":status", Some(one.name())),
        several => {
            let names: Vec<&str> = several.iter().map(|status| status.name()).collect();
            let names = serde_json::to_string(&names).unwrap_or_default();
            let among = "f.status IN (SELECT value FROM json_each(:statuses))";
            list.only(among, ":statuses", Some(names))
        }
    }
}

/// Writes a new fine, of which nothing has been paid.
pub(in crate::fines) fn insert(tx: &WriteTx<'_>, fine: &Fine) -> Result<()> {
    tx.execute(
        "INSERT INTO fines (id, org_id, user_id, booking_id, kind, amount_cents, paid_cents,
             status, note, version, created_at)
         VALUES (:id, :org, :user, :booking, :kind, :amount, 0, :status, :note, 1, :now)",
        &[
            (":id", &fine.id),
            (":user", &fine.user_id),
            (":booking", &fine.booking_id),
            (":kind", &fine.kind.name()),
            (":amount", &fine.amount_cents),
            (":status", &fine.status.name()),
            (":note", &fine.note),
        ],
    )?;
    Ok(())
}

/// Writes what may change about a fine, in one statement: status and what was paid go together.
pub(in crate::fines) fn update(tx: &WriteTx<'_>, fine: &Fine) -> Result<()> {
    tx.execute(
        "UPDATE fines SET paid_cents = :paid, status = :status, note = :note, version = :version
         WHERE org_id = :org AND id = :id",
        &[
            (":id", &fine.id),
            (":paid", &fine.paid_cents),
            (":status", &fine.status.name()),
            (":note", &fine.note),
            (":version", &fine.version),
        ],
    )?;
    Ok(())
}

/// Whose booking it is; none: there is no such booking.
pub(in crate::fines) fn requester_of(tx: &Tx<'_>, booking: BookingId) -> Result<Option<UserId>> {
    tx.find(
        "SELECT requester_user_id FROM bookings WHERE org_id = :org AND id = :booking",
        &[(":booking", &booking)],
        |row| row.get("requester_user_id"),
    )
}

/// Fines that do not say what was paid of them, with what their payments come to: there must be
/// none.
pub(in crate::fines) fn unsettled(tx: &Tx<'_>) -> Result<Vec<(Fine, Cents)>> {
    let sql = format!(
        "SELECT {COLUMNS}, (
             SELECT coalesce(sum(p.amount_cents), 0) FROM fine_payments AS p
             WHERE p.org_id = f.org_id AND p.fine_id = f.id
         ) AS payments
         FROM fines AS f
         WHERE f.org_id = :org AND (
             f.paid_cents <> payments
             OR (f.status = 'PAID') <> (f.paid_cents = f.amount_cents))"
    );
    tx.all(&sql, &[], |row| Ok((from_row(row)?, row.get("payments")?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::{plan, with_empty};
    use crate::fines::model::SORTS;
    use crate::kernel::{SortKey, SortValue};
    use FineStatus::{Open, Paid, Waived};

    /// How an empty database would read a page in the middle, in each order.
    fn plans(filters: &FineFilters, statuses: &[FineStatus]) -> Vec<(&'static str, Vec<String>)> {
        let after = vec![SortValue::Integer(0), SortValue::Text(String::new())];
        let page = |column, descending| PageRequest {
            limit: 50,
            sort: vec![SortKey { column, descending }],
            after: Some(after.clone()),
        };
        let pages = SORTS.iter().flat_map(|column| [page(*column, false), page(*column, true)]);
        let explain = |page| with_empty(|tx| query(filters, statuses).explain(tx, &page).unwrap());
        pages.map(|page| (page.sort[0].column.name, explain(page))).collect()
    }

    #[test]
    fn all_of_one_status_and_of_a_person_are_one_step_into_an_index() {
        let all = FineFilters::default();
        let own = FineFilters { user: Some(UserId::new()), ..all.clone() };
        for (filters, statuses, index) in [
            (&all, &[][..], "fines_by"),
            (&all, &[Open], "fines_by_status"),
            (&all, &[Paid], "fines_by_status"),
            (&own, &[], "fines_by_user"),
            (&own, &[Open], "fines_by_user"),
        ] {
            for (column, plan) in plans(filters, statuses) {
                let order = if column == "created_at" { "created" } else { "amount" };
                let index = format!("{index}_{order} (");
                let placed = format!("({column},id)");
                let fits = |step: &String| step.contains(&index) && step.contains(&placed);
                assert!(plan.len() == 1 && plan.iter().all(fits), "{plan:#?}");
            }
        }
    }

    #[test]
    fn several_states_are_read_in_order_and_a_booking_has_few() {
        for (_, plan) in plans(&FineFilters::default(), &[Open, Waived]) {
            let sorted = plan.iter().any(|step| step.contains("TEMP B-TREE"));
            assert!(plan[0].contains("INDEX fines_by_") && !sorted, "{plan:#?}");
        }
        let of_booking =
            FineFilters { booking_id: Some(BookingId::new()), ..FineFilters::default() };
        for (_, plan) in plans(&of_booking, &[]) {
            assert!(plan[0].contains("fines_by_booking"), "{plan:#?}");
        }
    }

    /// What the triggers ask at each payment, and what is asked at each booking.
    #[test]
    fn no_write_reads_a_whole_organization() {
        for (statement, index) in [
            (
                "SELECT sum(amount_cents) FROM fine_payments WHERE org_id = :org AND fine_id = :x",
                "fine_payments_by_fine",
            ),
            (
                "SELECT sum(amount_cents - paid_cents) FROM fines
                     WHERE org_id = :org AND user_id = :x AND status = 'OPEN'",
                "fines_open",
            ),
        ] {
            let plan = plan(statement);
            assert!(plan.len() == 1 && plan[0].contains(index), "{plan:#?}");
        }
    }
}
