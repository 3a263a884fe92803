//! Sessions: opened by a password, prolonged by refresh tokens, ended at once.

use super::accounts::{self, at_home};
use crate::config::Auth;
use crate::db::{GlobalTx, GlobalWriteTx, WriteTx};
use crate::identity::model::{Credentials, SignIn};
use crate::identity::rules;
use crate::identity::store::{self, Account};
use crate::kernel::clock::DAY;
use crate::kernel::{Actor, Code, Error, Result, SessionId, UserId, bug, text};
use crate::keys::{self, Keys};
use crate::passwords::PasswordHash;

/// Random bytes of a refresh token.
const TOKEN_BYTES: usize = 32;

/// What a password is compared with.
#[derive(Debug, Clone)]
pub(in crate::identity) struct Login {
    pub(in crate::identity) user_id: UserId,
    pub(in crate::identity) is_active: bool,
    pub(in crate::identity) password_hash: PasswordHash,
}

/// One answer for an unknown address, an inactive account and a wrong password.
pub(in crate::identity) fn invalid_credentials() -> Error {
    Error::new(Code::InvalidCredentials, "Email or password is wrong.")
}

/// The account with this address, whether or not it is active.
pub(in crate::identity) fn find_login(global: &GlobalTx<'_>, email: &str) -> Result<Option<Login>> {
    let account = store::account_by_email(global, &text::fold_email(email))?;
    Ok(account.map(|found| Login {
        user_id: found.user.id,
        is_active: found.user.is_active,
        password_hash: found.password_hash,
    }))
}

/// Opens a session for whoever knew the password, unless it was changed in the meantime.
pub(in crate::identity) fn sign_in(
    global: &GlobalWriteTx<'_>,
    keys: &Keys,
    auth: &Auth,
    login: &Login,
) -> Result<SignIn> {
    let account = store::account(global, login.user_id)?;
    if account.is_none_or(|account| account.password_hash != login.password_hash) {
        return Err(invalid_credentials());
    }
    open_session(global, keys, auth, login.user_id)
}

/// Opens a session for an account, without asking for its password.
///
/// # Errors
/// `invalid_credentials` when there is no such active account.
pub fn open_session(
    global: &GlobalWriteTx<'_>,
    keys: &Keys,
    auth: &Auth,
    user: UserId,
) -> Result<SignIn> {
    let account = store::account(global, user)?
        .filter(|account| account.user.is_active)
        .ok_or_else(invalid_credentials)?;
    let home = global.write_within(account.home, Actor::system());
    let session = SessionId::new();
    store::insert_session(&home, session, user)?;
    issue(&home, keys, auth, &account, session)
}

/// Prolongs a session. The refusal is an inner result, because what it does must stay: whoever
/// presents a used token may have stolen it, or its successor was stolen, so the session ends.
pub(in crate::identity) fn refresh(
    global: &GlobalWriteTx<'_>,
    keys: &Keys,
    auth: &Auth,
    token: &str,
) -> Result<Result<SignIn>> {
    let refused =
        || Error::new(Code::Unauthenticated, "The refresh token is not valid; sign in again.");
    let hash = rules::hash_token(token);
    let Some(found) = store::refresh_token(global, &hash)? else { return Ok(Err(refused())) };
    let account = store::account(global, found.user)?.filter(|account| account.user.is_active);
    let Some(account) = account.filter(|_| !found.session_has_ended) else {
        return Ok(Err(refused()));
    };
    let home = global.write_within(account.home, Actor::system());
    if found.is_used && !bug::seeded("refresh_reuse_tolerated") {
        tracing::warn!(session = %found.session, "a used refresh token was presented");
        store::end_session(&home, found.session)?;
        return Ok(Err(refused()));
    }
    if found.expires_at <= global.now() {
        let detail = "The refresh token has expired; sign in again.";
        return Ok(Err(Error::new(Code::TokenExpired, detail)));
    }
    store::use_refresh_token(&home, &hash, found.session)?;
    issue(&home, keys, auth, &account, found.session).map(Ok)
}

/// Ends the session of these credentials.
pub(in crate::identity) fn sign_out(tx: &WriteTx<'_>, credentials: &Credentials) -> Result<()> {
    let account = store::account(tx.global(), credentials.user_id)?.ok_or_else(Error::not_found)?;
    if bug::seeded("session_outlives_logout") {
        return Ok(());
    }
    store::end_session(&at_home(tx, &account), credentials.session_id)
}

/// Ends all sessions of everybody, and makes every one-time token for a new password worthless;
/// answers how many there were of each. For a database that comes back from the past: what was
/// taken away since must not count again.
///
/// # Errors
/// When the database can't be written.
pub fn end_all_access(global: &GlobalWriteTx<'_>) -> Result<(usize, usize)> {
    if bug::seeded("restore_keeps_sessions") {
        return Ok((0, 0));
    }
    let sessions = store::end_all_sessions(global)?;
    let accounts = store::accounts_with_reset_token(global)?;
    for account in &accounts {
        let home = global.write_within(account.home, Actor::system());
        store::clear_reset_token(&home, account.user.id)?;
        accounts::record(&home, &account.user)?;
    }
    Ok((sessions, accounts.len()))
}

/// Removes sessions that were over a week ago, at most so many rows; answers how many. Until then
/// who presents one of their tokens learns that it has expired.
///
/// # Errors
/// When the database refuses.
pub fn prune_sessions(global: &GlobalWriteTx<'_>, most: usize) -> Result<usize> {
    store::prune_sessions(global, global.now().plus(-7 * DAY), most)
}

/// Makes the tokens of a session.
fn issue(
    home: &WriteTx<'_>,
    keys: &Keys,
    auth: &Auth,
    account: &Account,
    session: SessionId,
) -> Result<SignIn> {
    let credentials = Credentials { user_id: account.user.id, session_id: session };
    let seconds = auth.access_token_ttl_seconds;
    let access_token = rules::make_token(keys, &credentials, home.now(), seconds)?;
    let refresh_token = keys::random_text(TOKEN_BYTES);
    let expires_at = home.now().plus(i64::from(auth.refresh_token_ttl_days) * DAY);
    store::insert_refresh_token(home, &rules::hash_token(&refresh_token), session, expires_at)?;
    Ok(SignIn {
        access_token,
        token_type: "Bearer".to_owned(),
        expires_in: seconds,
        refresh_token,
        user: account.person(),
        organizations: store::organizations_of(home.global(), account.user.id)?,
    })
}
