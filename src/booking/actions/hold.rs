//! Holding units for a booking and letting them go; what every path that books goes through.

use crate::booking::model::{Booking, BookingItem, Status};
use crate::booking::store;
use crate::calendar::{self, ClaimKind, Held, ResolvedLine};
use crate::db::{Tx, WriteTx};
use crate::kernel::{Demand, DemandLine, ItemId, ResourceId, Result};

/// The items of a request that holds nothing yet.
pub(super) fn unheld_items(lines: &[ResolvedLine]) -> Vec<BookingItem> {
    let mut items = Vec::new();
    for line in lines {
        match line.line {
            DemandLine::Unit(unit) => {
                let item = item_of(line.resource_id);
                items.push(BookingItem { resource_unit_id: Some(unit), named: true, ..item });
            }
            DemandLine::Any(_, quantity) => {
                items.extend((0..quantity).map(|_| item_of(line.resource_id)));
            }
        }
    }
    items
}

/// An item that holds nothing yet.
pub(super) fn item_of(resource_id: ResourceId) -> BookingItem {
    BookingItem {
        id: ItemId::new(),
        resource_id,
        resource_unit_id: None,
        quantity: 1,
        checked_out_at: None,
        returned_at: None,
        return_condition: None,
        return_note: None,
        named: false,
        endangered: false,
    }
}

/// What the items of a booking ask for: named units, and any others of their resources.
pub(super) fn lines_of(items: &[BookingItem]) -> Vec<DemandLine> {
    let named = |item: &BookingItem| item.resource_unit_id.filter(|_| item.named);
    items
        .iter()
        .map(|item| named(item).map_or(DemandLine::Any(item.resource_id, 1), DemandLine::Unit))
        .collect()
}

/// What a booking asks of the calendar.
pub(super) struct Wish {
    pub(super) demand: Demand,
    /// The lines of the demand.
    pub(super) lines: Vec<ResolvedLine>,
    /// Which items each line serves.
    places: Vec<Vec<usize>>,
}

/// Looks up what the items of a booking ask for.
pub(super) fn wish(tx: &Tx<'_>, booking: &Booking) -> Result<Wish> {
    let (lines, places) = grouped(&booking.items);
    let demand = Demand {
        window: booking.window(),
        lines,
        holder: booking.id.0,
        preferred: booking.items.iter().filter_map(|item| item.resource_unit_id).collect(),
        excluded: Vec::new(),
    };
    let lines = calendar::resolve(tx, &demand.lines)?;
    Ok(Wish { demand, lines, places })
}

/// Takes a unit for every item through the one function that does, and notes it in the item.
/// The booking stands in the database as one that is not active yet.
pub(super) fn hold(tx: &WriteTx<'_>, booking: &mut Booking) -> Result<()> {
    let wish = wish(tx, booking)?;
    let held = calendar::claim(tx, ClaimKind::Booking, &wish.demand, &wish.lines)?;
    assign(&mut booking.items, &held, wish);
    Ok(())
}

/// Leaves the active states: the status first, then the claims. What holds nothing is in no danger.
pub(super) fn let_go(tx: &WriteTx<'_>, booking: &mut Booking, becomes: Status) -> Result<()> {
    booking.status = becomes;
    booking.at_risk = false;
    store::set_status(tx, booking.id, becomes)?;
    for item in booking.items.iter_mut().filter(|item| item.endangered) {
        item.endangered = false;
        store::update_item(tx, item)?;
    }
    calendar::release(tx, booking.id.0)
}

/// One line for each named unit and one for each resource, and which items each line serves.
fn grouped(items: &[BookingItem]) -> (Vec<DemandLine>, Vec<Vec<usize>>) {
    let mut lines: Vec<DemandLine> = Vec::new();
    let mut places: Vec<Vec<usize>> = Vec::new();
    for (index, line) in lines_of(items).into_iter().enumerate() {
        let same = lines.iter().position(|other| match (other, line) {
            (DemandLine::Any(one, _), DemandLine::Any(two, _)) => *one == two,
            _ => false,
        });
        let known = same.and_then(|at| Some((lines.get_mut(at)?, places.get_mut(at)?)));
        if let Some((DemandLine::Any(_, quantity), served)) = known {
            *quantity += 1;
            served.push(index);
        } else {
            lines.push(line);
            places.push(vec![index]);
        }
    }
    (lines, places)
}

/// Notes in each item the unit that serves it.
pub(super) fn assign(items: &mut [BookingItem], held: &[Held], wish: Wish) {
    for (line, served) in wish.places.into_iter().enumerate() {
        let units = held.iter().filter(|held| held.line == line).map(|held| held.unit_id);
        for (index, unit) in served.into_iter().zip(units) {
            if let Some(item) = items.get_mut(index) {
                item.resource_unit_id = Some(unit);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::kernel::UnitId;

    #[test]
    fn items_of_one_resource_become_one_line() {
        let camera = ResourceId(Uuid::from_u128(1));
        let light = ResourceId(Uuid::from_u128(2));
        let named = UnitId(Uuid::from_u128(3));
        let of = |line, resource_id| ResolvedLine {
            line,
            resource_id,
            buffer_minutes: 0,
            obstacle: None,
        };
        let items = unheld_items(&[
            of(DemandLine::Any(camera, 2), camera),
            of(DemandLine::Unit(named), camera),
            of(DemandLine::Any(light, 1), light),
            of(DemandLine::Any(camera, 1), camera),
        ]);
        let (lines, places) = grouped(&items);
        assert_eq!(
            lines,
            [DemandLine::Any(camera, 3), DemandLine::Unit(named), DemandLine::Any(light, 1)]
        );
        assert_eq!(places, [vec![0, 1, 4], vec![2], vec![3]]);
    }
}
