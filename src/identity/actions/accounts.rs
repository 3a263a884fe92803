//! Accounts: made in their home organization and written there alone.

use super::erasure::require_not_erased;
use super::{members, secrets, valid};
use crate::audit::{self, Action, Change, EntityType};
use crate::db::{GlobalTx, WriteTx};
use crate::identity::model::{Member, NewAccount, NewPerson, ResetTicket, User};
use crate::identity::store::{self, Account};
use crate::kernel::{Code, Error, OrgId, Result, Role, UserId, text};
use crate::keys::Keys;
use crate::passwords::PasswordHash;

/// Makes an account at home in the organization of the transaction, and a member of it.
///
/// # Errors
/// `already_exists` when the address belongs to an account, `validation_failed`.
pub fn create_account(tx: &WriteTx<'_>, new: &NewAccount) -> Result<Member> {
    valid(new)?;
    let user = new_user(tx, &new.email, &new.full_name);
    make(tx, &user, (&new.password_hash, None), &new.roles)
}

/// The same for somebody who sets the first password by a one-time token that is good for so many
/// milliseconds.
///
/// # Errors
/// `already_exists` when the address belongs to an account.
pub(super) fn create_without_password(
    tx: &WriteTx<'_>,
    keys: &Keys,
    person: &NewPerson,
    lasts: i64,
) -> Result<ResetTicket> {
    let mut user = new_user(tx, &person.email, &person.full_name);
    let (ticket, hash) = secrets::make_ticket(tx, keys, user.id, lasts);
    user.reset_expires_at = Some(ticket.expires_at);
    make(tx, &user, (&PasswordHash::none(), Some(&hash)), &person.roles)?;
    Ok(ticket)
}

fn new_user(tx: &WriteTx<'_>, email: &str, full_name: &str) -> User {
    User {
        id: UserId::new(),
        email: text::fold_email(email),
        full_name: full_name.trim().to_owned(),
        is_active: true,
        password_changed_at: tx.now(),
        reset_expires_at: None,
        created_at: tx.now(),
    }
}

/// Writes an account with the hashes of its password and of its one-time token, and the member.
fn make(
    tx: &WriteTx<'_>,
    user: &User,
    (password, token): (&PasswordHash, Option<&str>),
    roles: &[Role],
) -> Result<Member> {
    store::insert_user(tx, user, password, token)?;
    audit::record(tx, &Change::create(EntityType::User, user.id, user)?)?;
    members::join(tx, user.id, roles)
}

/// The account with this address, in any case, and its home organization.
///
/// # Errors
/// When the database can't be read.
pub fn find_account(global: &GlobalTx<'_>, email: &str) -> Result<Option<(UserId, OrgId)>> {
    let found = store::account_by_email(global, &text::fold_email(email))?;
    Ok(found.map(|account| (account.user.id, account.home)))
}

/// The home organization of an account; none: there is no such account.
///
/// # Errors
/// When the database can't be read.
pub fn find_home(global: &GlobalTx<'_>, user: UserId) -> Result<Option<OrgId>> {
    Ok(store::account(global, user)?.map(|account| account.home))
}

/// The account, which must be at home in the organization of the transaction.
pub(super) fn own_account(tx: &WriteTx<'_>, user: UserId) -> Result<Account> {
    let account = store::account(tx.global(), user)?.ok_or_else(Error::not_found)?;
    require_not_erased(tx, user)?;
    if account.home == tx.org() {
        return Ok(account);
    }
    Err(Error::new(
        Code::Forbidden,
        "Name, password and is_active can only be changed in the home organization.",
    ))
}

/// The same transaction in the home organization of the account, by the same actor.
pub(super) fn at_home<'c>(tx: &WriteTx<'c>, account: &Account) -> WriteTx<'c> {
    tx.elsewhere(account.home, tx.actor().clone())
}

/// Records what became of an account, in its home organization.
pub(super) fn record(home: &WriteTx<'_>, before: &User) -> Result<()> {
    let after = store::account(home.global(), before.id)?.ok_or_else(Error::not_found)?.user;
    audit::record(home, &Change::of(Action::Update, EntityType::User, before.id, before, &after)?)
}
