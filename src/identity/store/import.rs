//! What is known about an address, for an import; read alone.

use super::members::roles;
use crate::db::Tx;
use crate::kernel::{Result, Role, UserId};

/// The account with this folded address, and the roles it holds in the organization.
pub(in crate::identity) fn known_address(
    tx: &Tx<'_>,
    email: &str,
) -> Result<Option<(UserId, Vec<Role>)>> {
    tx.find(
        "SELECT u.id,
             (SELECT group_concat(r.name ORDER BY r.id)
              FROM user_roles AS ur JOIN roles AS r ON r.id = ur.role_id
              WHERE ur.org_id = :org AND ur.user_id = u.id) AS roles
         FROM users AS u WHERE u.email = :email",
        &[(":email", &email)],
        |row| Ok((row.get("id")?, roles(row)?)),
    )
}
