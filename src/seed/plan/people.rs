//! Who books and who decides, within what the policy allows to a student.

use crate::kernel::{Role, Timestamp};
use crate::seed::files::School;
use crate::seed::fortune::Fortune;

/// So many bookings below the limit a student has at the end, and can go on booking.
const LEFT: usize = 3;
/// How often a student is looked for who may book one more.
const TRIES: u32 = 8;

/// The people of an organization while the plan is made.
pub(super) struct Crowd {
    students: Vec<Student>,
    staff: Vec<usize>,
    /// How many active bookings a student may have.
    limit: usize,
    /// Whether staff decide about what students ask.
    pub(super) decides: bool,
}

struct Student {
    person: usize,
    kept: usize,
    /// When bookings that are not kept ended.
    ended: Vec<Timestamp>,
}

impl Crowd {
    pub(super) fn of(school: &School) -> Self {
        let mut crowd = Self {
            students: Vec::new(),
            staff: Vec::new(),
            limit: school.organization.student_limit() as usize,
            decides: school.organization.decides_about_students(),
        };
        for (person, file) in school.people.iter().enumerate() {
            if file.highest_role() == Role::Student {
                crowd.students.push(Student { person, kept: 0, ended: Vec::new() });
            } else {
                crowd.staff.push(person);
            }
        }
        crowd
    }

    /// A student who may have one more booking at that instant. `progress` of a hundred parts of
    /// the plan are made: what is kept is spread over all of it.
    pub(super) fn student(
        &self,
        at: Timestamp,
        progress: usize,
        fortune: &mut Fortune,
    ) -> Option<usize> {
        (0..TRIES).find_map(|_| {
            let student = fortune.pick(&self.students)?;
            let running = student.ended.iter().filter(|ended| **ended > at).count();
            let share = 1 + self.limit.saturating_sub(LEFT) * progress / 100;
            let room = student.kept < share && student.kept + running + 1 < self.limit;
            room.then_some(student.person)
        })
    }

    /// Somebody who runs the desk.
    pub(super) fn staff(&self, fortune: &mut Fortune) -> usize {
        fortune.pick(&self.staff).copied().unwrap_or(0)
    }

    /// Notes that somebody has a booking: until then, or for good.
    pub(super) fn note(&mut self, person: usize, until: Option<Timestamp>) {
        if let Some(student) = self.students.iter_mut().find(|one| one.person == person) {
            match until {
                Some(until) => student.ended.push(until),
                None => student.kept += 1,
            }
        }
    }
}
