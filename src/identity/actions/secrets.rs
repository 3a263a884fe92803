//! Setting passwords: by the person, by a one-time token, by the command line.

use secrecy::SecretString;
use uuid::Uuid;

use super::accounts::{self, at_home, own_account};
use super::sessions::invalid_credentials;
use crate::db::{GlobalTx, GlobalWriteTx, Tx, WriteTx};
use crate::identity::model::{Credentials, PasswordReset, ResetTicket};
use crate::identity::rules;
use crate::identity::store::{self, Account};
use crate::kernel::clock::DAY;
use crate::kernel::{Actor, Code, Error, Result, Role, SessionId, UserId, bug};
use crate::keys::Keys;
use crate::passwords::PasswordHash;

/// Demands what every new password must keep to, before it is hashed.
///
/// # Errors
/// `validation_failed`.
pub fn require_password(password: &SecretString) -> Result<()> {
    rules::password(password, &())
        .map_err(|fault| Error::invalid_field("/password", fault.to_string()))
}

/// The present password of the person.
pub(in crate::identity) fn password_hash(tx: &Tx<'_>, user: UserId) -> Result<PasswordHash> {
    Ok(store::account(tx.global(), user)?.ok_or_else(Error::not_found)?.password_hash)
}

/// Sets a new password for whoever proved to know the present one; ends the other sessions.
pub(in crate::identity) fn change_password(
    tx: &WriteTx<'_>,
    credentials: &Credentials,
    proven: &PasswordHash,
    new: &PasswordHash,
) -> Result<()> {
    let account = store::account(tx.global(), credentials.user_id)?.ok_or_else(Error::not_found)?;
    if account.password_hash != *proven {
        return Err(invalid_credentials());
    }
    store_password(&at_home(tx, &account), &account, new, Some(credentials.session_id))
}

/// Sets a new password and ends all sessions.
///
/// # Errors
/// `not_found`; `forbidden` where this is not the home organization.
pub fn set_password(tx: &WriteTx<'_>, user: UserId, new: &PasswordHash) -> Result<()> {
    store_password(tx, &own_account(tx, user)?, new, None)
}

fn store_password(
    home: &WriteTx<'_>,
    account: &Account,
    new: &PasswordHash,
    keep: Option<SessionId>,
) -> Result<()> {
    store::update_password(home, account.user.id, new)?;
    store::end_sessions(home, account.user.id, keep)?;
    accounts::record(home, &account.user)
}

/// Makes a one-time token with which the member sets a new password within 24 hours. An earlier
/// token is good no more.
///
/// # Errors
/// `not_found`; `forbidden` where this is not the home organization.
pub fn start_password_reset(tx: &WriteTx<'_>, keys: &Keys, user: UserId) -> Result<ResetTicket> {
    super::find_member(tx, user)?;
    let account = own_account(tx, user)?;
    let (ticket, hash) = make_ticket(tx, keys, user, DAY);
    store::set_reset_token(tx, user, &hash, ticket.expires_at)?;
    accounts::record(tx, &account.user)?;
    Ok(ticket)
}

/// A ticket that is good for so many milliseconds, and the hash that is kept of its token.
pub(super) fn make_ticket(
    tx: &Tx<'_>,
    keys: &Keys,
    user: UserId,
    lasts: i64,
) -> (ResetTicket, String) {
    let ticket =
        ResetTicket { id: Uuid::new_v4(), user_id: user, expires_at: tx.now().plus(lasts) };
    let token = rules::reset_token(keys, ticket.id);
    let hash = if bug::seeded("token_stored_as_it_is") { token } else { rules::hash_token(&token) };
    (ticket, hash)
}

impl ResetTicket {
    /// The token itself and the link that bears it, made anew each time they are shown, so that
    /// they are kept nowhere.
    pub fn reveal(self, keys: &Keys, base_url: &str) -> PasswordReset {
        let token = rules::reset_token(keys, self.id);
        let link = rules::password_link(base_url, &token);
        PasswordReset { user_id: self.user_id, token, link, expires_at: self.expires_at }
    }
}

/// Whether a one-time token is good at present: asked before the new password is hashed.
pub(in crate::identity) fn require_reset_token(global: &GlobalTx<'_>, token: &str) -> Result<()> {
    account_of_token(global, token).map(drop)
}

/// Sets a new password by a one-time token and ends all sessions.
pub(in crate::identity) fn reset_password(
    global: &GlobalWriteTx<'_>,
    token: &str,
    new: &PasswordHash,
    request_id: &str,
) -> Result<()> {
    let account = account_of_token(global, token)?;
    let request_id = Some(request_id.to_owned());
    // The role does not matter: what is written belongs to the person.
    let actor = Actor { user_id: Some(account.user.id), role: Role::Student, request_id };
    let home = global.write_within(account.home, actor);
    store_password(&home, &account, new, None)?;
    if bug::seeded("reset_token_works_twice")
        && let Some(expires_at) = account.user.reset_expires_at
    {
        let hash = rules::hash_token(token);
        store::set_reset_token(&home, account.user.id, &hash, expires_at)?;
    }
    Ok(())
}

/// Forgets one-time tokens that ran out a week ago: until then who presents one learns that it did.
/// At most so many; answers how many.
///
/// # Errors
/// When the database refuses.
pub fn prune_reset_tokens(global: &GlobalWriteTx<'_>, most: usize) -> Result<usize> {
    store::prune_reset_tokens(global, global.now().plus(-7 * DAY), most)
}

fn account_of_token(global: &GlobalTx<'_>, token: &str) -> Result<Account> {
    let account = store::account_by_reset_token(global, &rules::hash_token(token))?
        .filter(|account| account.user.is_active)
        .ok_or_else(|| Error::new(Code::Unauthenticated, "The token is not valid."))?;
    let over = account.user.reset_expires_at.is_none_or(|until| until <= global.now());
    if over && !bug::seeded("reset_token_for_ever") {
        return Err(Error::new(Code::TokenExpired, "The token has expired; ask for a new one."));
    }
    Ok(account)
}
