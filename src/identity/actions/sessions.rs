//! Sessions: opened by a password, prolonged by refresh tokens.

use crate::config::Auth;
use crate::db::GlobalWriteTx;
use crate::identity::model::{Credentials, SignIn};
use crate::identity::rules;
use crate::identity::store::{self, Account};
use crate::kernel::clock::DAY;
use crate::kernel::{Code, Error, Result, SessionId, UserId};
use crate::keys::{self, Keys};

/// Random bytes of a refresh token.
const TOKEN_BYTES: usize = 32;

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
        .ok_or_else(|| Error::new(Code::InvalidCredentials, "Email or password is wrong."))?;
    let session = SessionId::new();
    store::insert_session(global, session, user, account.home)?;
    issue(global, keys, auth, &account, session)
}

/// Makes the tokens of a session.
fn issue(
    global: &GlobalWriteTx<'_>,
    keys: &Keys,
    auth: &Auth,
    account: &Account,
    session: SessionId,
) -> Result<SignIn> {
    let credentials = Credentials { user_id: account.user.id, session_id: session };
    let seconds = auth.access_token_ttl_seconds;
    let access_token = rules::make_token(keys, &credentials, global.now(), seconds)?;
    let refresh_token = keys::random_text(TOKEN_BYTES);
    let expires_at = global.now().plus(i64::from(auth.refresh_token_ttl_days) * DAY);
    let hash = rules::hash_token(&refresh_token);
    store::insert_refresh_token(global, &hash, session, account.home, expires_at)?;
    Ok(SignIn {
        access_token,
        token_type: "Bearer".to_owned(),
        expires_in: seconds,
        refresh_token,
        user: account.person(),
        organizations: store::organizations_of(global, account.user.id)?,
    })
}
