//! Whether a request could be booked, without booking it.

use super::create::{Asked, asked};
use super::hold::assign;
use super::judge::{Judgement, Step, judge};
use crate::booking::model::{BookingCheck, BookingItem, CheckedUnit, NewBooking, RuleName};
use crate::calendar::{self, Alternative};
use crate::db::Tx;
use crate::kernel::{Error, Result, bug};

/// Measures a request as [`create`](super::create()) does, a draft as what it becomes. `searched` is
/// what could be had instead, where that was searched before; else it is now.
///
/// # Errors
/// `forbidden`, `unknown_reference`, `validation_failed` for a start in the past.
pub fn check(
    tx: &Tx<'_>,
    new: &NewBooking,
    searched: Option<&[Alternative]>,
) -> Result<BookingCheck> {
    let Asked { mut booking, lines, .. } = asked(tx, new)?;
    let Judgement { mut rules, units } = judge(tx, &booking, &lines, Step::Ask)?;
    let (wish, supply) = units.ok_or_else(|| Error::internal("units were not looked at"))?;
    if bug::seeded("check_disagrees") {
        rules.retain(|rule| rule.rule != RuleName::BlockWhenFinesExceedCents);
    }
    let broken = |name| rules.iter().any(|rule| rule.rule == name && !rule.passed);
    let lacks = broken(RuleName::UnitsFree) && !broken(RuleName::InService);
    let alternatives = match searched {
        _ if !lacks => Vec::new(),
        Some(searched) => searched.to_vec(),
        None => calendar::alternatives(tx, &wish.demand)?,
    };
    let served = supply.lacks.is_empty();
    assign(&mut booking.items, &supply.units, wish);
    Ok(BookingCheck {
        bookable: rules.iter().all(|rule| rule.passed),
        units: booking.items.iter().filter(|_| served).filter_map(unit).collect(),
        rules,
        alternatives,
    })
}

fn unit(item: &BookingItem) -> Option<CheckedUnit> {
    let resource_unit_id = item.resource_unit_id?;
    Some(CheckedUnit { resource_id: item.resource_id, resource_unit_id })
}
