//! `sessions` and `refresh_tokens`.

use crate::db::{GlobalTx, GlobalWriteTx};
use crate::identity::model::Credentials;
use crate::kernel::{OrgId, Result, SessionId, Timestamp, UserId};

/// Whether the session is open and its account active.
pub(in crate::identity) fn session_is_live(
    global: &GlobalTx<'_>,
    credentials: &Credentials,
) -> Result<bool> {
    global.value(
        "SELECT EXISTS (
             SELECT 1 FROM sessions AS s JOIN users AS u ON u.id = s.user_id
             WHERE s.id = :session AND s.user_id = :user AND s.ended_at IS NULL AND u.is_active = 1
         )",
        &[(":session", &credentials.session_id), (":user", &credentials.user_id)],
    )
}

/// A new session of somebody at home in that organization.
pub(in crate::identity) fn insert_session(
    global: &GlobalWriteTx<'_>,
    id: SessionId,
    user: UserId,
    home: OrgId,
) -> Result<()> {
    global.execute(
        "INSERT INTO sessions (id, org_id, user_id, created_at)
         VALUES (:id, :home, :user, :now)",
        &[(":id", &id), (":home", &home), (":user", &user)],
    )?;
    Ok(())
}

/// A new refresh token of a session, known by its hash.
pub(in crate::identity) fn insert_refresh_token(
    global: &GlobalWriteTx<'_>,
    token_hash: &str,
    session: SessionId,
    home: OrgId,
    expires_at: Timestamp,
) -> Result<()> {
    global.execute(
        "INSERT INTO refresh_tokens (token_hash, org_id, session_id, expires_at)
         VALUES (:token_hash, :home, :session, :expires_at)",
        &[
            (":token_hash", &token_hash),
            (":home", &home),
            (":session", &session),
            (":expires_at", &expires_at),
        ],
    )?;
    Ok(())
}
