//! What the demo contains, and who can sign in.

use std::collections::BTreeMap;

use serde::Serialize;

use super::files::School;
use crate::db::{Db, Tx};
use crate::kernel::{Actor, OrgId, Result, Role};

/// What the demo contains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Whether it was made now; else it was there already and nothing has changed.
    pub made: bool,
    /// The organizations, with somebody to sign in for each role.
    pub organizations: Vec<DemoOrganization>,
    /// How many accounts.
    pub people: i64,
    /// How many resources.
    pub resources: i64,
    /// How many units.
    pub units: i64,
    /// How many bookings, by status.
    pub bookings: BTreeMap<String, i64>,
    /// How many entries of the waitlist, by status.
    pub waitlist: BTreeMap<String, i64>,
    /// How many units are out.
    pub out: i64,
    /// How many of those are late by now.
    pub late: i64,
    /// How many bookings are at risk.
    pub at_risk: i64,
    /// How many fines, by status.
    pub fines: BTreeMap<String, i64>,
    /// How many payments.
    pub payments: i64,
    /// How many units are looked after in a planned period.
    pub maintenance: i64,
}

/// An organization of the demo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DemoOrganization {
    /// What `X-Org-Id` bears.
    pub id: OrgId,
    /// What it is called.
    pub name: String,
    /// Where its people count their days.
    pub timezone: String,
    /// An admin, one of the staff, a student.
    pub sign_ins: Vec<SignIn>,
}

/// Somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignIn {
    /// The highest role.
    pub role: Role,
    /// The address.
    pub email: String,
    /// The name.
    pub full_name: String,
}

/// Counts what is there.
pub(super) fn read(db: &Db, schools: &[School], made: bool) -> Result<Summary> {
    db.read(|global| {
        let mut summary = Summary {
            made,
            organizations: schools.iter().map(organization).collect(),
            people: 0,
            resources: 0,
            units: 0,
            bookings: BTreeMap::new(),
            waitlist: BTreeMap::new(),
            out: 0,
            late: 0,
            at_risk: 0,
            fines: BTreeMap::new(),
            payments: 0,
            maintenance: 0,
        };
        for school in schools {
            count(&global.within(school.organization.id, Actor::system()), &mut summary)?;
        }
        Ok(summary)
    })
}

fn count(tx: &Tx<'_>, summary: &mut Summary) -> Result<()> {
    let number = |sql: &str| tx.value::<i64>(sql, &[]);
    summary.people += number("SELECT count(*) FROM users WHERE org_id = :org")?;
    summary.resources += number("SELECT count(*) FROM resources WHERE org_id = :org")?;
    summary.units += number("SELECT count(*) FROM resource_units WHERE org_id = :org")?;
    summary.out += number("SELECT count(*) FROM unit_custody WHERE org_id = :org")?;
    summary.late +=
        number("SELECT count(*) FROM unit_custody WHERE org_id = :org AND due_at < :now")?;
    summary.at_risk += number("SELECT count(*) FROM bookings WHERE org_id = :org AND at_risk = 1")?;
    summary.payments += number("SELECT count(*) FROM fine_payments WHERE org_id = :org")?;
    summary.maintenance += number("SELECT count(*) FROM unit_maintenance WHERE org_id = :org")?;
    let fines = "SELECT status, count(*) AS total FROM fines
         WHERE org_id = :org GROUP BY status";
    by_status(tx, fines, &mut summary.fines)?;
    let bookings = "SELECT status, count(*) AS total FROM bookings
         WHERE org_id = :org GROUP BY status";
    by_status(tx, bookings, &mut summary.bookings)?;
    let entries = "SELECT status, count(*) AS total FROM waitlist_entries
         WHERE org_id = :org GROUP BY status";
    by_status(tx, entries, &mut summary.waitlist)
}

fn by_status(tx: &Tx<'_>, sql: &str, totals: &mut BTreeMap<String, i64>) -> Result<()> {
    let states =
        tx.all(sql, &[], |row| Ok((row.get::<_, String>("status")?, row.get::<_, i64>("total")?)))?;
    for (status, total) in states {
        *totals.entry(status).or_default() += total;
    }
    Ok(())
}

fn organization(school: &School) -> DemoOrganization {
    let request = school.organization.request();
    DemoOrganization {
        id: school.organization.id,
        name: request.name,
        timezone: request.timezone,
        sign_ins: Role::ALL.into_iter().rev().filter_map(|role| sign_in(school, role)).collect(),
    }
}

fn sign_in(school: &School, role: Role) -> Option<SignIn> {
    let person = school.people.get(school.sign_in(role)?)?;
    Some(SignIn { role, email: person.email.clone(), full_name: person.full_name.clone() })
}
