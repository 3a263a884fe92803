//! Forgetting a person who asks for it: what stands in the way, what would go, and doing it.

mod look;
mod mentions;

use serde::Serialize;

use super::{replies, upkeep};
use crate::db::{Db, Tx, WriteTx};
use crate::kernel::{Actor, Code, Error, OrgId, Result, Traces, UserId, bug};
use crate::{audit, booking, fines, identity, notification};

pub use look::{Obstacles, Share};
pub use mentions::Mention;

/// What is known of a person, all over the database.
#[derive(Debug, Clone, Serialize)]
pub struct Erasure {
    /// The account. Its id stays, as a pseudonym.
    pub user_id: UserId,
    /// What goes, in each organization that has anything.
    pub organizations: Vec<Share>,
    /// Where others wrote the name or address into texts of their own. These stay: they are for
    /// people to look at.
    pub mentions: Vec<Mention>,
    #[serde(skip)]
    home: OrgId,
    /// How far each trail was read, and which of its payloads are to go.
    #[serde(skip)]
    read: Vec<Read>,
}

/// The trail of an organization, as far as it was read.
#[derive(Debug, Clone)]
struct Read {
    org: OrgId,
    head: i64,
    events: Vec<i64>,
}

impl Erasure {
    /// Looks for everything, on a reader: the trails are read whole, which may take a while and holds
    /// up nobody.
    ///
    /// # Errors
    /// `not_found`, also for who was erased already.
    pub fn look(home: &Tx<'_>, user: UserId) -> Result<Self> {
        let traces = identity::traces(home, user)?;
        let mut found = Self {
            user_id: user,
            organizations: Vec::new(),
            mentions: Vec::new(),
            home: home.org(),
            read: Vec::new(),
        };
        for organization in identity::list_organizations(home.global())? {
            let tx = home.global().within(organization.id, Actor::system());
            let events = events(&tx, &traces, 0)?;
            let share = look::share(&tx, &traces, organization.name, events.len())?;
            found.organizations.extend(Some(share).filter(Share::is_something));
            found.mentions.extend(mentions::find(&tx, &traces)?);
            found.read.push(Read { org: tx.org(), head: audit::head_seq(&tx)?, events });
        }
        Ok(found)
    }

    /// Whether nothing stands in the way; says what does, in each organization.
    ///
    /// # Errors
    /// `validation_failed`, in words for a person.
    pub fn require_possible(&self) -> Result<()> {
        require_none(self.organizations.iter().map(|share| (share.name.as_str(), &share.obstacles)))
    }

    /// Does it, in one transaction over all organizations. Blocks.
    ///
    /// # Errors
    /// `validation_failed` when something stands in the way; then nothing has changed.
    pub fn carry_out(&self, db: &Db) -> Result<()> {
        let plan = self.clone();
        upkeep::write_as_system(db, self.home, move |tx| plan.apply(tx))
    }

    fn apply(&self, home: &WriteTx<'_>) -> Result<()> {
        let user = self.user_id;
        let traces = identity::traces(home, user)?;
        let mut obstacles = Vec::new();
        for organization in identity::list_organizations(home.global())? {
            let tx = home.elsewhere(organization.id, home.actor().clone());
            upkeep::do_due(&tx)?;
            obstacles.push((organization.name, look::obstacles(&tx, user)?));
        }
        require_none(obstacles.iter().map(|(name, obstacles)| (name.as_str(), obstacles)))?;
        for organization in identity::list_organizations(home.global())? {
            self.forget(&home.elsewhere(organization.id, home.actor().clone()), &traces)?;
        }
        identity::erase_account(home, user)
    }

    /// What the trail kept goes first, so that what is recorded now is what stays.
    fn forget(&self, tx: &WriteTx<'_>, traces: &Traces) -> Result<()> {
        let user = traces.user_id;
        let read = self.read.iter().find(|read| read.org == tx.org());
        audit::erase(tx, read.map_or(&[], |read| &read.events))?;
        audit::erase(tx, &events(tx, traces, read.map_or(0, |read| read.head))?)?;
        replies::forget(tx, traces)?;
        booking::blank_all_of(tx, user)?;
        fines::blank_all_of(tx, user)?;
        notification::forget_reader(tx, user)
    }
}

/// Events whose payload is of the person: those about what is theirs, and those behind a number that
/// name them.
fn events(tx: &Tx<'_>, traces: &Traces, behind: i64) -> Result<Vec<i64>> {
    let mut events = audit::about(tx, &look::objects(tx, traces)?)?;
    events.extend(audit::mentions(tx, traces, behind)?);
    events.sort_unstable();
    events.dedup();
    Ok(events)
}

fn require_none<'a>(all: impl Iterator<Item = (&'a str, &'a Obstacles)>) -> Result<()> {
    let told: Vec<String> = all
        .filter(|(_, obstacles)| obstacles.is_any() && !bug::seeded("erase_with_open_fine"))
        .map(|(name, obstacles)| format!("\n  in {name}: {obstacles}"))
        .collect();
    if told.is_empty() {
        return Ok(());
    }
    let detail = format!(
        "This person can't be erased yet. End these first, and try again:{}",
        told.concat()
    );
    Err(Error::new(Code::ValidationFailed, detail))
}
