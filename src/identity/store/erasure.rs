//! Accounts of nobody: who was erased, and the stand-ins.

use super::accounts::search_text;
use crate::db::{Tx, WriteTx};
use crate::identity::model::User;
use crate::kernel::{InvitationId, Result, Timestamp, UserId};
use crate::passwords::PasswordHash;

/// Whether an account has been erased.
pub(in crate::identity) fn is_erased(tx: &Tx<'_>, user: UserId) -> Result<bool> {
    tx.global().value(
        "SELECT EXISTS (SELECT 1 FROM users WHERE id = :user AND erased_at IS NOT NULL)",
        &[(":user", &user)],
    )
}

const NAMES: &str = "SELECT DISTINCT json_extract(e.after_json, '$.full_name') AS name
    FROM memberships AS m
    CROSS JOIN audit_events AS e INDEXED BY audit_events_by_entity
        ON e.org_id = m.org_id AND e.entity_id = :user
    WHERE m.user_id = :user AND e.entity_type IN ('user', 'member') AND e.after_json IS NOT NULL";

/// Every name that the account had, wherever it is known.
pub(in crate::identity) fn names_ever(tx: &Tx<'_>, user: UserId) -> Result<Vec<String>> {
    tx.global().all(NAMES, &[(":user", &user)], |row| row.get("name"))
}

/// Ends and removes all sessions of somebody at home here, with their tokens.
pub(in crate::identity) fn delete_sessions(tx: &WriteTx<'_>, user: UserId) -> Result<()> {
    tx.execute(
        "DELETE FROM refresh_tokens WHERE session_id IN (
             SELECT s.id FROM sessions AS s WHERE s.org_id = :org AND s.user_id = :user)",
        &[(":user", &user)],
    )?;
    tx.execute(
        "DELETE FROM sessions WHERE org_id = :org AND user_id = :user",
        &[(":user", &user)],
    )?;
    Ok(())
}

/// Writes an account of nobody in the place of somebody's.
pub(in crate::identity) fn erase_user(
    tx: &WriteTx<'_>,
    nobody: &User,
    password_hash: &PasswordHash,
) -> Result<()> {
    tx.execute(
        "UPDATE users SET email = :email, full_name = :full_name, search_text = :search_text,
             password_hash = :password_hash, is_active = 0, password_changed_at = :now,
             reset_token_hash = NULL, reset_expires_at = NULL, erased_at = :now
         WHERE org_id = :org AND id = :id",
        &[
            (":id", &nobody.id),
            (":email", &nobody.email),
            (":full_name", &nobody.full_name),
            (":search_text", &search_text(nobody)),
            (":password_hash", &password_hash.as_str()),
        ],
    )?;
    Ok(())
}

/// The stand-in of the organization, once there is one.
pub(in crate::identity) fn stand_in(tx: &Tx<'_>) -> Result<Option<UserId>> {
    tx.value("SELECT stand_in_user_id FROM organizations WHERE id = :org", &[])
}

/// Makes an account of nobody the stand-in of the organization.
pub(in crate::identity) fn make_stand_in(tx: &WriteTx<'_>, user: UserId) -> Result<()> {
    tx.execute(
        "UPDATE users SET erased_at = :now WHERE org_id = :org AND id = :user",
        &[(":user", &user)],
    )?;
    tx.execute(
        "UPDATE organizations SET stand_in_user_id = :user WHERE id = :org",
        &[(":user", &user)],
    )?;
    Ok(())
}

/// Removes every invitation of an address; answers which they were.
pub(in crate::identity) fn delete_invitations(
    tx: &WriteTx<'_>,
    email: &str,
) -> Result<Vec<InvitationId>> {
    tx.all(
        "DELETE FROM invitations WHERE org_id = :org AND email = :email RETURNING id",
        &[(":email", &email)],
        |row| row.get("id"),
    )
}

/// Removes invitations that were answered or withdrawn and are older than this, at most so many;
/// answers which they were.
pub(in crate::identity) fn delete_closed_invitations(
    tx: &WriteTx<'_>,
    until: Timestamp,
    most: usize,
) -> Result<Vec<InvitationId>> {
    tx.all(
        "DELETE FROM invitations WHERE org_id = :org AND id IN (
             SELECT id FROM invitations
             WHERE org_id = :org AND status <> 'OPEN' AND created_at < :until
             LIMIT :most)
         RETURNING id",
        &[(":until", &until), (":most", &i64::try_from(most).unwrap_or(i64::MAX))],
        |row| row.get("id"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::plan;

    #[test]
    fn former_names_are_found_by_the_person() {
        let plan = plan(NAMES);
        let by_person = "audit_events_by_entity (org_id=? AND entity_id=?";
        assert!(plan.iter().any(|step| step.contains("memberships_by_user")), "{plan:#?}");
        assert!(plan.iter().any(|step| step.contains(by_person)), "{plan:#?}");
    }
}
