//! What the plan says is done, step by step.

use super::files::School;
use super::opening::Opened;
use super::plan::{Act, Plan, Step, Want, Wish};
use crate::booking::{self, BookingPatch, Decision, ItemRequest, NewBooking};
use crate::db::{GlobalWriteTx, WriteTx};
use crate::kernel::{Actor, BookingId, Code, Error, Precondition, Result};

/// Does all steps of a plan. What a unit is missing for does not happen, and neither does what
/// would have followed from it.
pub(super) fn play(
    global: &GlobalWriteTx<'_>,
    school: &School,
    opened: &Opened,
    plan: &Plan,
    mut told: impl FnMut(),
) -> Result<()> {
    let mut made: Vec<Option<BookingId>> = vec![None; plan.bookings.len()];
    for step in &plan.steps {
        let (user, role) = *opened.people.get(step.actor).ok_or_else(no_such)?;
        let tx = global.write_at(school.organization.id, Actor::person(user, role), step.at);
        let wish = plan.bookings.get(step.booking).ok_or_else(no_such)?;
        let place = made.get_mut(step.booking).ok_or_else(no_such)?;
        match tx.attempt(|| act(&tx, step, wish, *place, opened)) {
            Ok(booking) => *place = booking,
            // Who wanted to keep it longer keeps it as it was.
            Err(error) if error.code() == Code::UnitUnavailable => {
                *place = place.filter(|_| matches!(step.act, Act::Extend(_)));
            }
            Err(error) => return Err(error),
        }
        told();
    }
    Ok(())
}

/// Does one step; `booking` is there when it was made before.
fn act(
    tx: &WriteTx<'_>,
    step: &Step,
    wish: &Wish,
    booking: Option<BookingId>,
    opened: &Opened,
) -> Result<Option<BookingId>> {
    let any = Precondition::none();
    let Some(id) = booking else {
        let new = (step.act == Act::Create).then(|| request(wish, opened)).transpose()?;
        return new.map(|new| Ok(booking::create(tx, &new)?.id)).transpose();
    };
    match &step.act {
        Act::Create => return Err(no_such()),
        Act::Submit => booking::submit(tx, id, &any)?,
        Act::Extend(end) => {
            let patch = BookingPatch { end_at: Some(*end), ..BookingPatch::default() };
            booking::update(tx, id, &patch, &any)?
        }
        Act::Approve(note) => booking::approve(tx, id, &decision(note), &any)?,
        Act::Reject(note) => booking::reject(tx, id, &decision(note), &any)?,
        Act::Cancel(note) => booking::cancel(tx, id, &decision(note), &any)?,
    };
    Ok(Some(id))
}

fn decision(note: &str) -> Decision {
    Decision { note: Some(Some(note.to_owned())) }
}

fn request(wish: &Wish, opened: &Opened) -> Result<NewBooking> {
    let (requester, _) = opened.people.get(wish.requester).ok_or_else(no_such)?;
    let item = |want: &Want| match *want {
        Want::Any { resource, quantity } => {
            Some(ItemRequest::any(opened.resources.get(resource)?.0, quantity))
        }
        Want::Unit { resource, unit } => {
            Some(ItemRequest::unit(*opened.resources.get(resource)?.1.get(unit)?))
        }
    };
    Ok(NewBooking {
        start_at: wish.start_at,
        end_at: wish.end_at,
        purpose: wish.purpose.clone(),
        items: wish.items.iter().map(item).collect::<Option<_>>().ok_or_else(no_such)?,
        draft: Some(wish.draft),
        requester_user_id: Some(*requester),
    })
}

fn no_such() -> Error {
    Error::internal("the plan of the demo speaks of what is not there")
}
