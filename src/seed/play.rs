//! What the plan says is done, step by step, each as one write of the server: before it ends what
//! is due by the clock, after it the queues take their turn.

use super::files::School;
use super::opening::Opened;
use super::plan::{Act, Plan, Step, Want, Wish};
use super::{bookings, entries};
use crate::booking::{ItemRequest, NewBooking};
use crate::db::{GlobalWriteTx, WriteTx};
use crate::kernel::{Actor, BookingId, Code, EntryId, Error, OrgId, Result, Timestamp};
use crate::waitlist;

/// What became of a wish.
#[derive(Debug, Clone, Copy)]
pub(super) enum Made {
    Booking(BookingId),
    Entry(EntryId),
}

/// Where a plan is played.
struct Stage<'a> {
    global: &'a GlobalWriteTx<'a>,
    org: OrgId,
    opened: &'a Opened,
}

/// Does all steps of a plan. What a unit is missing for does not happen, and neither does what
/// would have followed from it.
pub(super) fn play(
    global: &GlobalWriteTx<'_>,
    school: &School,
    opened: &Opened,
    plan: &Plan,
    mut told: impl FnMut(),
) -> Result<()> {
    let stage = Stage { global, org: school.organization.id, opened };
    let mut made: Vec<Option<Made>> = vec![None; plan.bookings.len()];
    for step in &plan.steps {
        let wish = plan.bookings.get(step.booking).ok_or_else(no_such)?;
        let place = made.get_mut(step.booking).ok_or_else(no_such)?;
        stage.let_time_pass(step.at)?;
        *place = stage.step(step, wish, *place)?;
        waitlist::take_turn(&stage.system(step.at))?;
        told();
    }
    stage.let_time_pass(plan.until)
}

impl<'a> Stage<'a> {
    fn system(&self, at: Timestamp) -> WriteTx<'a> {
        self.global.write_at(self.org, Actor::system(), at)
    }

    /// Ends what falls due until then, each at its own instant: the server would have been there.
    fn let_time_pass(&self, until: Timestamp) -> Result<()> {
        loop {
            let due = waitlist::next_due(&self.system(until))?;
            let Some(due) = due.filter(|due| *due <= until) else { return Ok(()) };
            waitlist::expire_due(&self.system(due))?;
        }
    }

    fn step(&self, step: &Step, wish: &Wish, made: Option<Made>) -> Result<Option<Made>> {
        let (user, role) = *self.opened.people.get(step.actor).ok_or_else(no_such)?;
        let tx = self.global.write_at(self.org, Actor::person(user, role), step.at);
        match tx.attempt(|| self.act(&tx, step, wish, made)) {
            // Who wanted to keep it longer keeps it as it was.
            Err(error) if error.code() == Code::UnitUnavailable => {
                Ok(made.filter(|_| matches!(step.act, Act::Extend(_))))
            }
            done => done,
        }
    }

    fn act(
        &self,
        tx: &WriteTx<'_>,
        step: &Step,
        wish: &Wish,
        made: Option<Made>,
    ) -> Result<Option<Made>> {
        match (&step.act, made) {
            (Act::Create, None) => Ok(Some(bookings::create(tx, &self.request(wish)?)?)),
            (Act::Join, None) => Ok(Some(entries::join(tx, &self.request(wish)?)?)),
            (_, None) => Ok(None),
            (act, Some(Made::Booking(id))) => bookings::act(tx, id, act).map(|()| made),
            (act, Some(Made::Entry(id))) => entries::act(tx, id, act).map(|()| made),
        }
    }

    fn request(&self, wish: &Wish) -> Result<NewBooking> {
        let Opened { people, resources } = self.opened;
        let (requester, _) = people.get(wish.requester).ok_or_else(no_such)?;
        let item = |want: &Want| match *want {
            Want::Any { resource, quantity } => {
                Some(ItemRequest::any(resources.get(resource)?.0, quantity))
            }
            Want::Unit { resource, unit } => {
                Some(ItemRequest::unit(*resources.get(resource)?.1.get(unit)?))
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
}

pub(super) fn no_such() -> Error {
    Error::internal("the plan of the demo speaks of what is not there")
}
