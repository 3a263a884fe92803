//! What there is to do: the first rows of each pile, and how large it is.

use crate::db::{Params, Tx};
use crate::desk::model::Pile;
use crate::kernel::{BookingId, EntryId, Result, Timestamp, UnitId, UserId, bug};

/// The index that serves it says when a booking is past its time, which is not null as long as
/// something of it is to be fetched.
const TO_HAND_OUT: &str = "bookings AS b
    WHERE b.org_id = :org AND b.status IN ('APPROVED', 'CHECKED_OUT') AND b.due_at IS NOT NULL
        AND b.start_at < :to";

/// Bookings of which something is to be fetched, and that begin before an instant; by start.
pub(in crate::desk) fn to_hand_out(
    tx: &Tx<'_>,
    to: Timestamp,
    most: u32,
) -> Result<Pile<BookingId>> {
    pile(tx, TO_HAND_OUT, "b.start_at, b.id", &[(":to", &to)], most)
}

/// All that a booking has out is due at its end.
const TO_TAKE_BACK: &str = "(
    SELECT DISTINCT k.due_at, k.booking_id AS id FROM unit_custody AS k
    WHERE k.org_id = :org AND k.due_at >= :now AND k.due_at < :to) AS b";

/// Bookings of which something is out and due before an instant, and not late; by end.
pub(in crate::desk) fn to_take_back(
    tx: &Tx<'_>,
    to: Timestamp,
    most: u32,
) -> Result<Pile<BookingId>> {
    pile(tx, TO_TAKE_BACK, "b.due_at, b.id", &[(":to", &to)], most)
}

const ENDANGERED: &str = "bookings AS b WHERE b.org_id = :org AND b.at_risk = 1";

/// Bookings at risk; by start.
pub(in crate::desk) fn endangered(tx: &Tx<'_>, most: u32) -> Result<Pile<BookingId>> {
    pile(tx, ENDANGERED, "b.start_at, b.id", &[], most)
}

fn pile(
    tx: &Tx<'_>,
    of: &str,
    order: &str,
    params: Params<'_>,
    most: u32,
) -> Result<Pile<BookingId>> {
    let first = format!("SELECT b.id FROM {of} ORDER BY {order} LIMIT {most}");
    let rows = tx.all(&first, params, |row| row.get("id"))?;
    let count = tx.value(&format!("SELECT count(*) FROM {of}"), params)?;
    Ok(Pile { rows, count })
}

/// An offer that holds, without the names of what it speaks of.
#[derive(Debug, Clone, Copy)]
pub(in crate::desk) struct OpenOffer {
    pub(in crate::desk) entry_id: EntryId,
    pub(in crate::desk) booking_id: BookingId,
    pub(in crate::desk) requester: UserId,
    pub(in crate::desk) start_at: Timestamp,
    pub(in crate::desk) end_at: Timestamp,
    pub(in crate::desk) expires_at: Timestamp,
    pub(in crate::desk) proposal: bool,
}

const OPEN_OFFERS: &str = "
    SELECT o.entry_id, e.booking_id, e.requester_user_id, o.start_at, o.end_at, o.expires_at,
        o.is_proposal
    FROM waitlist_offers AS o
    CROSS JOIN waitlist_entries AS e ON e.org_id = :org AND e.id = o.entry_id
    WHERE o.org_id = :org AND o.expires_at > :at
    ORDER BY o.expires_at, o.entry_id LIMIT :most";

const COUNT_OFFERS: &str =
    "SELECT count(*) FROM waitlist_offers WHERE org_id = :org AND expires_at > :at";

/// Offers that are not over by the clock, whoever has to end them; by their end.
pub(in crate::desk) fn open_offers(tx: &Tx<'_>, most: u32) -> Result<Pile<OpenOffer>> {
    let at = if bug::seeded("ended_offer_shown") { Timestamp::from_millis(0) } else { tx.now() };
    let rows = tx.all(OPEN_OFFERS, &[(":at", &at), (":most", &most)], |row| {
        Ok(OpenOffer {
            entry_id: row.get("entry_id")?,
            booking_id: row.get("booking_id")?,
            requester: row.get("requester_user_id")?,
            start_at: row.get("start_at")?,
            end_at: row.get("end_at")?,
            expires_at: row.get("expires_at")?,
            proposal: row.get("is_proposal")?,
        })
    })?;
    Ok(Pile { rows, count: tx.value(COUNT_OFFERS, &[(":at", &at)])? })
}

const OFFERED_UNITS: &str = "
    SELECT c.holder, c.resource_unit_id FROM json_each(:ids) AS j
    CROSS JOIN unit_claims AS c ON c.org_id = :org AND c.holder = j.value
    ORDER BY j.key, c.id";

/// The units that offers hold, each with the entry that holds it.
pub(in crate::desk) fn offered_units(
    tx: &Tx<'_>,
    entries: &[EntryId],
) -> Result<Vec<(EntryId, UnitId)>> {
    let ids = serde_json::to_string(entries).unwrap_or_default();
    tx.all(OFFERED_UNITS, &[(":ids", &ids)], |row| {
        Ok((row.get("holder")?, row.get("resource_unit_id")?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::plan;

    /// The steps of the first rows of a pile, and of its count.
    fn plans(of: &str, order: &str) -> [Vec<String>; 2] {
        [
            format!("SELECT b.id FROM {of} ORDER BY {order} LIMIT 200"),
            format!("SELECT count(*) FROM {of}"),
        ]
        .map(|statement| plan(&statement))
    }

    #[test]
    fn what_is_handed_out_or_in_danger_is_read_in_the_order_of_an_index_of_its_own() {
        for (of, step) in [
            (TO_HAND_OUT, "SEARCH b USING INDEX bookings_to_hand_out (org_id=? AND start_at<?)"),
            (ENDANGERED, "SEARCH b USING COVERING INDEX bookings_at_risk (org_id=?)"),
        ] {
            for plan in plans(of, "b.start_at, b.id") {
                assert_eq!(plan, [step]);
            }
        }
    }

    #[test]
    fn what_comes_back_today_costs_what_comes_back_today() {
        let step = "SEARCH k USING INDEX unit_custody_by_due (org_id=? AND due_at>? AND due_at<?)";
        for plan in plans(TO_TAKE_BACK, "b.due_at, b.id") {
            let searches: Vec<&String> =
                plan.iter().filter(|step| step.contains("SEARCH")).collect();
            assert!(searches.len() == 1 && searches[0].trim() == step, "{plan:#?}");
        }
    }

    #[test]
    fn offers_cost_what_is_offered() {
        for (statement, steps) in [
            (
                OPEN_OFFERS,
                &[
                    "SEARCH o USING PRIMARY KEY (org_id=?)",
                    "SEARCH e USING PRIMARY KEY (org_id=? AND id=?)",
                ][..],
            ),
            (COUNT_OFFERS, &["SEARCH waitlist_offers USING PRIMARY KEY (org_id=?)"]),
            (
                OFFERED_UNITS,
                &["SEARCH c USING COVERING INDEX unit_claims_by_holder (org_id=? AND holder=?)"],
            ),
        ] {
            let plan = plan(statement);
            let searches: Vec<&String> =
                plan.iter().filter(|step| step.contains("SEARCH")).collect();
            assert_eq!(searches, steps, "{plan:#?}");
        }
    }
}
