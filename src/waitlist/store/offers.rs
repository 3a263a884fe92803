//! `waitlist_offers`. The units of an offer are the claims that its entry holds.

use std::collections::HashMap;

use crate::db::{Tx, WriteTx};
use crate::kernel::{EntryId, Result, Timestamp, UnitId};
use crate::waitlist::model::{Offer, OfferItem};

pub(super) const OFFERS: &str = "
    SELECT o.entry_id, o.start_at, o.end_at, o.expires_at, o.is_proposal, o.offered_by, o.note,
        u.resource_id, c.resource_unit_id
    FROM json_each(:ids) AS j
    CROSS JOIN waitlist_offers AS o ON o.org_id = :org AND o.entry_id = j.value
    CROSS JOIN unit_claims AS c ON c.org_id = :org AND c.holder = o.entry_id
    CROSS JOIN resource_units AS u ON u.org_id = :org AND u.id = c.resource_unit_id
    ORDER BY o.entry_id, c.id";

/// The open offers of many entries, with the units they hold.
pub(super) fn offers_of(tx: &Tx<'_>, ids: &str) -> Result<HashMap<EntryId, Offer>> {
    let rows = tx.all(OFFERS, &[(":ids", &ids)], |row| {
        let offer = Offer {
            items: Vec::new(),
            start_at: row.get("start_at")?,
            end_at: row.get("end_at")?,
            expires_at: row.get("expires_at")?,
            proposal: row.get("is_proposal")?,
            note: row.get("note")?,
            offered_by: row.get("offered_by")?,
        };
        let item = OfferItem {
            resource_id: row.get("resource_id")?,
            resource_unit_id: row.get("resource_unit_id")?,
        };
        Ok((row.get::<_, EntryId>("entry_id")?, offer, item))
    })?;
    let mut offers: HashMap<EntryId, Offer> = HashMap::new();
    for (entry, offer, item) in rows {
        offers.entry(entry).or_insert(offer).items.push(item);
    }
    Ok(offers)
}

/// Opens an offer over what the entry holds.
pub(in crate::waitlist) fn insert_offer(
    tx: &WriteTx<'_>,
    entry: EntryId,
    offer: &Offer,
) -> Result<()> {
    tx.execute(
        "INSERT INTO waitlist_offers
             (org_id, entry_id, start_at, end_at, expires_at, is_proposal, offered_by, note)
         VALUES (:org, :entry, :start, :end, :expires, :proposal, :by, :note)",
        &[
            (":entry", &entry),
            (":start", &offer.start_at),
            (":end", &offer.end_at),
            (":expires", &offer.expires_at),
            (":proposal", &offer.proposal),
            (":by", &offer.offered_by),
            (":note", &offer.note),
        ],
    )?;
    Ok(())
}

/// Closes the offer of an entry, if it has one; its claims can then go.
pub(in crate::waitlist) fn delete_offer(tx: &WriteTx<'_>, entry: EntryId) -> Result<()> {
    tx.execute(
        "DELETE FROM waitlist_offers WHERE org_id = :org AND entry_id = :entry",
        &[(":entry", &entry)],
    )?;
    Ok(())
}

pub(super) const WITHOUT_SERVICE: &str = "
    SELECT DISTINCT o.entry_id
    FROM json_each(:units) AS j
    CROSS JOIN resource_units AS u ON u.org_id = :org AND u.id = j.value
    CROSS JOIN resources AS r ON r.org_id = :org AND r.id = u.resource_id
    CROSS JOIN unit_claims AS c ON c.org_id = :org AND c.resource_unit_id = u.id
        AND c.kind = 'offer'
    CROSS JOIN waitlist_offers AS o ON o.org_id = :org AND o.entry_id = c.holder
    WHERE u.status <> 'AVAILABLE' OR u.deleted_at IS NOT NULL
        OR r.status <> 'AVAILABLE' OR r.deleted_at IS NOT NULL
    ORDER BY o.entry_id";

/// The entries that are offered one of these units, which is lent no more.
pub(in crate::waitlist) fn offers_without_service(
    tx: &Tx<'_>,
    units: &str,
) -> Result<Vec<EntryId>> {
    tx.all(WITHOUT_SERVICE, &[(":units", &units)], |row| row.get("entry_id"))
}

pub(super) const LATE: &str = "
    SELECT DISTINCT o.entry_id
    FROM unit_custody AS k
    CROSS JOIN unit_claims AS c ON c.org_id = :org AND c.resource_unit_id = k.resource_unit_id
        AND c.start_at < :late_until AND c.kind = 'offer'
    CROSS JOIN waitlist_offers AS o ON o.org_id = :org AND o.entry_id = c.holder
    WHERE k.org_id = :org AND k.due_at < :now
    ORDER BY o.entry_id";

/// The entries that are offered a unit which is late, for a period that begins before the instant.
/// Every write asks: cost follows what is late, not what is offered.
pub(in crate::waitlist) fn offers_of_late_units(
    tx: &Tx<'_>,
    late_until: Option<Timestamp>,
) -> Result<Vec<EntryId>> {
    tx.all(LATE, &[(":late_until", &late_until)], |row| row.get("entry_id"))
}

/// All units that an open offer holds.
pub(in crate::waitlist) fn offered_units(tx: &Tx<'_>) -> Result<Vec<UnitId>> {
    tx.all(
        "SELECT c.resource_unit_id FROM waitlist_offers AS o
         CROSS JOIN unit_claims AS c ON c.org_id = o.org_id AND c.holder = o.entry_id
         WHERE o.org_id = :org",
        &[],
        |row| row.get("resource_unit_id"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::plan;

    #[test]
    fn offers_are_found_by_their_entry_and_their_claims_by_the_holder() {
        for (statement, step) in [
            (OFFERS, "SEARCH o USING PRIMARY KEY (org_id=? AND entry_id=?)"),
            (OFFERS, "unit_claims_by_holder (org_id=? AND holder=?)"),
            (WITHOUT_SERVICE, "INDEX unit_claims_by_unit (org_id=? AND resource_unit_id=?)"),
            (WITHOUT_SERVICE, "SEARCH o USING PRIMARY KEY (org_id=? AND entry_id=?)"),
            (LATE, "SEARCH k USING INDEX unit_custody_by_due (org_id=? AND due_at<?)"),
            (LATE, "INDEX unit_claims_by_unit (org_id=? AND resource_unit_id=? AND start_at<?)"),
            (LATE, "SEARCH o USING PRIMARY KEY (org_id=? AND entry_id=?)"),
        ] {
            let plan = plan(statement);
            assert!(plan.iter().any(|found| found.contains(step)), "{plan:#?}");
        }
    }

    /// What the triggers of guard 2d ask at each write.
    #[test]
    fn the_guard_of_offers_takes_one_step() {
        for (statement, index) in [
            (
                "SELECT 1 FROM waitlist_offers AS o WHERE o.org_id = :org AND o.entry_id = :x",
                "SEARCH o USING PRIMARY KEY (org_id=? AND entry_id=?)",
            ),
            (
                "SELECT 1 FROM unit_claims AS c
                 WHERE c.org_id = :org AND c.holder = :x AND c.kind = 'offer'
                     AND c.start_at <= 7 AND c.end_at >= 8",
                "SEARCH c USING INDEX unit_claims_by_holder (org_id=? AND holder=?)",
            ),
        ] {
            assert_eq!(plan(statement), [index]);
        }
    }
}
