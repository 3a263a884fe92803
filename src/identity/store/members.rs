//! `memberships` and `user_roles`.

use crate::db::{List, Mapped, Row, Tx, WriteTx};
use crate::identity::model::{Member, MemberFilters};
use crate::kernel::{Listed, PageRequest, Result, Role, UserId, text};

/// The highest role somebody with an active account holds in the organization.
pub(in crate::identity) fn role_of(tx: &Tx<'_>, user: UserId) -> Result<Option<Role>> {
    tx.find(
        "SELECT r.name FROM user_roles AS ur
         JOIN roles AS r ON r.id = ur.role_id
         JOIN users AS u ON u.id = ur.user_id AND u.is_active = 1
         WHERE ur.org_id = :org AND ur.user_id = :user ORDER BY ur.role_id DESC LIMIT 1",
        &[(":user", &user)],
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

/// The members that the filters let through.
pub(in crate::identity) fn list_members(
    tx: &Tx<'_>,
    filters: &MemberFilters,
    page: &PageRequest,
) -> Result<Listed<Member>> {
    let holds_any = "EXISTS (SELECT 1 FROM user_roles AS ur
         WHERE ur.org_id = m.org_id AND ur.user_id = m.user_id)";
    let holds = "EXISTS (SELECT 1 FROM user_roles AS ur JOIN roles AS r ON r.id = ur.role_id
         WHERE ur.org_id = m.org_id AND ur.user_id = m.user_id AND r.name = :role)";
    let from = "memberships AS m JOIN users AS u ON u.id = m.user_id WHERE m.org_id = :org";
    List::new(COLUMNS, from, "m.user_id")
        .only_if(!filters.include_former, holds_any)
        .only(holds, ":role", filters.role)
        .only("u.is_active = :is_active", ":is_active", filters.is_active)
        .only("instr(u.search_text, :q) > 0", ":q", filters.q.as_deref().map(text::fold))
        .fetch(tx, page, from_row)
}

/// How many other accounts that can sign in are admins.
pub(in crate::identity) fn other_admins(tx: &Tx<'_>, user: UserId) -> Result<i64> {
    tx.value(
        "SELECT count(*) FROM user_roles AS ur
         JOIN roles AS r ON r.id = ur.role_id JOIN users AS u ON u.id = ur.user_id
         WHERE ur.org_id = :org AND r.name = 'admin' AND u.is_active = 1 AND ur.user_id <> :user",
        &[(":user", &user)],
    )
}

/// Counts a change of a member.
pub(in crate::identity) fn next_version(tx: &WriteTx<'_>, user: UserId) -> Result<()> {
    tx.execute(
        "UPDATE memberships SET version = version + 1 WHERE org_id = :org AND user_id = :user",
        &[(":user", &user)],
    )?;
    Ok(())
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
