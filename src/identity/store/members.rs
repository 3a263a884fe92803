//! `memberships` and `user_roles`.

use crate::db::{GlobalTx, Mapped, Row, Tx, WriteTx};
use crate::identity::model::Member;
use crate::kernel::{OrgId, Result, Role, UserId};

/// The highest role somebody holds in this organization.
pub(in crate::identity) fn role_of(tx: &Tx<'_>, user: UserId) -> Result<Option<Role>> {
    tx.find(
        "SELECT r.name FROM user_roles AS ur JOIN roles AS r ON r.id = ur.role_id
         WHERE ur.org_id = :org AND ur.user_id = :user ORDER BY ur.role_id DESC LIMIT 1",
        &[(":user", &user)],
        |row| row.get("name"),
    )
}

/// The highest role somebody holds in an organization.
pub(in crate::identity) fn highest_role(
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

/// The columns that [`from_row`] reads.
const COLUMNS: &str =
    "m.user_id, u.email, u.full_name, u.is_active, u.org_id = m.org_id AS is_home,
     (SELECT group_concat(r.name ORDER BY r.id)
      FROM user_roles AS ur JOIN roles AS r ON r.id = ur.role_id
      WHERE ur.org_id = m.org_id AND ur.user_id = m.user_id) AS roles,
     m.version, m.created_at";

/// The member with this account.
pub(in crate::identity) fn member(tx: &Tx<'_>, user: UserId) -> Result<Option<Member>> {
    tx.find(
        &format!(
            "SELECT {COLUMNS} FROM memberships AS m JOIN users AS u ON u.id = m.user_id
             WHERE m.org_id = :org AND m.user_id = :user"
        ),
        &[(":user", &user)],
        from_row,
    )
}

/// Makes somebody known to the organization, without any role yet.
pub(in crate::identity) fn insert_membership(tx: &WriteTx<'_>, user: UserId) -> Result<()> {
    tx.execute(
        "INSERT INTO memberships (org_id, user_id, version, created_at)
         VALUES (:org, :user, 1, :now)",
        &[(":user", &user)],
    )?;
    Ok(())
}

/// Gives somebody exactly these roles.
pub(in crate::identity) fn set_roles(tx: &WriteTx<'_>, user: UserId, roles: &[Role]) -> Result<()> {
    tx.execute(
        "DELETE FROM user_roles WHERE org_id = :org AND user_id = :user",
        &[(":user", &user)],
    )?;
    for role in roles {
        tx.execute(
            "INSERT INTO user_roles (user_id, role_id, org_id)
             SELECT :user, r.id, :org FROM roles AS r WHERE r.name = :role",
            &[(":user", &user), (":role", role)],
        )?;
    }
    Ok(())
}

fn from_row(row: &Row<'_>) -> Mapped<Member> {
    Ok(Member {
        user_id: row.get("user_id")?,
        email: row.get("email")?,
        full_name: row.get("full_name")?,
        is_active: row.get("is_active")?,
        is_home: row.get("is_home")?,
        roles: roles(row)?,
        version: row.get("version")?,
        created_at: row.get("created_at")?,
    })
}

/// The column `roles`: names with commas between them, the lowest first.
pub(super) fn roles(row: &Row<'_>) -> Mapped<Vec<Role>> {
    let names: Option<String> = row.get("roles")?;
    Ok(names.unwrap_or_default().split(',').filter_map(Role::from_name).collect())
}
