//! What an entry is served: the units that staff chose for it, and why it could not be served.

use crate::calendar::Lack;
use crate::kernel::{DemandLine, Error, Fault, ResourceId, Result, UnitId};

/// The lines of an entry with some of its units chosen by name.
///
/// # Errors
/// `validation_failed` for each unit that serves none of the lines.
pub(crate) fn chosen_lines(
    lines: &[DemandLine],
    chosen: &[(UnitId, ResourceId)],
) -> Result<Vec<DemandLine>> {
    let mut lines = lines.to_vec();
    let mut named = Vec::new();
    let mut faults = Vec::new();
    for (index, &(unit, resource)) in chosen.iter().enumerate() {
        if lines.contains(&DemandLine::Unit(unit)) {
            continue;
        }
        let wanted = lines.iter_mut().find_map(|line| match line {
            DemandLine::Any(of, quantity) if *of == resource && *quantity > 0 => Some(quantity),
            _ => None,
        });
        if let Some(quantity) = wanted {
            *quantity -= 1;
            named.push(DemandLine::Unit(unit));
        } else {
            let place = format!("/resource_unit_ids/{index}");
            faults.push(Fault::at(place, "serves nothing of what was asked for"));
        }
    }
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    lines.retain(|line| line.quantity() > 0);
    named.extend(lines);
    Ok(named)
}

/// Why an entry could not be served as a whole, in words for the desk. Names nobody.
pub(crate) fn skip_reason(lacks: &[Lack]) -> String {
    let each = |lack: &Lack| match lack.obstacle {
        Some(why) => format!("Item {}: {why}.", lack.line + 1),
        None => format!("Item {}: {} of {} units free.", lack.line + 1, lack.free, lack.wanted),
    };
    lacks.iter().map(each).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn unit(number: u128) -> UnitId {
        UnitId(Uuid::from_u128(number))
    }

    fn resource(number: u128) -> ResourceId {
        ResourceId(Uuid::from_u128(number))
    }

    #[test]
    fn chosen_units_take_the_place_of_any() {
        let lines = [DemandLine::Any(resource(1), 2), DemandLine::Unit(unit(9))];
        let chosen = chosen_lines(&lines, &[(unit(5), resource(1))]).unwrap();
        let expected =
            [DemandLine::Unit(unit(5)), DemandLine::Any(resource(1), 1), DemandLine::Unit(unit(9))];
        assert_eq!(chosen, expected);
        assert_eq!(chosen_lines(&lines, &[(unit(9), resource(2))]).unwrap(), lines);
    }

    #[test]
    fn units_that_serve_nothing_are_named() {
        let lines = [DemandLine::Any(resource(1), 1)];
        let chosen = [(unit(5), resource(1)), (unit(6), resource(1)), (unit(7), resource(2))];
        let refused = chosen_lines(&lines, &chosen).unwrap_err();
        let places: Vec<_> =
            refused.fault_list().iter().filter_map(|fault| fault.pointer.as_deref()).collect();
        assert_eq!(places, ["/resource_unit_ids/1", "/resource_unit_ids/2"]);
    }

    #[test]
    fn a_skip_says_what_lacks() {
        let lack = |line, free, obstacle| Lack { line, wanted: 2, free, obstacle };
        let lacks = [lack(0, 1, None), lack(2, 0, Some("the resource is disabled"))];
        assert_eq!(
            skip_reason(&lacks),
            "Item 1: 1 of 2 units free. Item 3: the resource is disabled."
        );
    }
}
