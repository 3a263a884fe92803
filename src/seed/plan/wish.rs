//! What is wanted in a booking.

use super::frame::Frame;
use super::story::Story;
use super::{Want, Wish};
use crate::seed::files::{ResourceFile, School};
use crate::seed::fortune::Fortune;

/// The most units in a booking.
const UNITS: u32 = 4;
/// Every so many-th resource is in demand.
const FAVOURITES: usize = 9;

/// What is wanted in a story, for the time of its frame.
pub(super) fn wish(school: &School, frame: &Frame, story: &Story, fortune: &mut Fortune) -> Wish {
    Wish {
        requester: story.requester,
        start_at: frame.start,
        end_at: frame.end,
        purpose: fortune.pick(&school.purposes).cloned().unwrap_or_default(),
        items: wants(school, fortune),
        draft: story.draft,
    }
}

fn wants(school: &School, fortune: &mut Fortune) -> Vec<Want> {
    let lines = match fortune.below(100) {
        0..45 => 1,
        45..80 => 2,
        80..95 => 3,
        _ => UNITS,
    };
    let mut room = UNITS;
    let mut chosen = Vec::new();
    let mut wants = Vec::new();
    for _ in 0..lines {
        let Some(resource) = resource(school, fortune) else { continue };
        if room == 0 || chosen.contains(&resource) {
            continue;
        }
        chosen.push(resource);
        let units = school.resources.get(resource).map_or(1, ResourceFile::in_service);
        let (want, taken) = want(resource, units, room, fortune);
        wants.push(want);
        room -= taken;
    }
    wants
}

/// A named unit, or some of the resource; and how many units that is.
fn want(resource: usize, units: u32, room: u32, fortune: &mut Fortune) -> (Want, u32) {
    if fortune.percent(25) {
        return (Want::Unit { resource, unit: fortune.below(units) as usize }, 1);
    }
    let quantity = match fortune.below(100) {
        0..70 => 1,
        70..90 => 2,
        _ => 3,
    };
    let quantity = quantity.min(room).min(units);
    (Want::Any { resource, quantity }, quantity)
}

/// A resource that is lent: one in demand, or any, the more units the likelier.
fn resource(school: &School, fortune: &mut Fortune) -> Option<usize> {
    let lent = |(_, file): &(usize, &ResourceFile)| file.is_lent();
    let lent: Vec<_> = school.resources.iter().enumerate().filter(lent).collect();
    if fortune.percent(35) {
        let favourites: Vec<usize> =
            lent.iter().step_by(FAVOURITES).map(|(index, _)| *index).collect();
        return fortune.pick(&favourites).copied();
    }
    let total = lent.iter().map(|(_, file)| file.units).sum();
    let mut place = fortune.below(total);
    lent.iter().find_map(|(index, file)| {
        if place < file.units {
            return Some(*index);
        }
        place -= file.units;
        None
    })
}
