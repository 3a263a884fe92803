//! Whether all that a database says agrees: the file, its references, bookings and maintenance
//! against claims, fines against payments, the waitlist, audit trails.

use std::str::FromStr;

use serde::Serialize;

use crate::audit::{self, ChainReport, Head};
use crate::db::{Db, Tx};
use crate::identity::{self, Organization};
use crate::kernel::{Actor, OrgId, Result};
use crate::{booking, calendar, fines, inventory, waitlist};

/// The check that looks at the file itself.
const FILE: &str = "file";

/// The end of an organization's trail, as it is printed and as it can be expected.
#[derive(Debug, Clone)]
pub struct ExpectedHead {
    org: OrgId,
    head: Head,
}

impl FromStr for ExpectedHead {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.splitn(3, ':');
        let mut part = || parts.next().ok_or("must be ORG:SEQ:HASH, as `pret verify` prints it");
        let org = part()?.parse()?;
        let seq = part()?.parse().map_err(|_| "SEQ must be a whole number")?;
        Ok(Self { org, head: Head { seq, hash: part()?.to_owned() } })
    }
}

/// What was looked at, and what is wrong with it.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// All organizations.
    pub organizations: Vec<Verified>,
    /// What is wrong; nothing, when everything agrees.
    pub findings: Vec<Finding>,
}

/// An organization that was looked at.
#[derive(Debug, Clone, Serialize)]
pub struct Verified {
    /// Which one.
    pub id: OrgId,
    /// What it is called.
    pub name: String,
    /// How many events its trail has.
    pub events: u64,
    /// How many of them had their payload erased.
    pub erased: u64,
    /// The end of the trail.
    pub head: Head,
}

/// Something that is wrong.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// Which check found it: `file`, `claims`, `maintenance`, `fines`, `bookings`, `waitlist`
    /// or `audit`.
    pub check: &'static str,
    /// Where; none: in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_id: Option<OrgId>,
    /// What.
    pub detail: String,
}

/// Looks at all of it, in one snapshot. `tell` hears what is looked at next.
///
/// # Errors
/// When the database can't be read.
pub fn verify(db: &Db, expected: &[ExpectedHead], tell: &dyn Fn(&str)) -> Result<Report> {
    let mut report = db.read(|global| {
        let mut report = Report::default();
        tell("the file");
        report.found(FILE, None, global.faults()?);
        for organization in identity::list_organizations(global)? {
            tell(&organization.name);
            let tx = global.within(organization.id, Actor::system());
            let expected = expected.iter().find(|expected| expected.org == organization.id);
            report.look_at(&tx, organization, expected)?;
        }
        Ok(report)
    })?;
    report.miss(expected);
    Ok(report)
}

impl Report {
    /// What is wrong with the file itself, so that nothing in it can be relied on.
    pub fn damage(&self) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.check == FILE)
    }

    fn look_at(
        &mut self,
        tx: &Tx<'_>,
        organization: Organization,
        expected: Option<&ExpectedHead>,
    ) -> Result<()> {
        let id = organization.id;
        self.found("claims", Some(id), calendar::verify(tx)?);
        self.found("maintenance", Some(id), inventory::verify(tx)?);
        self.found("fines", Some(id), fines::verify(tx)?);
        self.found("bookings", Some(id), booking::verify(tx)?);
        self.found("waitlist", Some(id), waitlist::verify(tx)?);
        let chain = audit::verify(tx, expected.map(|expected| &expected.head))?;
        let ChainReport { events, erased, head, faults, .. } = chain;
        self.found("audit", Some(id), faults);
        self.organizations.push(Verified { id, name: organization.name, events, erased, head });
        Ok(())
    }

    /// An organization that was noted and is gone is the worst kind of a cut-off trail.
    fn miss(&mut self, expected: &[ExpectedHead]) {
        for ExpectedHead { org, .. } in expected {
            if !self.organizations.iter().any(|organization| organization.id == *org) {
                let gone = "an organization that was noted is not there".to_owned();
                self.found("audit", Some(*org), vec![gone]);
            }
        }
    }

    fn found(&mut self, check: &'static str, org_id: Option<OrgId>, faults: Vec<String>) {
        let findings = faults.into_iter().map(|detail| Finding { check, org_id, detail });
        self.findings.extend(findings);
    }
}

impl Verified {
    /// The end of the trail as ORG:SEQ:HASH.
    pub fn noted(&self) -> String {
        format!("{}:{}:{}", self.id, self.head.seq, self.head.hash)
    }
}

impl std::fmt::Display for Verified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, events, erased, .. } = self;
        write!(f, "{name}: {events} events")?;
        if *erased > 0 {
            write!(f, " ({erased} erased)")?;
        }
        write!(f, ", head {}", self.noted())
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WRONG {}", self.check)?;
        if let Some(org) = self.org_id {
            write!(f, " of {org}")?;
        }
        write!(f, ": {}", self.detail)
    }
}
