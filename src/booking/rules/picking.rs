//! Which items of a booking are meant at the counter, and which unit each of them gets.

use crate::booking::model::BookingItem;
use crate::kernel::{Error, Fault, ItemId, ResourceId, Result, UnitId, bug};

/// What was named at the counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    /// An item, with the unit it has.
    Item(ItemId),
    /// A unit that was scanned.
    Unit(UnitId, ResourceId),
}

/// An item that is meant, and the unit that goes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pick {
    /// Its place among the items of the booking.
    pub(crate) index: usize,
    /// The unit that was named for it.
    pub(crate) unit: UnitId,
}

/// The items that are meant, those that were named by themselves or by their own unit first. A unit
/// that belongs to no item takes the place of another one of its resource: of an item that has not
/// been fetched, one in danger before the others.
///
/// # Errors
/// `validation_failed` where an item is named twice, or a unit serves no item.
pub(crate) fn pick(items: &[BookingItem], named: &[Named]) -> Result<Vec<Pick>> {
    let mut picks: Vec<Option<Pick>> = named.iter().map(|named| own(items, *named)).collect();
    for (place, one) in named.iter().enumerate() {
        let is_open = |index: &usize| picks.iter().flatten().all(|pick| pick.index != *index);
        let Named::Unit(unit, resource) = *one else { continue };
        if picks.get(place).is_none_or(Option::is_some) {
            continue;
        }
        let replaceable = |(index, item): (usize, &BookingItem)| {
            let is_like_it = item.resource_id == resource || bug::seeded("any_unit_serves");
            let serves = is_like_it && item.is_reserved();
            serves.then_some((!item.endangered, index))
        };
        let mut open: Vec<(bool, usize)> =
            items.iter().enumerate().filter_map(replaceable).collect();
        open.retain(|(_, index)| is_open(index));
        let replaced = open.into_iter().min().map(|(_, index)| Pick { index, unit });
        // A unit that was named before takes no second place.
        let before = named.iter().take(place).position(|other| other == one);
        let again = before.and_then(|before| *picks.get(before)?);
        if let Some(pick) = picks.get_mut(place) {
            *pick = again.or(replaced).or_else(|| former(items, unit));
        }
    }
    settled(picks)
}

/// The item that is named by itself, or by the unit it has.
fn own(items: &[BookingItem], named: Named) -> Option<Pick> {
    let of = |index: usize| Some(Pick { index, unit: items.get(index)?.resource_unit_id? });
    match named {
        Named::Item(id) => items.iter().position(|item| item.id == id).and_then(of),
        Named::Unit(unit, _) => {
            let has_it = |item: &BookingItem| item.resource_unit_id == Some(unit);
            items.iter().position(|item| has_it(item) && item.returned_at.is_none()).and_then(of)
        }
    }
}

/// The item whose unit it was: what is over says so better than what never was.
fn former(items: &[BookingItem], unit: UnitId) -> Option<Pick> {
    let index = items.iter().position(|item| item.resource_unit_id == Some(unit))?;
    Some(Pick { index, unit })
}

fn settled(picks: Vec<Option<Pick>>) -> Result<Vec<Pick>> {
    let mut faults = Vec::new();
    let mut seen: Vec<usize> = Vec::new();
    for (place, pick) in picks.iter().enumerate() {
        match pick {
            None => faults.push(Fault::at(
                format!("/items/{place}"),
                "is no unit that an item of this booking could take",
            )),
            Some(pick) if seen.contains(&pick.index) => {
                faults.push(Fault::at(format!("/items/{place}"), "names an item twice"));
            }
            Some(pick) => seen.push(pick.index),
        }
    }
    if faults.is_empty() {
        Ok(picks.into_iter().flatten().collect())
    } else {
        Err(Error::invalid(faults))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::kernel::Timestamp;

    fn item(number: u128, resource: u128, unit: u128) -> BookingItem {
        BookingItem {
            id: ItemId(Uuid::from_u128(number)),
            resource_id: ResourceId(Uuid::from_u128(resource)),
            resource_unit_id: Some(UnitId(Uuid::from_u128(unit))),
            quantity: 1,
            checked_out_at: None,
            returned_at: None,
            return_condition: None,
            return_note: None,
            named: false,
            endangered: false,
        }
    }

    fn scan(unit: u128, resource: u128) -> Named {
        Named::Unit(UnitId(Uuid::from_u128(unit)), ResourceId(Uuid::from_u128(resource)))
    }

    fn picked(items: &[BookingItem], named: &[Named]) -> Vec<(usize, u128)> {
        let picks = pick(items, named).unwrap();
        picks.iter().map(|pick| (pick.index, pick.unit.0.as_u128())).collect()
    }

    #[test]
    fn own_units_stay_and_others_take_the_place_of_what_is_left() {
        let items = [item(1, 10, 101), item(2, 10, 102), item(3, 20, 201)];
        assert_eq!(picked(&items, &[scan(102, 10)]), [(1, 102)]);
        assert_eq!(picked(&items, &[scan(109, 10), scan(101, 10)]), [(1, 109), (0, 101)]);
        let by_item = Named::Item(ItemId(Uuid::from_u128(3)));
        assert_eq!(picked(&items, &[by_item, scan(109, 10)]), [(2, 201), (0, 109)]);
    }

    #[test]
    fn what_is_in_danger_is_replaced_first_and_what_is_out_is_not_replaced() {
        let mut items = [item(1, 10, 101), item(2, 10, 102), item(3, 10, 103)];
        items[0].checked_out_at = Some(Timestamp::from_millis(1));
        items[2].endangered = true;
        assert_eq!(picked(&items, &[scan(109, 10)]), [(2, 109)]);
        assert_eq!(picked(&items, &[scan(109, 10), scan(108, 10)]), [(2, 109), (1, 108)]);
        assert!(pick(&items, &[scan(109, 10), scan(108, 10), scan(107, 10)]).is_err());
    }

    #[test]
    fn what_came_back_can_serve_another_item_and_is_known_as_what_it_was() {
        let mut items = [item(1, 10, 101), item(2, 10, 102)];
        items[0].returned_at = Some(Timestamp::from_millis(1));
        assert_eq!(picked(&items, &[scan(101, 10)]), [(1, 101)]);
        items[1].checked_out_at = Some(Timestamp::from_millis(1));
        assert_eq!(picked(&items, &[scan(101, 10)]), [(0, 101)]);
    }

    #[test]
    fn an_item_is_meant_once_and_a_unit_serves_its_own_resource() {
        let items = [item(1, 10, 101), item(2, 20, 201)];
        let by_item = Named::Item(ItemId(Uuid::from_u128(1)));
        assert!(pick(&items, &[by_item, scan(101, 10)]).is_err());
        assert!(pick(&items, &[scan(999, 30)]).is_err());
        let alike = [item(1, 10, 101), item(2, 10, 102)];
        assert!(pick(&alike, &[scan(109, 10), scan(109, 10)]).is_err());
    }
}
