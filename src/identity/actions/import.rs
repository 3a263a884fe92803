//! People in bulk. A preview and an import make the same plan; only an import carries it out.

use super::{accounts, invitations, members};
use crate::db::{Tx, WriteTx};
use crate::identity::model::{
    Import, ImportOutcome, ImportReport, ImportRow, ImportedPerson, NewInvitation, NewPerson,
};
use crate::identity::rules;
use crate::identity::store;
use crate::kernel::clock::DAY;
use crate::kernel::{Result, bug};
use crate::keys::Keys;

/// How long the links of new accounts are good: nobody waits for them, and a week has a Monday.
const LINK_LASTS: i64 = 7 * DAY;

/// Reads the people of a sheet (CSV).
///
/// # Errors
/// `validation_failed` with the row, the column and what is allowed for every fault.
pub fn read_people(csv: &str) -> Result<Vec<NewPerson>> {
    rules::read_people(csv)
}

/// Says what an import would do, and not who is known elsewhere: that is learned by adding them,
/// which leaves its events.
///
/// # Errors
/// When the database can't be read.
pub fn preview_import(tx: &Tx<'_>, people: &[NewPerson]) -> Result<Import> {
    let mut planned = plan(tx, people)?;
    for one in &mut planned {
        let hidden = one.outcome != ImportOutcome::Unchanged || bug::seeded("preview_disagrees");
        if hidden && !bug::seeded("preview_tells_who_is_known") {
            one.outcome = ImportOutcome::Added;
        }
    }
    Ok(Import { preview: true, people: planned })
}

/// Makes an account for everybody who has none, invites who has one and is no member, and leaves
/// members as they are.
///
/// # Errors
/// When the database refuses.
pub fn import_people(tx: &WriteTx<'_>, keys: &Keys, people: &[NewPerson]) -> Result<Import> {
    let mut planned = plan(tx, people)?;
    for one in &mut planned {
        carry_out(tx, keys, one)?;
    }
    Ok(Import { preview: false, people: planned })
}

fn plan(tx: &Tx<'_>, people: &[NewPerson]) -> Result<Vec<ImportedPerson>> {
    people.iter().map(|person| look_up(tx, person)).collect()
}

fn look_up(tx: &Tx<'_>, person: &NewPerson) -> Result<ImportedPerson> {
    let known = store::known_address(tx, &person.email)?;
    let outcome = rules::outcome(known.as_ref().map(|(_, roles)| roles.as_slice()));
    let mut planned =
        ImportedPerson { person: person.clone(), outcome, user_id: None, ticket: None };
    // Of nobody but a member is more told than the sheet said.
    if outcome == ImportOutcome::Unchanged
        && let Some((user, roles)) = known
    {
        planned.user_id = Some(user);
        planned.person.roles = roles;
    }
    Ok(planned)
}

fn carry_out(tx: &WriteTx<'_>, keys: &Keys, one: &mut ImportedPerson) -> Result<()> {
    let NewPerson { email, roles, .. } = &one.person;
    match one.outcome {
        ImportOutcome::Created => {
            let ticket = accounts::create_without_password(tx, keys, &one.person, LINK_LASTS)?;
            one.user_id = Some(ticket.user_id);
            one.ticket = Some(ticket);
        }
        ImportOutcome::Invited => {
            let new = NewInvitation { email: email.clone(), roles: roles.clone() };
            invitations::invite(tx, &new)?;
        }
        ImportOutcome::Unchanged | ImportOutcome::Added => {
            if let Some(user) = one.user_id.filter(|_| bug::seeded("import_changes_roles")) {
                members::grant_role(tx, user, crate::kernel::Role::Admin)?;
            }
        }
    }
    Ok(())
}

impl Import {
    /// With the links, made anew each time they are shown, so that they are kept nowhere.
    pub fn reveal(self, keys: &Keys, base_url: &str) -> ImportReport {
        let count = |outcome| self.people.iter().filter(|one| one.outcome == outcome).count();
        let unchanged = count(ImportOutcome::Unchanged);
        let told = |outcome| (!self.preview).then(|| count(outcome));
        ImportReport {
            preview: self.preview,
            added: self.people.len() - unchanged,
            created: told(ImportOutcome::Created),
            invited: told(ImportOutcome::Invited),
            unchanged,
            people: self.people.into_iter().map(|one| one.reveal(keys, base_url)).collect(),
        }
    }
}

impl ImportedPerson {
    fn reveal(self, keys: &Keys, base_url: &str) -> ImportRow {
        let reset = self.ticket.map(|ticket| ticket.reveal(keys, base_url));
        let (link, link_expires_at) = reset.map(|reset| (reset.link, reset.expires_at)).unzip();
        ImportRow {
            row: self.person.row,
            email: self.person.email,
            full_name: self.person.full_name,
            outcome: self.outcome,
            roles: self.person.roles,
            user_id: self.user_id,
            link,
            link_expires_at,
        }
    }
}
