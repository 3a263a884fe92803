//! `pret verify`.

use std::process::ExitCode;
use std::str::FromStr;

use clap::Args;
use indicatif::ProgressBar;
use serde::Serialize;

use super::settings::Settings;
use super::{print, print_json};
use crate::audit::{self, ChainReport, Head};
use crate::db::Tx;
use crate::identity::{self, Organization};
use crate::kernel::{Actor, OrgId, Result};
use crate::{booking, calendar, fines, inventory, waitlist};

/// Check the whole database: the file, its references, bookings and maintenance against claims,
/// fines against payments, the waitlist, audit trails.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pret verify
  pret verify --json > report.json
  pret verify --expect-head 01930f2e-…:4711:9c1b…

The exit status is 1 when something is wrong. Note the heads that are printed somewhere else: a
trail by itself can't show that its end was cut off or written anew, a head noted before can.")]
pub(super) struct Verify {
    #[command(flatten)]
    settings: Settings,
    /// A head that was printed before; can be given for each organization.
    #[arg(long, value_name = "ORG:SEQ:HASH")]
    expect_head: Vec<ExpectedHead>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// A head that the trail must still contain.
#[derive(Debug, Clone)]
struct ExpectedHead {
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
#[derive(Debug, Serialize)]
struct Report {
    organizations: Vec<Verified>,
    findings: Vec<Finding>,
}

/// An organization that was looked at.
#[derive(Debug, Serialize)]
struct Verified {
    id: OrgId,
    name: String,
    events: u64,
    erased: u64,
    head: Head,
}

/// Something that is wrong.
#[derive(Debug, Serialize)]
struct Finding {
    /// Which check found it: `file`, `claims`, `maintenance`, `fines`, `bookings`, `waitlist`
    /// or `audit`.
    check: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_id: Option<OrgId>,
    detail: String,
}

impl Verify {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let db = self.settings.open()?;
        // Shown on a terminal only.
        let progress = ProgressBar::new_spinner();
        progress.enable_steady_tick(std::time::Duration::from_millis(100));
        let report = db.read(|global| {
            let mut report = Report { organizations: Vec::new(), findings: Vec::new() };
            progress.set_message("the file");
            report.found("file", None, global.faults()?);
            for organization in identity::list_organizations(global)? {
                progress.set_message(organization.name.clone());
                let tx = global.within(organization.id, Actor::system());
                self.organization(&tx, organization, &mut report)?;
            }
            Ok(report)
        })?;
        progress.finish_and_clear();
        let report = self.with_missing(report);
        if self.json {
            print_json(&report)?;
        } else {
            tell(&report);
        }
        Ok(if report.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn organization(
        &self,
        tx: &Tx<'_>,
        organization: Organization,
        report: &mut Report,
    ) -> Result<()> {
        let id = organization.id;
        report.found("claims", Some(id), calendar::verify(tx)?);
        report.found("maintenance", Some(id), inventory::verify(tx)?);
        report.found("fines", Some(id), fines::verify(tx)?);
        report.found("bookings", Some(id), booking::verify(tx)?);
        report.found("waitlist", Some(id), waitlist::verify(tx)?);
        let expected = self.expect_head.iter().find(|expected| expected.org == id);
        let chain = audit::verify(tx, expected.map(|expected| &expected.head))?;
        let ChainReport { events, erased, head, faults, .. } = chain;
        report.found("audit", Some(id), faults);
        report.organizations.push(Verified { id, name: organization.name, events, erased, head });
        Ok(())
    }

    /// An organization that was noted and is gone is the worst kind of a cut-off trail.
    fn with_missing(&self, mut report: Report) -> Report {
        for ExpectedHead { org, .. } in &self.expect_head {
            if !report.organizations.iter().any(|organization| organization.id == *org) {
                let gone = "an organization that was noted is not there".to_owned();
                report.found("audit", Some(*org), vec![gone]);
            }
        }
        report
    }
}

impl Report {
    fn found(&mut self, check: &'static str, org_id: Option<OrgId>, faults: Vec<String>) {
        let findings = faults.into_iter().map(|detail| Finding { check, org_id, detail });
        self.findings.extend(findings);
    }
}

fn tell(report: &Report) {
    for Verified { id, name, events, erased, head } in &report.organizations {
        let erased = if *erased == 0 { String::new() } else { format!(" ({erased} erased)") };
        print(&format!("{name}: {events} events{erased}, head {id}:{}:{}", head.seq, head.hash));
    }
    for Finding { check, org_id, detail } in &report.findings {
        let place = org_id.map(|org| format!(" of {org}")).unwrap_or_default();
        print(&format!("WRONG {check}{place}: {detail}"));
    }
    if report.findings.is_empty() {
        print("Everything agrees.");
    }
}
