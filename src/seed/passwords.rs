//! The passwords of the demo accounts: made at once for all, and recognized again.

use std::collections::HashMap;
use std::num::NonZero;
use std::thread;

use secrecy::SecretString;

use super::files::School;
use crate::db::Db;
use crate::identity::{PasswordHash, Passwords};
use crate::kernel::{Actor, Error, OrgId, Result};

/// The password of all demo accounts where nobody but this machine can reach them.
pub const PASSWORD: &str = "demo-pret-2026";

/// So many passwords are hashed at once at the most; each takes about 20 MiB.
const AT_ONCE: usize = 8;

/// One hash for each account, by address, each with a salt of its own.
pub(super) fn hashes(
    emails: &[&String],
    password: &SecretString,
    told: impl Fn() + Sync,
) -> Result<HashMap<String, PasswordHash>> {
    let hashes = on_all_threads(emails, |email| {
        let hash = Passwords::hash_blocking(password)?;
        told();
        Ok(((*email).clone(), hash))
    })?;
    Ok(hashes.into_iter().collect())
}

/// Those of the accounts whose password is the one that everybody knows.
pub(super) fn public(db: &Db, organizations: &[OrgId], emails: &[&String]) -> Result<Vec<String>> {
    let mut stored = Vec::new();
    for org in organizations {
        stored.extend(db.read(|global| {
            global.within(*org, Actor::system()).all(
                "SELECT email, password_hash FROM users WHERE org_id = :org",
                &[],
                |row| Ok((row.get("email")?, PasswordHash::new(row.get("password_hash")?))),
            )
        })?);
    }
    stored.retain(|(email, _)| emails.contains(&email));
    let password = SecretString::from(PASSWORD);
    let found = on_all_threads(&stored, |(email, hash)| {
        Ok(Passwords::verify_blocking(&password, hash)?.then(|| email.clone()))
    })?;
    Ok(found.into_iter().flatten().collect())
}

/// The addresses of the accounts that an organization of the demo makes.
pub(super) fn accounts(school: &School) -> impl Iterator<Item = &String> {
    school.people.iter().filter(|one| one.home.is_none()).map(|one| &one.email)
}

/// Does slow work on many things at the same time, in the order of the things.
fn on_all_threads<T: Sync, U: Send>(
    things: &[T],
    work: impl Fn(&T) -> Result<U> + Sync,
) -> Result<Vec<U>> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(AT_ONCE);
    let share = things.len().div_ceil(threads).max(1);
    let work = &work;
    thread::scope(|scope| {
        let workers: Vec<_> = things
            .chunks(share)
            .map(|part| scope.spawn(move || part.iter().map(work).collect::<Result<Vec<U>>>()))
            .collect();
        let mut all = Vec::new();
        for worker in workers {
            all.extend(worker.join().map_err(|_| Error::internal("a worker panicked"))??);
        }
        Ok(all)
    })
}
