//! What happens to a booking at the counter, by chance: most of it in order.

use std::collections::BTreeSet;

use super::{Act, Step, Want, Wish};
use crate::booking::ReturnCondition;
use crate::fines::{ImposedKind, PaymentMethod};
use crate::kernel::clock::{DAY, MINUTE};
use crate::kernel::{Result, Role, Timestamp};
use crate::seed::days::Days;
use crate::seed::files::School;
use crate::seed::files::counter::{Back, Paid, Part, Service};
use crate::seed::fortune::Fortune;

/// Nobody comes to the counter at this hour or later.
const CLOSES: u32 = 19;
/// Of a hundred bookings so many are never fetched.
const NO_SHOWS: u32 = 5;

/// The counter of an organization.
pub(super) struct Desk<'a> {
    school: &'a School,
    days: &'a Days,
    staff: Vec<usize>,
    /// Things of which the files tell: they meet no mishap by chance.
    told: BTreeSet<usize>,
    /// People of whose waiting the files tell: a mishap happens to them once at the most and is paid
    /// for at once, so that neither debts nor penalties decide the story.
    waiting: BTreeSet<usize>,
    /// People who can take no mishap any more: to begin with those who are named to sign in, since
    /// whoever tries the demo wants to book.
    spared: BTreeSet<usize>,
    fortune: Fortune,
}

/// A booking that was granted.
pub(super) struct Loan<'a> {
    pub(super) booking: usize,
    pub(super) wish: &'a Wish,
    /// When the last thing happened to it.
    pub(super) granted: Timestamp,
}

/// What goes wrong.
#[derive(Clone, Copy, PartialEq)]
enum Mishap {
    None,
    LateByHours,
    LateByDays,
    Damaged,
}

impl<'a> Desk<'a> {
    pub(super) fn of(school: &'a School, days: &'a Days) -> Result<Self> {
        let requests =
            school.queues.iter().flat_map(|queue| queue.bookings.iter().chain(&queue.entries));
        let things = requests.flat_map(|request| request.wants.keys());
        let mut told: BTreeSet<usize> =
            things.map(|name| school.resource(name)).collect::<Result<_>>()?;
        for barcode in school.counter.loans.iter().flat_map(|loan| &loan.units) {
            told.insert(school.unit(barcode)?.0);
        }
        let entries = school.queues.iter().flat_map(|queue| &queue.entries);
        let people = school.people.iter().enumerate();
        let staff = people.filter(|(_, one)| one.highest_role() > Role::Student);
        Ok(Self {
            school,
            days,
            staff: staff.map(|(index, _)| index).collect(),
            told,
            waiting: entries.map(|entry| school.person(&entry.who)).collect::<Result<_>>()?,
            spared: Role::ALL.into_iter().filter_map(|role| school.sign_in(role)).collect(),
            fortune: Fortune::of(&format!("{}, counter", school.folder)),
        })
    }

    /// Everything that happens to a booking at the counter before today.
    pub(super) fn serve(&mut self, loan: &Loan<'_>) -> Result<Vec<Step>> {
        let no_show = self.fortune.percent(NO_SHOWS);
        let Some(out) = self.fetched(loan)?.filter(|_| !no_show) else { return Ok(Vec::new()) };
        let several = loan.wish.units() > 1;
        let part = if several && self.fortune.percent(8) { Part::First } else { Part::All };
        let mut steps = vec![self.step(loan, out, Service::HandOut(part))];
        let mishap = self.mishap(loan.wish);
        let back = self.brought_back(loan.wish, out, mishap)?;
        if several && part == Part::All && self.fortune.percent(20) {
            steps.extend(self.first_back(loan, out, back)?);
        }
        if let Some(back) = back {
            steps.extend(self.taken_back(loan, back, mishap)?);
        }
        Ok(steps)
    }

    /// When it is handed out: at its start, or the evening before today for half of what is for
    /// today; none: not yet.
    fn fetched(&mut self, loan: &Loan<'_>) -> Result<Option<Timestamp>> {
        let wish = loan.wish;
        let at = wish.start_at.plus(self.minutes(3, 40));
        if at < self.days.anchor {
            return Ok(Some(at));
        }
        let early = self.days.at(-1, self.fortune.between(14, 17), self.fortune.below(60))?;
        let is_today = wish.start_at < self.days.anchor.plus(DAY);
        let comes = self.fortune.percent(50) && loan.granted < early && early < wish.start_at;
        Ok(Some(early).filter(|_| is_today && comes))
    }

    fn mishap(&mut self, wish: &Wish) -> Mishap {
        let roll = self.fortune.below(100);
        let careful = self.waiting.contains(&wish.requester);
        let told = wish.items.iter().any(|want| self.told.contains(&want.resource()));
        let spared = self.spared.contains(&wish.requester);
        if told || spared || (careful && wish.units() > 2) {
            return Mishap::None;
        }
        let mishap = match roll {
            0..7 => Mishap::LateByHours,
            7..11 => Mishap::LateByDays,
            11..15 => Mishap::Damaged,
            _ => return Mishap::None,
        };
        if careful {
            self.spared.insert(wish.requester);
        }
        mishap
    }

    /// When it is back; none: not before today.
    fn brought_back(
        &mut self,
        wish: &Wish,
        out: Timestamp,
        mishap: Mishap,
    ) -> Result<Option<Timestamp>> {
        let due = wish.end_at;
        let anchor = self.days.anchor;
        let (day, _) = self.days.hour_of(due)?;
        let late = match mishap {
            Mishap::LateByHours => Some(self.later(due)?),
            Mishap::LateByDays => {
                let wait = i64::from(self.fortune.between(1, 4));
                Some(self.days.at(
                    day + wait,
                    self.fortune.between(9, 16),
                    self.fortune.below(60),
                )?)
            }
            Mishap::None | Mishap::Damaged => None,
        };
        if let Some(late) = late.filter(|late| *late < anchor) {
            return Ok(Some(late));
        }
        // Most of what is due today is back since yesterday.
        let sooner = if due >= anchor { 65 } else { 15 };
        if due < anchor.plus(DAY) && self.fortune.percent(sooner) {
            let hour = self.fortune.between(9, 17);
            let early = self.days.at((day - 1).min(-1), hour, self.fortune.below(60))?;
            if out.plus(30 * MINUTE) < early && early < due {
                return Ok(Some(early));
            }
        }
        let in_time = due.plus(-self.minutes(5, 55));
        Ok(Some(in_time).filter(|at| *at < anchor))
    }

    /// Some hours later, or the next morning when the counter is closed by then.
    fn later(&mut self, due: Timestamp) -> Result<Timestamp> {
        let later = due.plus(self.minutes(45, 300));
        let ((day, hour), (due_day, _)) = (self.days.hour_of(later)?, self.days.hour_of(due)?);
        if day == due_day && hour < CLOSES {
            return Ok(later);
        }
        self.days.at(due_day + 1, self.fortune.between(8, 10), self.fortune.below(60))
    }

    /// One of several things comes back a day after it was fetched, before the others.
    fn first_back(
        &mut self,
        loan: &Loan<'_>,
        out: Timestamp,
        back: Option<Timestamp>,
    ) -> Result<Option<Step>> {
        let (day, _) = self.days.hour_of(out)?;
        let at = self.days.at(day + 1, self.fortune.between(9, 16), self.fortune.below(60))?;
        let before = back.unwrap_or(self.days.anchor).min(loan.wish.end_at);
        let service = Service::TakeBack(Back { part: Part::First, ..Back::default() });
        Ok((at < before).then(|| self.step(loan, at, service)))
    }

    fn taken_back(
        &mut self,
        loan: &Loan<'_>,
        back: Timestamp,
        mishap: Mishap,
    ) -> Result<Vec<Step>> {
        let mut seen = Back::default();
        let mut fine = None;
        if mishap == Mishap::Damaged {
            let damage = self.fortune.pick(&self.school.notes.damaged);
            seen.condition = Some(ReturnCondition::Damaged);
            seen.note = damage.map(|damage| damage.note.clone());
            fine = damage.map(|damage| Service::Fine {
                kind: ImposedKind::Damage,
                cents: damage.cents,
                note: damage.note.clone(),
            });
        } else if self.fortune.percent(12) {
            seen.condition = Some(ReturnCondition::Worn);
            seen.note = self.fortune.pick(&self.school.notes.worn).cloned();
        } else if self.fortune.percent(70) {
            seen.condition = Some(ReturnCondition::Good);
        }
        let mut steps = vec![self.step(loan, back, Service::TakeBack(seen))];
        if let Some(fine) = fine {
            steps.push(self.step(loan, back.plus(4 * MINUTE), fine));
        }
        if mishap != Mishap::None {
            steps.extend(self.settled(loan, back)?);
        }
        steps.retain(|step| step.at < self.days.anchor);
        Ok(steps)
    }

    /// What becomes of the fine, if there is one: paid, paid in part, forgiven or nothing.
    fn settled(&mut self, loan: &Loan<'_>, back: Timestamp) -> Result<Option<Step>> {
        let (day, _) = self.days.hour_of(back)?;
        let wait = i64::from(self.fortune.between(1, 6));
        let later =
            self.days.at(day + wait, self.fortune.between(9, 17), self.fortune.below(60))?;
        let roll = self.fortune.below(100);
        let (at, service) = if self.waiting.contains(&loan.wish.requester) {
            (back.plus(9 * MINUTE), self.paid(None))
        } else {
            match roll {
                0..40 => (later, self.paid(None)),
                40..60 => (later, self.paid(Some(300))),
                60..72 => {
                    let note = self.fortune.pick(&self.school.notes.waived).cloned();
                    (later, Service::Waive(note.unwrap_or_default()))
                }
                _ => return Ok(None),
            }
        };
        Ok(Some(self.step(loan, at, service)))
    }

    fn paid(&mut self, cents: Option<i64>) -> Service {
        let number = self.fortune.between(100, 999);
        let method = match number % 5 {
            0 | 1 => PaymentMethod::Cash,
            2 | 3 => PaymentMethod::Card,
            _ => PaymentMethod::Transfer,
        };
        let has_receipt = method != PaymentMethod::Cash;
        let reference = has_receipt.then(|| format!("R-{number:04}"));
        Service::Pay(Paid { cents, method, reference })
    }

    /// Somebody of the staff does it, and nobody for themselves.
    fn step(&mut self, loan: &Loan<'_>, at: Timestamp, service: Service) -> Step {
        let others: Vec<usize> =
            self.staff.iter().copied().filter(|one| *one != loan.wish.requester).collect();
        let actor = self.fortune.pick(&others).copied().unwrap_or(0);
        Step { at, actor, booking: loan.booking, act: Act::Serve(service) }
    }

    fn minutes(&mut self, least: u32, most: u32) -> i64 {
        i64::from(self.fortune.between(least, most)) * MINUTE
    }
}

impl Wish {
    fn units(&self) -> u32 {
        self.items.iter().map(|want| want.quantity()).sum()
    }
}

impl Want {
    /// Which resource is wanted.
    pub(super) const fn resource(self) -> usize {
        match self {
            Self::Unit { resource, .. } | Self::Any { resource, .. } => resource,
        }
    }

    const fn quantity(self) -> u32 {
        match self {
            Self::Unit { .. } => 1,
            Self::Any { quantity, .. } => quantity,
        }
    }
}
