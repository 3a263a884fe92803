//! Members and their roles.

use super::accounts::{self, at_home, own_account};
use super::erasure::require_not_erased;
use super::invitations;
use crate::audit::{self, Action, Change, EntityType};
use crate::db::{Tx, WriteTx};
use crate::identity::model::{Member, MemberFilters, MemberPatch};
use crate::identity::store;
use crate::kernel::{
    Actor, Aftermath, Code, Error, Listed, OrgId, PageRequest, Precondition, Result, Role, UserId,
    bug, text,
};

/// The member with this account.
///
/// # Errors
/// `not_found`, also for somebody who is known to other organizations alone.
pub fn find_member(tx: &Tx<'_>, user: UserId) -> Result<Member> {
    store::member(tx, user)?.ok_or_else(Error::not_found)
}

/// The members that the filters let through.
///
/// # Errors
/// `invalid_parameter`.
pub(in crate::identity) fn list_members(
    tx: &Tx<'_>,
    filters: &MemberFilters,
    page: &PageRequest,
) -> Result<Listed<Member>> {
    if let Some(q) = &filters.q {
        text::line(0, 200)(q, &())
            .map_err(|fault| Error::invalid_parameter("q", fault.to_string()))?;
    }
    store::list_members(tx, filters, page)
}

/// Changes roles, and in the home organization the account.
///
/// # Errors
/// `not_found`, a failed precondition, `forbidden`, `last_admin`.
pub fn change_member(
    tx: &WriteTx<'_>,
    user: UserId,
    patch: &MemberPatch,
    precondition: &Precondition,
) -> Result<Member> {
    let before = find_member(tx, user)?;
    precondition.check(before.version)?;
    let touches_account = patch.full_name.is_some() || patch.is_active.is_some();
    if touches_account && !bug::seeded("foreign_admin_changes_account") {
        own_account(tx, user)?;
    }
    let mut after = before.clone();
    if let Some(roles) = &patch.roles {
        after.roles = sorted(roles);
    }
    if let Some(name) = &patch.full_name {
        name.trim().clone_into(&mut after.full_name);
    }
    after.is_active = patch.is_active.unwrap_or(before.is_active);
    apply(tx, &before, &after)
}

/// Takes all roles away. The person stays known, so that old bookings keep their requester.
///
/// # Errors
/// `not_found`, a failed precondition, `last_admin`.
pub fn remove_member(
    tx: &WriteTx<'_>,
    user: UserId,
    precondition: &Precondition,
) -> Result<Member> {
    let before = find_member(tx, user)?;
    precondition.check(before.version)?;
    // An open invitation would let the person back in.
    invitations::withdraw(tx, &before.email)?;
    apply(tx, &before, &Member { roles: Vec::new(), ..before.clone() })
}

/// Gives a role to an account, making it a member where it was none.
///
/// # Errors
/// When the database refuses.
pub fn grant_role(tx: &WriteTx<'_>, user: UserId, role: Role) -> Result<Member> {
    grant_roles(tx, user, &[role])
}

/// Takes one role away.
///
/// # Errors
/// `not_found`, `last_admin`.
pub fn revoke_role(tx: &WriteTx<'_>, user: UserId, role: Role) -> Result<Member> {
    let before = find_member(tx, user)?;
    let roles = before.roles.iter().copied().filter(|held| *held != role).collect();
    apply(tx, &before, &Member { roles, ..before.clone() })
}

/// Closes an account or opens it again; closing ends its sessions.
///
/// # Errors
/// `not_found`, `forbidden` where this is not the home organization, `last_admin`.
pub fn set_active(tx: &WriteTx<'_>, user: UserId, is_active: bool) -> Result<Member> {
    let patch = MemberPatch { is_active: Some(is_active), ..MemberPatch::default() };
    change_member(tx, user, &patch, &Precondition::none())
}

/// Gives roles in addition to those that are held.
pub(super) fn grant_roles(tx: &WriteTx<'_>, user: UserId, roles: &[Role]) -> Result<Member> {
    let Some(before) = store::member(tx, user)? else { return join(tx, user, roles) };
    let roles = sorted(&[before.roles.as_slice(), roles].concat());
    apply(tx, &before, &Member { roles, ..before.clone() })
}

/// Makes an account a member that was never known here.
pub(super) fn join(tx: &WriteTx<'_>, user: UserId, roles: &[Role]) -> Result<Member> {
    require_not_erased(tx, user)?;
    store::insert_membership(tx, user)?;
    store::set_roles(tx, user, roles)?;
    let member = find_member(tx, user)?;
    audit::record(tx, &Change::create(EntityType::Member, user, &member)?)?;
    tx.leave(Aftermath::Person(user));
    Ok(member)
}

/// Turns one state into another; equal states leave no trace.
fn apply(tx: &WriteTx<'_>, before: &Member, after: &Member) -> Result<Member> {
    if before == after {
        return Ok(before.clone());
    }
    require_not_erased(tx, before.user_id)?;
    keep_an_admin(tx, before, after)?;
    if (before.is_active, &before.full_name) != (after.is_active, &after.full_name) {
        change_account(tx, after)?;
    }
    if before.roles != after.roles {
        store::set_roles(tx, after.user_id, &after.roles)?;
    }
    changed(tx, before)
}

/// Counts and records what became of a member.
fn changed(tx: &WriteTx<'_>, before: &Member) -> Result<Member> {
    let user = before.user_id;
    store::next_version(tx, user)?;
    let after = find_member(tx, user)?;
    audit::record(tx, &Change::of(Action::Update, EntityType::Member, user, before, &after)?)?;
    tx.leave(Aftermath::Person(user));
    Ok(after)
}

/// Counts and records that a member is nobody any more.
pub(super) fn forgotten(tx: &WriteTx<'_>, user: UserId) -> Result<()> {
    store::next_version(tx, user)?;
    let after = find_member(tx, user)?;
    audit::record(tx, &Change::erased(EntityType::Member, user, &after)?)?;
    tx.leave(Aftermath::Person(user));
    Ok(())
}

/// Whether somebody can act as an admin.
pub(super) fn rules(member: &Member) -> bool {
    member.is_active && member.roles.contains(&Role::Admin)
}

/// An organization without an admin could never get one again.
fn keep_an_admin(tx: &WriteTx<'_>, before: &Member, after: &Member) -> Result<()> {
    if !rules(before) || rules(after) || bug::seeded("last_admin_removable") {
        return Ok(());
    }
    if store::other_admins(tx, before.user_id)? > 0 {
        return Ok(());
    }
    Err(Error::new(Code::LastAdmin, "Make somebody else an admin first: this is the last one."))
}

fn change_account(tx: &WriteTx<'_>, after: &Member) -> Result<()> {
    let account = store::account(tx.global(), after.user_id)?.ok_or_else(Error::not_found)?;
    let home = at_home(tx, &account);
    let elsewhere = members_elsewhere(tx, after.user_id)?;
    let before = account.user;
    let mut user = before.clone();
    user.full_name.clone_from(&after.full_name);
    user.is_active = after.is_active;
    store::update_user(&home, &user)?;
    if !user.is_active {
        store::end_sessions(&home, user.id, None)?;
    }
    accounts::record(&home, &before)?;
    for (there, member) in elsewhere.iter().filter(|_| !bug::seeded("members_elsewhere_forgotten"))
    {
        changed(there, member)?;
    }
    Ok(())
}

/// The member that the account is in each other organization: each shows name and `is_active`.
fn members_elsewhere<'c>(tx: &WriteTx<'c>, user: UserId) -> Result<Vec<(WriteTx<'c>, Member)>> {
    let known = store::organizations_that_know(tx.global(), user)?;
    let others = known.into_iter().filter(|org| *org != tx.org());
    let member_in = |org| {
        let there = as_known_in(tx, org)?;
        let member = find_member(&there, user)?;
        Ok((there, member))
    };
    others.map(member_in).collect()
}

/// The same transaction in another organization. It learns who acts only when it knows the person:
/// for it a stranger is the system.
fn as_known_in<'c>(tx: &WriteTx<'c>, org: OrgId) -> Result<WriteTx<'c>> {
    let there = tx.elsewhere(org, tx.actor().clone());
    let known = match tx.actor().user_id {
        Some(user) => store::member(&there, user)?.is_some(),
        None => false,
    };
    Ok(if known { there } else { tx.elsewhere(org, Actor::system()) })
}

fn sorted(roles: &[Role]) -> Vec<Role> {
    let mut roles = roles.to_vec();
    roles.sort_unstable();
    roles.dedup();
    roles
}
