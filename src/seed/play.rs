//! What the plan says is done, step by step in the order of time, each as one write of the server:
//! before it all that fell due by the clock, after it the turn of the queues. One thing is simpler
//! than it was: an organization is played to its end before the next one.

mod bookings;
mod counter;
mod entries;
mod maintenance;

use super::files::School;
use super::opening::Opened;
use super::plan::{Act, Plan, Step, Want, Wish};
use crate::app;
use crate::booking::{ItemRequest, NewBooking, RuleName};
use crate::db::{GlobalWriteTx, WriteTx};
use crate::kernel::{
    Actor, BookingId, Code, EntryId, Error, MaintenanceId, OrgId, Result, Timestamp, UnitId, bug,
};
use crate::waitlist;

/// What became of a wish.
#[derive(Debug, Clone, Copy)]
pub(super) enum Made {
    Booking(BookingId),
    Entry(EntryId),
    Maintenance(UnitId, MaintenanceId),
}

/// Where a plan is played.
struct Stage<'a> {
    global: &'a GlobalWriteTx<'a>,
    org: OrgId,
    opened: &'a Opened,
}

/// Does all steps of a plan. What a unit is missing for or what debts forbid does not happen, and
/// neither does what would have followed from it.
pub(super) fn play(
    global: &GlobalWriteTx<'_>,
    school: &School,
    opened: &Opened,
    plan: &Plan,
    mut told: impl FnMut(),
) -> Result<()> {
    let stage = Stage { global, org: school.organization.id, opened };
    let mut made: Vec<Option<Made>> = vec![None; plan.wishes.len()];
    let mut now = plan.steps.first().map_or(plan.until, |step| step.at);
    for step in &plan.steps {
        let wish = plan.wishes.get(step.booking).ok_or_else(no_such)?;
        let place = made.get_mut(step.booking).ok_or_else(no_such)?;
        stage.let_time_pass(now, step.at)?;
        now = step.at;
        *place = stage.step(step, wish, *place)?;
        waitlist::take_turn(&stage.system(now))?;
        told();
    }
    stage.let_time_pass(now, plan.until)
}

impl<'a> Stage<'a> {
    fn system(&self, at: Timestamp) -> WriteTx<'a> {
        self.global.write_at(self.org, Actor::system(), at)
    }

    /// Does what falls due from one instant to another, each at its own, as the timer of a server
    /// would have: looking ahead from where it stands, since what is late or near depends on it.
    fn let_time_pass(&self, from: Timestamp, until: Timestamp) -> Result<()> {
        let mut now = from;
        while let Some(due) = app::next_due(&self.system(now))?.filter(|due| *due <= until) {
            now = if bug::seeded("demo_due_too_late") { until } else { now.max(due) };
            app::do_due(&self.system(now))?;
        }
        Ok(())
    }

    fn step(&self, step: &Step, wish: &Wish, made: Option<Made>) -> Result<Option<Made>> {
        let (user, role) = *self.opened.people.get(step.actor).ok_or_else(no_such)?;
        let tx = self.global.write_at(self.org, Actor::person(user, role), step.at);
        match tx.attempt(|| self.act(&tx, step, wish, made)) {
            // What is there stays as it is; a draft that can't be asked for comes to nothing more.
            Err(error) if does_not_happen(&error) => Ok(made.filter(|_| step.act != Act::Submit)),
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
            (Act::Maintain, None) => maintenance::plan(tx, &self.request(wish)?).map(Some),
            (_, None) => Ok(None),
            (act, Some(Made::Booking(id))) => bookings::act(tx, id, act).map(|()| made),
            (act, Some(Made::Entry(id))) => entries::act(tx, id, act).map(|()| made),
            (act, Some(Made::Maintenance(unit, id))) => {
                maintenance::act(tx, unit, id, act).map(|()| made)
            }
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

/// Whether somebody met a refusal as people do: a unit is taken, late or out of service, or too much
/// is owed. Any other would be a fault of the plan.
fn does_not_happen(error: &Error) -> bool {
    let debts = RuleName::BlockWhenFinesExceedCents.name();
    match error.code() {
        Code::UnitUnavailable | Code::NotBookable => true,
        Code::PolicyViolation => error.extras().get("rule").is_some_and(|rule| rule == debts),
        _ => false,
    }
}

fn no_such() -> Error {
    Error::internal("the plan of the demo speaks of what is not there")
}
