//! Making the demo: everything in one transaction, so that it is there whole or not at all.

use std::collections::HashMap;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use secrecy::SecretString;

use super::bookings;
use super::days::Days;
use super::files::{self, School};
use super::opening::{Accounts, Opening};
use super::plan::{self, Plan};
use super::summary::{self, Summary};
use crate::db::{Db, GlobalTx, GlobalWriteTx};
use crate::identity::{self, PasswordHash, Passwords};
use crate::kernel::{Code, Error, OrgId, Result, Timestamp};

/// The password of all demo accounts where nobody but this machine can reach them.
pub const PASSWORD: &str = "demo-pret-2026";

/// So many passwords are hashed at once at the most; each takes about 20 MiB.
const HASHERS: usize = 8;

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
    let hashes = hashes(&acts, &options.password, &steps)?;
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
    let Some(other) = organizations.first() else { return Ok(false) };
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
        bookings::play(global, school, &opened, plan, || steps.step())?;
    }
    Ok(())
}

/// One hash for each account, each with a salt of its own.
fn hashes(
    acts: &[Act],
    password: &SecretString,
    steps: &Steps,
) -> Result<HashMap<String, PasswordHash>> {
    let emails: Vec<&String> = acts.iter().flat_map(|act| accounts(&act.school)).collect();
    let hash_all = |emails: &[&String]| -> Result<Vec<(String, PasswordHash)>> {
        let hash = |email: &&String| {
            let hash = Passwords::hash_blocking(password)?;
            steps.step();
            Ok(((*email).clone(), hash))
        };
        emails.iter().map(hash).collect()
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(HASHERS);
    let share = emails.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let start = |emails| scope.spawn(move || hash_all(emails));
        let workers: Vec<_> = emails.chunks(share).map(start).collect();
        let mut all = HashMap::new();
        for worker in workers {
            all.extend(worker.join().map_err(|_| Error::internal("hashing panicked"))??);
        }
        Ok(all)
    })
}

fn accounts(school: &School) -> impl Iterator<Item = &String> {
    school.people.iter().filter(|one| one.home.is_none()).map(|one| &one.email)
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
