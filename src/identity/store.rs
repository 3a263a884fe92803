//! SQL over people, organizations and sessions.

use super::model::Credentials;
use crate::db::{GlobalTx, Tx};
use crate::kernel::{OrgId, Result, Role, UserId};

/// Whether the session is open and its account active.
pub(super) fn session_is_live(global: &GlobalTx<'_>, credentials: &Credentials) -> Result<bool> {
    global.value(
        "SELECT EXISTS (
             SELECT 1 FROM sessions AS s JOIN users AS u ON u.id = s.user_id
             WHERE s.id = :session AND s.user_id = :user AND s.ended_at IS NULL AND u.is_active = 1
         )",
        &[(":session", &credentials.session_id), (":user", &credentials.user_id)],
    )
}

/// The highest role somebody holds in an organization.
pub(super) fn highest_role(
    global: &GlobalTx<'_>,
    user: UserId,
    org: OrgId,
) -> Result<Option<Role>> {
    global.find(
        "SELECT r.name FROM user_roles AS ur JOIN roles AS r ON r.id = ur.role_id
         WHERE ur.org_id = :its_org AND ur.user_id = :user ORDER BY ur.role_id DESC LIMIT 1",
        &[(":its_org", &org), (":user", &user)],
        |row| row.get("name"),
    )
}

/// The highest role somebody holds in this organization.
pub(super) fn role_of(tx: &Tx<'_>, user: UserId) -> Result<Option<Role>> {
    tx.find(
        "SELECT r.name FROM user_roles AS ur JOIN roles AS r ON r.id = ur.role_id
         WHERE ur.org_id = :org AND ur.user_id = :user ORDER BY ur.role_id DESC LIMIT 1",
        &[(":user", &user)],
        |row| row.get("name"),
    )
}

/// The policy of the organization, as JSON.
pub(super) fn policy(tx: &Tx<'_>) -> Result<String> {
    tx.value("SELECT policy FROM organizations WHERE id = :org", &[])
}
