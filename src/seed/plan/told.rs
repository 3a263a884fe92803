//! The loans and the maintenance that `counter.toml` tells: put into days and hours.

use super::{Act, Plan, Step, Want, Wish};
use crate::kernel::clock::HOUR;
use crate::kernel::{Result, Role};
use crate::seed::days::Days;
use crate::seed::files::School;
use crate::seed::files::counter::{LoanFile, MaintenanceFile};

/// Adds all of it.
pub(super) fn add_told(plan: &mut Plan, school: &School, days: &Days) -> Result<()> {
    for loan in &school.counter.loans {
        add_loan(plan, school, days, loan)?;
    }
    for maintenance in &school.counter.maintenance {
        add_maintenance(plan, school, days, maintenance)?;
    }
    Ok(())
}

fn add_loan(plan: &mut Plan, school: &School, days: &Days, loan: &LoanFile) -> Result<()> {
    let requester = school.person(&loan.who)?;
    let booking = plan.wishes.len();
    let items = loan.units.iter().map(|barcode| want(school, barcode));
    plan.wishes.push(Wish {
        requester,
        start_at: days.at(loan.from.0, loan.from.1, 0)?,
        end_at: days.at(loan.to.0, loan.to.1, 0)?,
        purpose: loan.purpose.clone(),
        items: items.collect::<Result<_>>()?,
        draft: false,
    });
    let made = days.at(loan.made.0, loan.made.1, 0)?;
    plan.steps.push(Step { at: made, actor: requester, booking, act: Act::Create });
    let is_student =
        school.people.get(requester).is_some_and(|one| one.highest_role() == Role::Student);
    if is_student && school.organization.decides_about_students() {
        let note = school.notes.approved.first().cloned().unwrap_or_default();
        let (at, actor) = (made.plus(HOUR), school.person(&loan.by)?);
        plan.steps.push(Step { at, actor, booking, act: Act::Approve(note) });
    }
    for served in &loan.then {
        let (day, hour, minute) = served.at;
        let (at, actor) = (days.at(day, hour, minute)?, school.person(&served.by)?);
        plan.steps.push(Step { at, actor, booking, act: Act::Serve(served.does.clone()) });
    }
    Ok(())
}

fn add_maintenance(
    plan: &mut Plan,
    school: &School,
    days: &Days,
    file: &MaintenanceFile,
) -> Result<()> {
    let actor = school.person(&file.by)?;
    let booking = plan.wishes.len();
    plan.wishes.push(Wish {
        requester: actor,
        start_at: days.at(file.from.0, file.from.1, 0)?,
        end_at: days.at(file.to.0, file.to.1, 0)?,
        purpose: file.note.clone(),
        items: vec![want(school, &file.unit)?],
        draft: false,
    });
    let moments = [(Some(file.planned), Act::Maintain), (file.deleted, Act::EndMaintenance)];
    for (moment, act) in moments {
        let Some((day, hour)) = moment else { continue };
        plan.steps.push(Step { at: days.at(day, hour, 0)?, actor, booking, act });
    }
    Ok(())
}

fn want(school: &School, barcode: &str) -> Result<Want> {
    let (resource, unit) = school.unit(barcode)?;
    Ok(Want::Unit { resource, unit })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::files;

    #[test]
    fn what_is_told_of_the_counter_and_of_the_waitlist_meets_nowhere() {
        for school in files::schools().unwrap() {
            let queues = school.queues.iter();
            let requests = queues.flat_map(|one| one.bookings.iter().chain(&one.entries));
            let waited: Vec<usize> = requests
                .flat_map(|request| request.wants.keys())
                .map(|name| school.resource(name).unwrap())
                .collect();
            let loans = school.counter.loans.iter().flat_map(|loan| &loan.units);
            let looked_after = school.counter.maintenance.iter().map(|one| &one.unit);
            for barcode in loans.chain(looked_after) {
                let (resource, unit) = school.unit(barcode).unwrap();
                let file = &school.resources[resource];
                assert!(!waited.contains(&resource) && file.is_lent(), "{barcode}");
                assert!(unit < file.in_service() as usize, "{barcode} may be in repair");
            }
        }
    }

    #[test]
    fn staff_serve_and_nobody_themselves() {
        for school in files::schools().unwrap() {
            let role = |name: &str| school.people[school.person(name).unwrap()].highest_role();
            for loan in &school.counter.loans {
                assert!(role(&loan.by) > Role::Student && loan.by != loan.who, "{}", loan.purpose);
                for served in &loan.then {
                    assert!(role(&served.by) > Role::Student && served.by != loan.who);
                }
            }
        }
    }
}
