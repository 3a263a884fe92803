//! Making the demo: everything in one transaction, so that it is there whole or not at all.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use secrecy::SecretString;

use super::days::Days;
use super::files::{self, School};
use super::opening::{Accounts, Opening};
use super::passwords::{self, accounts};
use super::plan::{self, Plan};
use super::play;
use super::summary::{self, Summary};
use crate::db::{Db, GlobalTx, GlobalWriteTx};
use crate::identity::{self, PasswordHash};
use crate::kernel::{Code, Error, OrgId, Result, Timestamp, bug};

/// Told how many steps of how many are done.
pub type Progress = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// How the demo is made.
pub struct SeedOptions {
    /// The password of all accounts.
    pub password: SecretString,
    /// Around which day.
    pub now: Timestamp,
    /// Told after every step.
    pub progress: Progress,
}

/// An organization and what will happen in it.
struct Act {
    school: School,
    days: Days,
    plan: Plan,
}

/// Makes the demo in a database that has no organization yet; changes nothing where it is there
/// already. Blocks.
///
/// # Errors
/// `already_exists` where there are organizations that are not the demo's.
pub fn run(db: &Db, options: &SeedOptions) -> Result<Summary> {
    let schools = files::schools()?;
    let ids = schools.each_ref().map(|school| school.organization.id);
    if db.read(|global| is_there(global, &ids))? {
        return summary::read(db, &schools, false);
    }
    let acts = schools.into_iter().map(|school| act(school, options.now));
    let acts: Vec<Act> = acts.collect::<Result<_>>()?;
    let steps = Steps::of(&acts, Arc::clone(&options.progress));
    let emails: Vec<&String> = acts.iter().flat_map(|act| accounts(&act.school)).collect();
    let hashes = passwords::hashes(&emails, &options.password, || steps.step())?;
    let made = db.write_blocking(move |global| {
        // Somebody else may have come first.
        let missing = !is_there(global, &ids)?;
        if missing {
            make(global, &acts, &hashes, &steps)?;
        }
        Ok(missing)
    })?;
    summary::read(db, &files::schools()?, made)
}

fn act(school: School, now: Timestamp) -> Result<Act> {
    let days = Days::around(now, &school.organization.timezone)?;
    let plan = plan::plan(&school, &days)?;
    Ok(Act { school, days, plan })
}

/// Whether the demo is there; refused where something else is.
fn is_there(global: &GlobalTx<'_>, ids: &[OrgId]) -> Result<bool> {
    let organizations = identity::list_organizations(global)?;
    if ids.iter().all(|id| organizations.iter().any(|one| one.id == *id)) {
        return Ok(true);
    }
    let other = organizations.first().filter(|_| !bug::seeded("demo_beside_others"));
    let Some(other) = other else { return Ok(false) };
    let detail = format!(
        "This database belongs to {}: the demo is made only where there is no organization yet. \
         Choose another file with --database.",
        other.name
    );
    Err(Error::new(Code::AlreadyExists, detail))
}

fn make(
    global: &GlobalWriteTx<'_>,
    acts: &[Act],
    hashes: &HashMap<String, PasswordHash>,
    steps: &Steps,
) -> Result<()> {
    let mut accounts = Accounts::new();
    for Act { school, days, plan } in acts {
        let opening = Opening::of(global, school, hashes, days);
        let opened = opening.open(&mut accounts, || steps.step())?;
        play::play(global, school, &opened, plan, || steps.step())?;
    }
    Ok(())
}

/// Which demo accounts have the password that everybody knows; one of them may be asked for alone,
/// because each takes some time.
///
/// # Errors
/// When the database can't be read.
pub fn public_accounts(db: &Db, only: Option<&str>) -> Result<Vec<String>> {
    let schools = files::schools()?;
    let ids = schools.each_ref().map(|school| school.organization.id);
    let asked = |email: &&String| only.is_none_or(|only| only == *email);
    let emails: Vec<&String> = schools.iter().flat_map(accounts).filter(asked).collect();
    passwords::public(db, &ids, &emails)
}

/// Counts the steps for whoever watches.
struct Steps {
    done: AtomicU64,
    total: u64,
    told: Progress,
}

impl Steps {
    fn of(acts: &[Act], told: Progress) -> Self {
        let of = |act: &Act| {
            accounts(&act.school).count() + act.school.resources.len() + act.plan.steps.len()
        };
        let total = acts.iter().map(of).sum::<usize>();
        Self { done: AtomicU64::new(0), total: total as u64, told }
    }

    fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        (self.told)(done.min(self.total), self.total);
    }
}
