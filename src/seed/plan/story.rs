//! What becomes of a booking, and when who does it.

use super::frame::Frame;
use super::people::Crowd;
use super::{Act, Step};
use crate::kernel::clock::MINUTE;
use crate::kernel::{Result, Timestamp};
use crate::seed::days::Days;
use crate::seed::files::School;
use crate::seed::fortune::Fortune;

/// Of a hundred bookings so many are asked for by students, while they may have more.
const STUDENTS: u32 = 68;
/// Many a request that begins on this day or later waits for its decision. Of the others few were
/// never decided, and expired at their start.
const OPEN_FROM: i64 = 2;
/// Nothing happens later than this before the start, whatever lead time is demanded.
const LEAD: i64 = 120 * MINUTE;

/// How a booking ends.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    /// It is approved and stays so.
    Kept,
    /// It waits for its decision, or nobody ever decided.
    Open,
    Refused,
    GivenUp,
    /// It is never asked for.
    Draft,
}

/// A booking from its making to its end.
pub(super) struct Story {
    pub(super) requester: usize,
    /// Whether it is made as a draft.
    pub(super) draft: bool,
    pub(super) steps: Vec<Step>,
    /// Whether it is granted and kept, and when the last thing happened to it then.
    pub(super) granted: Option<Timestamp>,
}

/// Where and when a story takes place.
pub(super) struct Scene<'a> {
    pub(super) school: &'a School,
    pub(super) days: &'a Days,
    pub(super) frame: &'a Frame,
    /// The place of the booking in the plan.
    pub(super) booking: usize,
}

impl Scene<'_> {
    /// Decides a story; `progress` of a hundred parts of the plan are made.
    pub(super) fn story(
        &self,
        crowd: &mut Crowd,
        progress: usize,
        fortune: &mut Fortune,
    ) -> Result<Story> {
        let asks = fortune.percent(STUDENTS);
        let student = crowd.student(self.frame.made, progress, fortune).filter(|_| asks);
        let requester = student.unwrap_or_else(|| crowd.staff(fortune));
        let decides = student.is_some() && crowd.decides;
        let fate = fate(self.frame.day, decides, fortune);
        let draft = fate == Fate::Draft || fortune.percent(12);
        let mut teller = Teller::of(self, requester);
        let by_desk = student.is_some() && !draft && fortune.percent(5);
        teller.tell(if by_desk { crowd.staff(fortune) } else { requester }, Act::Create);
        if draft && fate != Fate::Draft {
            teller.later(Act::Submit, fortune)?;
        }
        if (decides || student.is_none()) && fate == Fate::Kept && fortune.percent(9) {
            teller.later(Act::Extend(self.frame.end.plus(60 * MINUTE)), fortune)?;
        }
        if decides {
            self.decide(fate, crowd, &mut teller, fortune)?;
        }
        if fate == Fate::GivenUp {
            let note = note(&self.school.notes.cancelled, fortune);
            teller.later(Act::Cancel(note), fortune)?;
        }
        let holds = matches!(fate, Fate::Kept | Fate::Open);
        crowd.note(requester, (!holds).then_some(teller.last));
        let granted = (fate == Fate::Kept).then_some(teller.last);
        Ok(Story { requester, draft, steps: teller.steps, granted })
    }

    /// Staff approve or reject; half of what is given up has been approved before.
    fn decide(
        &self,
        fate: Fate,
        crowd: &Crowd,
        teller: &mut Teller<'_>,
        fortune: &mut Fortune,
    ) -> Result<()> {
        let act = match fate {
            Fate::Refused => Act::Reject(note(&self.school.notes.rejected, fortune)),
            Fate::GivenUp if fortune.percent(50) => return Ok(()),
            Fate::Kept | Fate::GivenUp => Act::Approve(note(&self.school.notes.approved, fortune)),
            Fate::Open | Fate::Draft => return Ok(()),
        };
        let staff = crowd.staff(fortune);
        teller.later_by(staff, act, fortune)
    }
}

fn fate(day: i64, decides: bool, fortune: &mut Fortune) -> Fate {
    let roll = fortune.below(100);
    match (decides, day >= OPEN_FROM) {
        (true, false) if roll < 68 => Fate::Kept,
        (true, false) if roll < 72 && day < 0 => Fate::Open,
        (true, false) if roll < 83 => Fate::Refused,
        (true, true) if roll < 44 => Fate::Kept,
        (true, true) if roll < 72 => Fate::Open,
        (true, true) if roll < 81 => Fate::Refused,
        (false, _) if roll < 85 => Fate::Kept,
        (_, true) if roll >= 92 => Fate::Draft,
        _ => Fate::GivenUp,
    }
}

fn note(notes: &[String], fortune: &mut Fortune) -> String {
    fortune.pick(notes).cloned().unwrap_or_default()
}

/// Puts steps one behind the other, before the booking begins and before today.
struct Teller<'a> {
    days: &'a Days,
    requester: usize,
    booking: usize,
    /// The last instant, and its day.
    last: Timestamp,
    day: i64,
    bound: Timestamp,
    steps: Vec<Step>,
}

impl<'a> Teller<'a> {
    fn of(scene: &Scene<'a>, requester: usize) -> Self {
        Self {
            days: scene.days,
            requester,
            booking: scene.booking,
            last: scene.frame.made,
            day: scene.frame.made_day,
            bound: scene.frame.start.plus(-LEAD).min(scene.days.anchor),
            steps: Vec::new(),
        }
    }

    /// Somebody does it now.
    fn tell(&mut self, actor: usize, act: Act) {
        self.steps.push(Step { at: self.last, actor, booking: self.booking, act });
    }

    /// The requester does it later.
    fn later(&mut self, act: Act, fortune: &mut Fortune) -> Result<()> {
        self.later_by(self.requester, act, fortune)
    }

    /// Somebody does it later: by day where there is a day left, else before it is too late.
    fn later_by(&mut self, actor: usize, act: Act, fortune: &mut Fortune) -> Result<()> {
        let halfway = self.bound.since(self.last) / 2;
        let mut at = self.last.plus(halfway);
        for wait in [i64::from(fortune.below(2)), 1, 2] {
            let hour = self.days.at(self.day + wait, fortune.between(9, 17), fortune.below(60))?;
            if self.last < hour && hour < self.bound {
                self.day += wait;
                at = hour;
                break;
            }
        }
        self.last = at;
        self.tell(actor, act);
        Ok(())
    }
}
