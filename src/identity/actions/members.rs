//! Members and their roles.

use crate::audit::{self, Change, EntityType};
use crate::db::{Tx, WriteTx};
use crate::identity::model::Member;
use crate::identity::store;
use crate::kernel::{Error, Result, Role, UserId};

/// The member with this account.
///
/// # Errors
/// `not_found`, also for somebody who is known to other organizations alone.
pub fn find_member(tx: &Tx<'_>, user: UserId) -> Result<Member> {
    store::member(tx, user)?.ok_or_else(Error::not_found)
}

/// Makes an account a member that was never known here.
pub(super) fn join(tx: &WriteTx<'_>, user: UserId, roles: &[Role]) -> Result<Member> {
    store::insert_membership(tx, user)?;
    store::set_roles(tx, user, roles)?;
    let member = find_member(tx, user)?;
    audit::record(tx, &Change::create(EntityType::Member, user, &member)?)?;
    Ok(member)
}
