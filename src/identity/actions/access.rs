//! What every request asks: does the session hold, which role, which policy.

use crate::db::{GlobalTx, Tx};
use crate::identity::model::{Credentials, Policy};
use crate::identity::store;
use crate::kernel::{Actor, Code, Error, OrgId, Result, Role, UserId};

/// Demands that the session is open and its account active.
///
/// # Errors
/// `unauthenticated`.
pub fn require_session(global: &GlobalTx<'_>, credentials: &Credentials) -> Result<()> {
    if store::session_is_live(global, credentials)? {
        return Ok(());
    }
    Err(Error::new(Code::Unauthenticated, "This session has ended; sign in again."))
}

/// The highest role somebody holds in an organization.
///
/// # Errors
/// `not_a_member`, also when there is no such organization.
pub fn role_in(global: &GlobalTx<'_>, user: UserId, org: OrgId) -> Result<Role> {
    store::role_of(&global.within(org, Actor::system()), user)?.ok_or_else(|| {
        Error::new(Code::NotAMember, "You are not a member of an organization with this id.")
    })
}

/// The highest role a person holds in the organization of the transaction; none: not a member.
///
/// # Errors
/// When the database can't be read.
pub fn role_of(tx: &Tx<'_>, user: UserId) -> Result<Option<Role>> {
    store::role_of(tx, user)
}

/// The policy in force in the organization.
///
/// # Errors
/// When the database can't be read.
pub fn policy(tx: &Tx<'_>) -> Result<Policy> {
    serde_json::from_str(&store::policy(tx)?).map_err(Error::internal)
}
