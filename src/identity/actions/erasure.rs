//! Forgetting a person: the account stays as a number that nobody can use. And the stand-in, to
//! which old bookings pass.

use super::accounts::at_home;
use super::{invitations, members};
use crate::audit::{self, Change, EntityType};
use crate::db::{Tx, WriteTx};
use crate::identity::model::User;
use crate::identity::store;
use crate::kernel::{Code, Error, Result, Traces, UserId, bug};
use crate::passwords::PasswordHash;

/// What an erased person is called.
const NOBODY: &str = "Erased person";

/// By what somebody is recognised, in whatever the database holds: every name that the account ever
/// had, and its address.
///
/// # Errors
/// `not_found`, also for who was erased already.
pub fn traces(tx: &Tx<'_>, user: UserId) -> Result<Traces> {
    let account = store::account(tx.global(), user)?.ok_or_else(Error::not_found)?;
    require_not_erased(tx, user)?;
    let mut names = store::names_ever(tx, user)?;
    names.push(account.user.full_name);
    names.sort_unstable();
    names.dedup();
    Ok(Traces::new(user, &[account.user.email], &names))
}

/// Whether an account has been erased, or was never anybody's.
///
/// # Errors
/// When the database can't be read.
pub fn is_erased(tx: &Tx<'_>, user: UserId) -> Result<bool> {
    store::is_erased(tx, user)
}

/// Whether the organization would lose its last admin with this person.
///
/// # Errors
/// When the database can't be read.
pub fn is_last_admin(tx: &Tx<'_>, user: UserId) -> Result<bool> {
    let member = store::member(tx, user)?;
    Ok(member.is_some_and(|member| members::rules(&member)) && store::other_admins(tx, user)? == 0)
}

/// Demands an account that may still change: who was erased never comes back.
pub(super) fn require_not_erased(tx: &Tx<'_>, user: UserId) -> Result<()> {
    if !store::is_erased(tx, user)? || bug::seeded("erased_comes_back") {
        return Ok(());
    }
    let none: [&str; 0] = [];
    Err(Error::new(Code::InvalidTransition, "The person of this account was erased, for good.")
        .with("current_status", "ERASED")
        .with("allowed", none))
}

/// Takes everything from an account that speaks of a person, wherever it is known: name, address,
/// password, roles, invitations, sessions. What the trail kept of it is erased by the caller, before.
///
/// # Errors
/// `not_found`; whatever the database refuses.
pub fn erase_account(tx: &WriteTx<'_>, user: UserId) -> Result<()> {
    let account = store::account(tx.global(), user)?.ok_or_else(Error::not_found)?;
    let home = at_home(tx, &account);
    let in_org = |org| tx.elsewhere(org, tx.actor().clone());
    for organization in store::list_organizations(tx.global())? {
        invitations::forget(&in_org(organization.id), &account.user.email)?;
    }
    let known = store::organizations_that_know(tx.global(), user)?;
    for org in &known {
        store::set_roles(&in_org(*org), user, &[])?;
    }
    let address = address_of_nobody();
    let nobody = User {
        email: if bug::seeded("erase_keeps_address") { account.user.email } else { address },
        full_name: NOBODY.to_owned(),
        is_active: false,
        password_changed_at: tx.now(),
        reset_expires_at: None,
        ..account.user
    };
    store::delete_sessions(&home, user)?;
    store::erase_user(&home, &nobody, &PasswordHash::none())?;
    for org in known {
        members::forgotten(&in_org(org), user)?;
    }
    audit::record(&home, &Change::erased(EntityType::User, user, &nobody)?)
}

/// The account to which old bookings and fines of the organization pass; made when it is first
/// needed.
///
/// # Errors
/// When the database refuses.
pub fn stand_in(tx: &WriteTx<'_>) -> Result<UserId> {
    if let Some(known) = store::stand_in(tx)? {
        return Ok(known);
    }
    let nobody = User {
        id: UserId::new(),
        email: address_of_nobody(),
        full_name: NOBODY.to_owned(),
        is_active: false,
        password_changed_at: tx.now(),
        reset_expires_at: None,
        created_at: tx.now(),
    };
    store::insert_user(tx, &nobody, &PasswordHash::none(), None)?;
    audit::record(tx, &Change::create(EntityType::User, nobody.id, &nobody)?)?;
    members::join(tx, nobody.id, &[])?;
    store::make_stand_in(tx, nobody.id)?;
    Ok(nobody.id)
}

/// Closed invitations of the organization that are older than this, with what the trail keeps of
/// them: at most so many; answers how many went.
///
/// # Errors
/// When the database refuses.
pub fn forget_invitations(
    tx: &WriteTx<'_>,
    until: crate::kernel::Timestamp,
    most: usize,
) -> Result<usize> {
    let gone = store::delete_closed_invitations(tx, until, most)?;
    for id in &gone {
        audit::erase_object(tx, EntityType::Invitation, id)?;
    }
    Ok(gone.len())
}

/// Nobody guesses it beforehand, and no mail ever reaches it (RFC 2606).
fn address_of_nobody() -> String {
    format!("erased-{}@erased.invalid", uuid::Uuid::new_v4())
}
