//! `pret seed`, and what `pret serve --demo` does before it serves.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use secrecy::SecretString;
use serde::Serialize;

use super::settings::Settings;
use super::{print, print_json};
use crate::db::{self, Db};
use crate::kernel::{Clock, Code, Error, Result, SystemClock};
use crate::keys;
use crate::seed::{self, SeedOptions, Summary};

/// Fill an empty database with demo data: three organizations, two months of bookings, a desk at
/// work.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pret seed
  pret seed --database /tmp/demo.db --json

A second run changes nothing. Where there are organizations of your own nothing is made. The
passwords are the same everywhere only while `listen` is an address of this machine alone; else
one is made up and printed this once.")]
pub(super) struct Seed {
    #[command(flatten)]
    settings: Settings,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// The demo as it is there now.
#[derive(Serialize)]
pub(super) struct Demo {
    #[serde(flatten)]
    summary: Summary,
    /// That of all accounts, when it is known.
    password: Option<String>,
}

impl Seed {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.settings.load(None)?.config;
        if !config.database.exists() {
            db::make_folder(&config.database)?;
            db::migrate(&config.database)?;
        }
        let db = self.settings.open()?;
        let demo = Demo::make(&db, config.listen)?;
        db.close();
        if self.json {
            print_json(&demo)?;
        } else {
            demo.tell();
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Demo {
    /// Makes the demo where it is not there yet.
    pub(super) fn make(db: &Db, listen: SocketAddr) -> Result<Self> {
        let local = listen.ip().is_loopback();
        let password = if local { seed::PASSWORD.to_owned() } else { keys::random_text(12) };
        let bar = bar();
        let its_bar = bar.clone();
        let made = seed::run(
            db,
            &SeedOptions {
                password: SecretString::from(password.as_str()),
                now: SystemClock.now(),
                progress: Arc::new(move |done, total| {
                    its_bar.set_length(total);
                    its_bar.set_position(done);
                }),
            },
        );
        bar.finish_and_clear();
        let summary = made?;
        let first = summary.organizations.iter().flat_map(|one| &one.sign_ins).next();
        let first = first.map(|sign_in| sign_in.email.as_str());
        let is_public = || seed::public_accounts(db, first).map(|found| !found.is_empty());
        let known = summary.made || (local && is_public()?);
        Ok(Self { summary, password: known.then_some(password) })
    }

    /// Says what is there and who can sign in.
    pub(super) fn tell(&self) {
        let Summary { made, organizations, people, resources, units, bookings, .. } = &self.summary;
        let Summary { waitlist, out, late, at_risk, fines, payments, maintenance, .. } =
            &self.summary;
        let total: i64 = bookings.values().sum();
        let of = |states: &[&str], totals: &BTreeMap<String, i64>| -> i64 {
            states.iter().filter_map(|state| totals.get(*state)).sum()
        };
        let wait = of(&["WAITING", "OFFERED"], waitlist);
        let (fined, open): (i64, i64) = (fines.values().sum(), of(&["OPEN"], fines));
        let what = if *made { "The demo is made" } else { "The demo is there, unchanged" };
        print(&format!(
            "{what}: {} organizations, {people} people, {resources} resources, {units} units, \
             {total} bookings, {wait} in the waitlist.\n\
             At the counter: {out} units out, {late} of them late; {at_risk} bookings at risk; \
             {fined} fines, {open} of them open, {payments} payments; {maintenance} units with \
             planned maintenance.",
            organizations.len()
        ));
        for organization in organizations {
            print(&format!("\n{}\n  X-Org-Id: {}", organization.name, organization.id));
            for sign_in in &organization.sign_ins {
                print(&format!("  {:<9} {}", sign_in.role.name(), sign_in.email));
            }
        }
        match &self.password {
            Some(password) => print(&format!("\nThe password of them all: {password}")),
            None => print("\nTheir password was printed when the demo was made."),
        }
    }
}

/// Demands that nobody from outside can sign in with the password that everybody knows.
pub(super) fn require_no_public_password(db: &Db, listen: SocketAddr) -> Result<()> {
    if listen.ip().is_loopback() {
        return Ok(());
    }
    let accounts = seed::public_accounts(db, None)?;
    let Some(first) = accounts.first() else { return Ok(()) };
    let detail = format!(
        "{} demo accounts, such as {first}, have the password that everybody knows, and {listen} \
         can be reached from outside: listen on 127.0.0.1, or use another database.",
        accounts.len()
    );
    Err(Error::new(Code::Forbidden, detail))
}

/// Shown on a terminal only.
fn bar() -> ProgressBar {
    let bar = ProgressBar::no_length();
    let style = ProgressStyle::with_template("making the demo {wide_bar} {percent}%");
    style.map_or(bar.clone(), |style| bar.with_style(style))
}
