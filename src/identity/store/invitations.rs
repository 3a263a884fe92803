//! `invitations`.

use crate::db::{GlobalTx, Mapped, Row, Tx, WriteTx, word};
use crate::identity::model::{Invitation, InvitationStatus, InvitingOrganization};
use crate::kernel::{Error, InvitationId, Result, UserId};

/// The open invitations of an account, the oldest first.
///
/// Only those that were made once the account existed: whoever registers an address that is not
/// theirs must not inherit what was meant for its owner.
pub(in crate::identity) fn open_invitations_of(
    global: &GlobalTx<'_>,
    user: UserId,
) -> Result<Vec<Invitation>> {
    global
        .all(
            "SELECT i.id, i.org_id, o.name AS org_name, i.email, i.roles, i.status, i.created_at
             FROM users AS u
             JOIN invitations AS i ON i.email = u.email AND i.created_at >= u.created_at
             JOIN organizations AS o ON o.id = i.org_id
             WHERE u.id = :user AND i.status = 'OPEN' ORDER BY i.created_at, i.id",
            &[(":user", &user)],
            from_row,
        )?
        .into_iter()
        .map(with_roles)
        .collect()
}

/// An invitation of an account, whatever became of it.
pub(in crate::identity) fn invitation_of(
    global: &GlobalTx<'_>,
    user: UserId,
    id: InvitationId,
) -> Result<Option<Invitation>> {
    global
        .find(
            "SELECT i.id, i.org_id, o.name AS org_name, i.email, i.roles, i.status, i.created_at
             FROM invitations AS i
             JOIN users AS u ON u.email = i.email AND u.created_at <= i.created_at
             JOIN organizations AS o ON o.id = i.org_id
             WHERE i.id = :id AND u.id = :user",
            &[(":id", &id), (":user", &user)],
            from_row,
        )?
        .map(with_roles)
        .transpose()
}

/// The organization's open invitation of an address.
pub(in crate::identity) fn open_invitation(tx: &Tx<'_>, email: &str) -> Result<Option<Invitation>> {
    tx.find(
        "SELECT i.id, i.org_id, o.name AS org_name, i.email, i.roles, i.status, i.created_at
         FROM invitations AS i JOIN organizations AS o ON o.id = i.org_id
         WHERE i.org_id = :org AND i.email = :email AND i.status = 'OPEN'",
        &[(":email", &email)],
        from_row,
    )?
    .map(with_roles)
    .transpose()
}

/// All invitations of the organization.
pub(in crate::identity) fn invitations(tx: &Tx<'_>) -> Result<Vec<Invitation>> {
    tx.all(
        "SELECT i.id, i.org_id, o.name AS org_name, i.email, i.roles, i.status, i.created_at
         FROM invitations AS i JOIN organizations AS o ON o.id = i.org_id
         WHERE i.org_id = :org ORDER BY i.id",
        &[],
        from_row,
    )?
    .into_iter()
    .map(with_roles)
    .collect()
}

/// A new invitation.
pub(in crate::identity) fn insert_invitation(
    tx: &WriteTx<'_>,
    invitation: &Invitation,
) -> Result<()> {
    let roles = serde_json::to_string(&invitation.roles).map_err(Error::internal)?;
    tx.execute(
        "INSERT INTO invitations (id, org_id, email, roles, status, created_at)
         VALUES (:id, :org, :email, :roles, :status, :now)",
        &[
            (":id", &invitation.id),
            (":email", &invitation.email),
            (":roles", &roles),
            (":status", &invitation.status.name()),
        ],
    )?;
    Ok(())
}

/// Notes what became of an invitation.
pub(in crate::identity) fn set_invitation_status(
    tx: &WriteTx<'_>,
    id: InvitationId,
    status: InvitationStatus,
) -> Result<()> {
    tx.execute(
        "UPDATE invitations SET status = :status WHERE org_id = :org AND id = :id",
        &[(":id", &id), (":status", &status.name())],
    )?;
    Ok(())
}

/// An invitation whose roles are still text.
struct Raw {
    invitation: Invitation,
    roles: String,
}

fn from_row(row: &Row<'_>) -> Mapped<Raw> {
    Ok(Raw {
        roles: row.get("roles")?,
        invitation: Invitation {
            id: row.get("id")?,
            organization: InvitingOrganization {
                id: row.get("org_id")?,
                name: row.get("org_name")?,
            },
            email: row.get("email")?,
            roles: Vec::new(),
            status: word(row, "status")?,
            created_at: row.get("created_at")?,
        },
    })
}

fn with_roles(raw: Raw) -> Result<Invitation> {
    let roles = serde_json::from_str(&raw.roles).map_err(Error::internal)?;
    Ok(Invitation { roles, ..raw.invitation })
}
