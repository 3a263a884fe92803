//! Invitations: made without telling whether the address is known, answered by the person.

use super::members;
use crate::audit::{self, Action, Change, EntityType};
use crate::db::{Tx, WriteTx};
use crate::identity::model::{
    Invitation, InvitationStatus, InvitingOrganization, Me, NewInvitation,
};
use crate::identity::store;
use crate::kernel::{Code, Error, InvitationId, Result, UserId, text};

/// Who somebody is, where, and where that person is invited to.
pub(in crate::identity) fn me(tx: &Tx<'_>, user: UserId) -> Result<Me> {
    let global = tx.global();
    Ok(Me {
        user: store::account(global, user)?.ok_or_else(Error::not_found)?.person(),
        organizations: store::organizations_of(global, user)?,
        invitations: store::open_invitations_of(global, user)?,
    })
}

/// Invites an address, in the place of an open invitation of the same address.
pub(in crate::identity) fn invite(tx: &WriteTx<'_>, new: &NewInvitation) -> Result<Invitation> {
    let email = text::fold_email(&new.email);
    withdraw(tx, &email)?;
    let organization = super::organization(tx)?;
    let mut roles = new.roles.clone();
    roles.sort_unstable();
    let invitation = Invitation {
        id: InvitationId::new(),
        organization: InvitingOrganization { id: organization.id, name: organization.name },
        email,
        roles,
        status: InvitationStatus::Open,
        created_at: tx.now(),
    };
    store::insert_invitation(tx, &invitation)?;
    audit::record(tx, &Change::create(EntityType::Invitation, invitation.id, &invitation)?)?;
    Ok(invitation)
}

/// Takes back the open invitation of an address, if there is one.
pub(super) fn withdraw(tx: &WriteTx<'_>, email: &str) -> Result<()> {
    match store::open_invitation(tx, email)? {
        Some(open) => close(tx, &open, InvitationStatus::Withdrawn).map(drop),
        None => Ok(()),
    }
}

/// Removes what an address was invited to, with what the trail keeps of it.
pub(super) fn forget(tx: &WriteTx<'_>, email: &str) -> Result<()> {
    withdraw(tx, email)?;
    for id in store::delete_invitations(tx, email)? {
        audit::erase_object(tx, EntityType::Invitation, &id)?;
    }
    Ok(())
}

/// Accepts: the person gets the roles in the organization that invited.
pub(in crate::identity) fn accept(tx: &WriteTx<'_>, id: InvitationId) -> Result<Invitation> {
    let (user, open) = own_open(tx, id)?;
    let there = tx.elsewhere(open.organization.id, tx.actor().clone());
    members::grant_roles(&there, user, &open.roles)?;
    close(&there, &open, InvitationStatus::Accepted)
}

/// Declines.
pub(in crate::identity) fn decline(tx: &WriteTx<'_>, id: InvitationId) -> Result<Invitation> {
    let (_, open) = own_open(tx, id)?;
    let there = tx.elsewhere(open.organization.id, tx.actor().clone());
    close(&there, &open, InvitationStatus::Declined)
}

fn own_open(tx: &WriteTx<'_>, id: InvitationId) -> Result<(UserId, Invitation)> {
    let user = tx.actor().user_id.ok_or_else(Error::not_found)?;
    let found = store::invitation_of(tx.global(), user, id)?.ok_or_else(Error::not_found)?;
    if found.status == InvitationStatus::Open {
        return Ok((user, found));
    }
    let none: [&str; 0] = [];
    Err(Error::new(Code::InvalidTransition, "This invitation is open no more.")
        .with("current_status", found.status)
        .with("allowed", none))
}

fn close(tx: &WriteTx<'_>, open: &Invitation, status: InvitationStatus) -> Result<Invitation> {
    let closed = Invitation { status, ..open.clone() };
    store::set_invitation_status(tx, open.id, status)?;
    let change = Change::of(Action::StatusChange, EntityType::Invitation, open.id, open, &closed)?;
    audit::record(tx, &change)?;
    Ok(closed)
}
