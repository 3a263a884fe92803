//! What is booked, by whom and what becomes of it: decided from the files and the day alone.

mod desk;
mod frame;
mod people;
mod queue;
mod story;
mod told;
mod wish;

use super::days::Days;
use super::files::School;
use super::files::counter::Service;
use super::fortune::Fortune;
use crate::kernel::{Result, Timestamp, Window};
use desk::{Desk, Loan};
use people::Crowd;
use story::Scene;

/// Everything that happens in an organization, in the order of time.
#[derive(Debug, PartialEq)]
pub(super) struct Plan {
    pub(super) wishes: Vec<Wish>,
    pub(super) steps: Vec<Step>,
    /// Up to when it is played: the beginning of today.
    pub(super) until: Timestamp,
}

/// What is wanted: a booking, a place in the waitlist, maintenance of a unit. People, resources and
/// units are named by their place in the files.
#[derive(Debug, PartialEq)]
pub(super) struct Wish {
    pub(super) requester: usize,
    pub(super) start_at: Timestamp,
    pub(super) end_at: Timestamp,
    pub(super) purpose: String,
    pub(super) items: Vec<Want>,
    /// Made as a draft first.
    pub(super) draft: bool,
}

/// An item that is wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Want {
    /// This unit of the resource.
    Unit { resource: usize, unit: usize },
    /// So many of the resource.
    Any { resource: usize, quantity: u32 },
}

/// Something that somebody does to what was wanted at an instant.
#[derive(Debug, PartialEq)]
pub(super) struct Step {
    pub(super) at: Timestamp,
    pub(super) actor: usize,
    pub(super) booking: usize,
    pub(super) act: Act,
}

/// What is done.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Act {
    Create,
    /// Wait for it.
    Join,
    Submit,
    /// Keep it until then.
    Extend(Timestamp),
    Approve(String),
    Reject(String),
    Cancel(String),
    /// Offer the same things in this period to somebody who waits.
    Propose(Window, String),
    /// Take what is offered.
    Accept,
    /// Give up what is offered.
    Decline,
    /// What happens to a booking at the counter.
    Serve(Service),
    /// Plan maintenance of the unit.
    Maintain,
    EndMaintenance,
}

/// Makes the plan of an organization.
pub(super) fn plan(school: &School, days: &Days) -> Result<Plan> {
    let mut fortune = Fortune::of(school.folder);
    let frames = frame::frames(days, &mut fortune)?;
    let mut crowd = Crowd::of(school);
    let mut desk = Desk::of(school, days)?;
    let mut plan = Plan { wishes: Vec::new(), steps: Vec::new(), until: days.anchor };
    for (booking, frame) in frames.iter().enumerate() {
        let progress = booking * 100 / frames.len();
        let scene = Scene { school, days, frame, booking };
        let story = scene.story(&mut crowd, progress, &mut fortune)?;
        let wish = wish::wish(school, frame, &story, &mut fortune);
        plan.steps.extend(story.steps);
        if let Some(granted) = story.granted {
            plan.steps.extend(desk.serve(&Loan { booking, wish: &wish, granted })?);
        }
        plan.wishes.push(wish);
    }
    queue::add_queues(&mut plan, &mut desk, school, days)?;
    told::add_told(&mut plan, school, days)?;
    // Stable: what happens to one booking at one instant stays in its order.
    plan.steps.sort_by_key(|step| step.at);
    Ok(plan)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::files;

    fn plans(now: &str) -> Vec<Plan> {
        let now = Timestamp::parse(now).unwrap();
        let of = |school: &School| {
            plan(school, &Days::around(now, &school.organization.timezone).unwrap()).unwrap()
        };
        files::schools().unwrap().iter().map(of).collect()
    }

    #[test]
    fn a_day_has_one_plan_at_every_hour() {
        assert_eq!(plans("2026-03-20T00:00:00Z"), plans("2026-03-20T23:59:59Z"));
        assert_ne!(plans("2026-03-20T00:00:00Z"), plans("2026-03-21T00:00:00Z"));
    }

    #[test]
    fn everything_was_done_before_today_and_before_the_booking_began() {
        for now in ["2026-03-20T15:00:00Z", "2026-10-25T00:30:00Z", "2028-02-29T12:00:00Z"] {
            let today = Timestamp::parse(&format!("{}T00:00:00Z", &now[..10])).unwrap();
            for plan in plans(now) {
                for step in &plan.steps {
                    let wish = &plan.wishes[step.booking];
                    let later = matches!(step.act, Act::Serve(_) | Act::EndMaintenance);
                    let in_time = later || step.at < wish.start_at;
                    assert!(step.at < today && in_time, "{step:?} {wish:?}");
                }
                assert!(plan.steps.is_sorted_by_key(|step| step.at));
                assert!((280..500).contains(&plan.wishes.len()), "{}", plan.wishes.len());
            }
        }
    }

    #[test]
    fn nobody_wants_more_than_there_is() {
        let schools = files::schools().unwrap();
        for (school, plan) in schools.iter().zip(plans("2026-03-20T15:00:00Z")) {
            for want in plan.wishes.iter().flat_map(|wish| &wish.items) {
                let (resource, needed) = match want {
                    Want::Unit { resource, unit } => (resource, unit + 1),
                    Want::Any { resource, quantity } => (resource, *quantity as usize),
                };
                let file = &school.resources[*resource];
                assert!(file.is_lent() && needed <= file.units as usize && needed > 0);
            }
            assert!(plan.wishes.iter().all(|wish| !wish.items.is_empty()));
        }
    }
}
