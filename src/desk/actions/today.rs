//! The day at the counter.

use super::labelled::labelled;
use super::overdue::overdue;
use crate::db::Tx;
use crate::desk::model::{BY_DUE, OfferAtDesk, Today, TodayCounts, UnitLabel};
use crate::desk::rules;
use crate::desk::store::{self, OpenOffer};
use crate::identity;
use crate::kernel::{EntryId, Error, PageRequest, Result, SortKey, UnitId, UserId};

/// The most rows of each list.
const MOST: u32 = 200;

/// What there is to do on this day.
///
/// # Errors
/// When the database can't be read.
pub fn today(tx: &Tx<'_>) -> Result<Today> {
    let timezone = identity::organization(tx)?.timezone;
    let (date, day) = rules::day_of(tx.now(), &rules::zone(&timezone)?)?;
    let to_hand_out = store::to_hand_out(tx, day.end, MOST)?;
    let to_take_back = store::to_take_back(tx, day.end, MOST)?;
    let endangered = store::endangered(tx, MOST)?;
    let open_offers = store::open_offers(tx, MOST)?;
    let sort = vec![SortKey { column: BY_DUE, descending: false }];
    let late = overdue(tx, &PageRequest { limit: MOST, sort, after: None })?;
    Ok(Today {
        date,
        timezone,
        from: day.start,
        to: day.end,
        counts: TodayCounts {
            to_hand_out: to_hand_out.count,
            to_take_back: to_take_back.count,
            late: store::count_late(tx)?,
            endangered: endangered.count,
            open_offers: open_offers.count,
        },
        to_hand_out: labelled(tx, &to_hand_out.rows)?,
        to_take_back: labelled(tx, &to_take_back.rows)?,
        late: late.rows,
        endangered: labelled(tx, &endangered.rows)?,
        open_offers: offers(tx, &open_offers.rows)?,
    })
}

/// Offers together with the names of their people and things.
fn offers(tx: &Tx<'_>, open: &[OpenOffer]) -> Result<Vec<OfferAtDesk>> {
    let people: Vec<UserId> = open.iter().map(|offer| offer.requester).collect();
    let people = store::people(tx, &people)?;
    let entries: Vec<EntryId> = open.iter().map(|offer| offer.entry_id).collect();
    let held = store::offered_units(tx, &entries)?;
    let units: Vec<UnitId> = held.iter().map(|(_, unit)| *unit).collect();
    let labels = store::unit_labels(tx, &units)?;
    let items = |offer: &OpenOffer| -> Vec<UnitLabel> {
        let own = held.iter().filter(|(entry, _)| *entry == offer.entry_id);
        own.filter_map(|(_, unit)| labels.get(unit).cloned()).collect()
    };
    open.iter()
        .map(|offer| {
            let requester = people.get(&offer.requester).cloned();
            Ok(OfferAtDesk {
                id: offer.entry_id,
                booking_id: offer.booking_id,
                requester: requester.ok_or_else(|| Error::internal("an offer to nobody"))?,
                items: items(offer),
                start_at: offer.start_at,
                end_at: offer.end_at,
                expires_at: offer.expires_at,
                proposal: offer.proposal,
            })
        })
        .collect()
}
