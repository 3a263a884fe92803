//! The story of the waitlist, as `waitlist.toml` tells it: put into days and hours.

use jiff::civil::Weekday;

use super::desk::{Desk, Loan};
use super::{Act, Plan, Step, Want, Wish};
use crate::kernel::{Error, Result, Timestamp, Window};
use crate::seed::days::Days;
use crate::seed::files::School;
use crate::seed::files::queues::{QueueFile, RequestFile, ThenFile, What};
use crate::seed::fortune::Fortune;

/// Adds everything that happens around the queues of a school.
pub(super) fn add_queues(
    plan: &mut Plan,
    desk: &mut Desk<'_>,
    school: &School,
    days: &Days,
) -> Result<()> {
    // Chance of its own: what happens here moves nothing elsewhere.
    let fortune = Fortune::of(&format!("{}, waitlist", school.folder));
    let mut teller = Teller { plan, school, days, fortune };
    for queue in &school.queues {
        for request in &queue.bookings {
            let booking = teller.plan.wishes.len();
            let granted = teller.tell(queue, request, Act::Create)?;
            if let Some(wish) = teller.plan.wishes.get(booking).filter(|_| request.then.is_empty())
            {
                let steps = desk.serve(&Loan { booking, wish, granted })?;
                teller.plan.steps.extend(steps);
            }
        }
        for request in &queue.entries {
            teller.tell(queue, request, Act::Join)?;
        }
    }
    Ok(())
}

struct Teller<'a> {
    plan: &'a mut Plan,
    school: &'a School,
    days: &'a Days,
    fortune: Fortune,
}

impl Teller<'_> {
    /// A request from its making to its end; answers when it was made.
    fn tell(&mut self, queue: &QueueFile, request: &RequestFile, first: Act) -> Result<Timestamp> {
        let window = self.window(queue.begins, queue, request)?;
        let requester = self.school.person(&request.who)?;
        let wants = request.wants.iter().map(|(name, quantity)| self.want(name, *quantity));
        let wish = Wish {
            requester,
            start_at: window.start,
            end_at: window.end,
            purpose: request.purpose.clone(),
            items: wants.collect::<Result<_>>()?,
            draft: false,
        };
        let booking = self.plan.wishes.len();
        self.plan.wishes.push(wish);
        let made = self.instant(request.made)?;
        self.plan.steps.push(Step { at: made, actor: requester, booking, act: first });
        for then in &request.then {
            let actor =
                then.by.as_deref().map_or(Ok(requester), |name| self.school.person(name))?;
            let at = self.instant(then.day)?;
            let act = self.act(then, queue, request)?;
            self.plan.steps.push(Step { at, actor, booking, act });
        }
        Ok(made)
    }

    fn act(&self, then: &ThenFile, queue: &QueueFile, request: &RequestFile) -> Result<Act> {
        let note = then.note.clone();
        Ok(match then.what {
            What::Propose => {
                let begins = then.begins.unwrap_or(queue.begins);
                Act::Propose(self.window(begins, queue, request)?, note)
            }
            What::Accept => Act::Accept,
            What::Decline => Act::Decline,
            What::Approve => Act::Approve(note),
            What::Reject => Act::Reject(note),
            What::Cancel => Act::Cancel(note),
        })
    }

    /// The period of a request when that of its queue begins on this day.
    fn window(&self, begins: i64, queue: &QueueFile, request: &RequestFile) -> Result<Window> {
        let first = working_day(self.days, begins)? + request.after;
        let last = first + request.days.unwrap_or(queue.days) - 1;
        let (from, to) = request.hours;
        let window = Window::new(self.days.at(first, from, 0)?, self.days.at(last, to, 0)?);
        window.ok_or_else(|| Error::internal("a period that ends before it begins"))
    }

    /// Some time of the day while the desk is open.
    fn instant(&mut self, day: i64) -> Result<Timestamp> {
        self.days.at(day, self.fortune.between(9, 17), self.fortune.below(60))
    }

    fn want(&self, name: &str, quantity: u32) -> Result<Want> {
        Ok(Want::Any { resource: self.school.resource(name)?, quantity })
    }
}

/// This day, or the Monday behind its weekend.
fn working_day(days: &Days, day: i64) -> Result<i64> {
    Ok(match days.weekday(day)? {
        Weekday::Saturday => day + 2,
        Weekday::Sunday => day + 1,
        _ => day,
    })
}

#[cfg(test)]
mod tests {
    use super::super::plan;
    use super::*;
    use crate::kernel::clock::DAY;
    use crate::seed::files;

    /// A demo on each of these days: all days of the week, with and without a change of the clocks
    /// ahead and behind.
    fn every_kind_of_day() -> impl Iterator<Item = Timestamp> {
        ["2026-03-20T12:00:00Z", "2026-10-20T12:00:00Z", "2028-02-27T12:00:00Z"]
            .into_iter()
            .map(|first| Timestamp::parse(first).unwrap())
            .flat_map(|first| (0..7).map(move |day| first.plus(day * DAY)))
    }

    fn wants(wish: &Wish, resource: usize) -> bool {
        wish.items.iter().any(|want| want.resource() == resource)
    }

    #[test]
    fn whoever_waits_wants_something_of_which_all_is_taken() {
        for school in files::schools().unwrap() {
            for queue in &school.queues {
                let held = |name: &str| {
                    let of = |request: &RequestFile| request.wants.get(name).copied().unwrap_or(0);
                    queue.bookings.iter().map(of).sum::<u32>()
                };
                let taken = |name: &str| {
                    let file = school.resources.iter().find(|file| file.name == name).unwrap();
                    assert_eq!(file.in_service(), file.units, "{name} may be in repair");
                    held(name) == file.units
                };
                for request in &queue.entries {
                    assert!(request.wants.keys().any(|name| taken(name)), "{}", request.purpose);
                    assert!(request.after + request.days.unwrap_or(queue.days) <= queue.days);
                    assert!(9 <= request.hours.0 && request.hours.1 <= 17);
                }
            }
        }
    }

    #[test]
    fn whoever_holds_everything_asked_before_all_others() {
        let schools = files::schools().unwrap();
        for (school, now) in
            schools.iter().flat_map(|one| every_kind_of_day().map(move |now| (one, now)))
        {
            let plan =
                plan(school, &Days::around(now, &school.organization.timezone).unwrap()).unwrap();
            let told = school.queues.iter().map(|one| one.bookings.len() + one.entries.len());
            let (others, _) = plan.wishes.split_at(plan.wishes.len() - told.sum::<usize>());
            let asked = |index: usize| {
                plan.steps.iter().find(|step| step.booking == index).map(|step| step.at)
            };
            for holder in others.len()..plan.wishes.len() {
                if plan.steps.iter().find(|step| step.booking == holder).unwrap().act == Act::Join {
                    continue;
                }
                let wish = &plan.wishes[holder];
                for (index, other) in others.iter().enumerate() {
                    let same = (0..school.resources.len())
                        .any(|resource| wants(wish, resource) && wants(other, resource));
                    // Up to two hours are kept free behind a booking.
                    let meets = other.start_at < wish.end_at.plus(DAY / 12)
                        && wish.start_at < other.end_at.plus(DAY / 8);
                    assert!(!(same && meets) || asked(holder) < asked(index), "{wish:?}");
                }
            }
        }
    }
}
