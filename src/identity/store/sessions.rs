//! `sessions` and `refresh_tokens`.

use crate::db::{GlobalTx, GlobalWriteTx, WriteTx};
use crate::identity::model::Credentials;
use crate::kernel::{Error, Result, SessionId, Timestamp, UserId, bug};

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

/// A new session of somebody at home in the organization of the transaction.
pub(in crate::identity) fn insert_session(
    tx: &WriteTx<'_>,
    id: SessionId,
    user: UserId,
) -> Result<()> {
    tx.execute(
        "INSERT INTO sessions (id, org_id, user_id, created_at) VALUES (:id, :org, :user, :now)",
        &[(":id", &id), (":user", &user)],
    )?;
    Ok(())
}

/// Ends a session and with it every token made from it.
pub(in crate::identity) fn end_session(tx: &WriteTx<'_>, id: SessionId) -> Result<()> {
    tx.execute(
        "UPDATE sessions SET ended_at = :now
         WHERE org_id = :org AND id = :id AND ended_at IS NULL",
        &[(":id", &id)],
    )?;
    Ok(())
}

/// Ends all sessions of somebody, except that one.
pub(in crate::identity) fn end_sessions(
    tx: &WriteTx<'_>,
    user: UserId,
    except: Option<SessionId>,
) -> Result<()> {
    tx.execute(
        "UPDATE sessions SET ended_at = :now
         WHERE org_id = :org AND user_id = :user AND ended_at IS NULL AND id IS NOT :except",
        &[(":user", &user), (":except", &except)],
    )?;
    Ok(())
}

/// Ends all sessions of everybody; answers how many were open.
pub(in crate::identity) fn end_all_sessions(global: &GlobalWriteTx<'_>) -> Result<usize> {
    global.execute("UPDATE sessions SET ended_at = :now WHERE ended_at IS NULL", &[])
}

/// A refresh token and what it hangs on.
pub(in crate::identity) struct RefreshToken {
    pub(in crate::identity) session: SessionId,
    pub(in crate::identity) user: UserId,
    pub(in crate::identity) expires_at: Timestamp,
    pub(in crate::identity) is_used: bool,
    pub(in crate::identity) session_has_ended: bool,
}

/// The refresh token with this hash.
pub(in crate::identity) fn refresh_token(
    global: &GlobalTx<'_>,
    token_hash: &str,
) -> Result<Option<RefreshToken>> {
    global.find(
        "SELECT t.session_id, s.user_id, t.expires_at, t.used_at IS NOT NULL AS is_used,
             s.ended_at IS NOT NULL AS session_has_ended
         FROM refresh_tokens AS t JOIN sessions AS s ON s.id = t.session_id
         WHERE t.token_hash = :token_hash",
        &[(":token_hash", &token_hash)],
        |row| {
            Ok(RefreshToken {
                session: row.get("session_id")?,
                user: row.get("user_id")?,
                expires_at: row.get("expires_at")?,
                is_used: row.get("is_used")?,
                session_has_ended: row.get("session_has_ended")?,
            })
        },
    )
}

/// A new refresh token of a session, known by its hash.
pub(in crate::identity) fn insert_refresh_token(
    tx: &WriteTx<'_>,
    token_hash: &str,
    session: SessionId,
    expires_at: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO refresh_tokens (token_hash, org_id, session_id, expires_at)
         VALUES (:token_hash, :org, :session, :expires_at)",
        &[(":token_hash", &token_hash), (":session", &session), (":expires_at", &expires_at)],
    )?;
    tx.execute(
        "UPDATE sessions SET expires_at = :expires_at WHERE org_id = :org AND id = :session",
        &[(":session", &session), (":expires_at", &expires_at)],
    )?;
    Ok(())
}

const OVER: &str = "SELECT id FROM sessions
    WHERE coalesce(ended_at, expires_at) <= :until
    ORDER BY coalesce(ended_at, expires_at) LIMIT :most";

const TOKENS_OF: &str = "DELETE FROM refresh_tokens WHERE token_hash IN (
    SELECT t.token_hash FROM json_each(:sessions) AS j
    CROSS JOIN refresh_tokens AS t ON t.session_id = j.value LIMIT :most)";

const SESSIONS: &str = "DELETE FROM sessions WHERE id IN (SELECT value FROM json_each(:sessions))
    AND NOT EXISTS (SELECT 1 FROM refresh_tokens AS t WHERE t.session_id = sessions.id)";

/// Removes sessions that were over before this, each after all of its tokens, at most so many rows;
/// answers how many. The used tokens of a session that can still be prolonged stay: by them it is
/// found out when one is used again.
pub(in crate::identity) fn prune_sessions(
    global: &GlobalWriteTx<'_>,
    until: Timestamp,
    most: usize,
) -> Result<usize> {
    let most_rows = i64::try_from(most).unwrap_or(i64::MAX);
    if bug::seeded("reuse_forgotten") {
        return global.execute("DELETE FROM refresh_tokens WHERE used_at IS NOT NULL", &[]);
    }
    let over: Vec<SessionId> =
        global
            .all(OVER, &[(":until", &until), (":most", &(most_rows / 2))], |row| row.get("id"))?;
    let sessions = serde_json::to_string(&over).map_err(Error::internal)?;
    let tokens = [(":sessions", &sessions as &dyn crate::db::ToSql), (":most", &(most_rows / 2))];
    let tokens = global.execute(TOKENS_OF, &tokens)?;
    Ok(tokens + global.execute(SESSIONS, &[(":sessions", &sessions)])?)
}

/// Marks a refresh token as used, and forgets those of its session that have expired anyway.
pub(in crate::identity) fn use_refresh_token(
    tx: &WriteTx<'_>,
    token_hash: &str,
    session: SessionId,
) -> Result<()> {
    tx.execute(
        "UPDATE refresh_tokens SET used_at = :now WHERE org_id = :org AND token_hash = :token_hash",
        &[(":token_hash", &token_hash)],
    )?;
    tx.execute(
        "DELETE FROM refresh_tokens
         WHERE org_id = :org AND session_id = :session AND expires_at <= :now",
        &[(":session", &session)],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::plan;

    #[test]
    fn what_is_over_is_found_by_its_end_and_its_tokens_by_the_session() {
        for (statement, index) in [
            (OVER, "SEARCH sessions USING INDEX sessions_by_end"),
            (TOKENS_OF, "SEARCH t USING COVERING INDEX refresh_tokens_by_session"),
            (SESSIONS, "SEARCH t USING COVERING INDEX refresh_tokens_by_session"),
        ] {
            let plan = plan(statement);
            assert!(plan.iter().any(|step| step.contains(index)), "{plan:#?}");
            assert!(!plan.concat().contains("TEMP B-TREE FOR ORDER"), "{plan:#?}");
        }
    }
}
