//! Making and reading organizations.

use super::valid;
use crate::audit::{self, Action, Change, EntityType};
use crate::db::{GlobalTx, GlobalWriteTx, Tx, WriteTx};
use crate::identity::model::{
    NewOrganization, Organization, OrganizationPatch, Policy, PriorityWeights,
};
use crate::identity::{rules, store};
use crate::kernel::{Actor, Aftermath, Error, OrgId, Precondition, Result};

/// The currency of an organization that names none.
const CURRENCY: &str = "EUR";

/// Whether there is any organization.
///
/// # Errors
/// When the database can't be read.
pub fn has_organization(global: &GlobalTx<'_>) -> Result<bool> {
    store::has_organization(global)
}

/// All organizations, by name.
///
/// # Errors
/// When the database can't be read.
pub fn list_organizations(global: &GlobalTx<'_>) -> Result<Vec<Organization>> {
    store::list_organizations(global)
}

/// The organization of the transaction.
///
/// # Errors
/// `not_found`, when there is none with that id.
pub fn organization(tx: &Tx<'_>) -> Result<Organization> {
    store::organization(tx)?.ok_or_else(Error::not_found)
}

/// Makes an organization, on behalf of the system.
///
/// # Errors
/// `validation_failed`.
pub fn create_organization(
    global: &GlobalWriteTx<'_>,
    new: &NewOrganization,
) -> Result<Organization> {
    found_organization(&global.write_within(OrgId::new(), Actor::system()), new)
}

/// Makes the organization that the transaction names already, at the time of the transaction.
///
/// # Errors
/// `validation_failed`.
pub fn found_organization(tx: &WriteTx<'_>, new: &NewOrganization) -> Result<Organization> {
    valid(new)?;
    let organization = Organization {
        id: tx.org(),
        name: new.name.trim().to_owned(),
        timezone: canonical(&new.timezone),
        currency: new.currency.clone().unwrap_or_else(|| CURRENCY.to_owned()),
        policy: Policy::default(),
        version: 1,
        created_at: tx.now(),
    };
    store::insert_organization(tx, &organization)?;
    audit::record(tx, &Change::create(EntityType::Organization, organization.id, &organization)?)?;
    Ok(organization)
}

/// Changes name, zone, currency or policy.
///
/// # Errors
/// A failed precondition.
pub fn change_organization(
    tx: &WriteTx<'_>,
    patch: &OrganizationPatch,
    precondition: &Precondition,
) -> Result<Organization> {
    let before = organization(tx)?;
    precondition.check(before.version)?;
    let mut after = before.clone();
    if let Some(name) = &patch.name {
        name.trim().clone_into(&mut after.name);
    }
    if let Some(timezone) = &patch.timezone {
        after.timezone = canonical(timezone);
    }
    if let Some(currency) = &patch.currency {
        after.currency.clone_from(currency);
    }
    if let Some(policy) = &patch.policy {
        after.policy = policy.applied_to(&before.policy);
    }
    if before == after {
        return Ok(before);
    }
    after.version += 1;
    store::update_organization(tx, &after)?;
    let change = Change::of(Action::Update, EntityType::Organization, after.id, &before, &after)?;
    audit::record(tx, &change)?;
    if queues(&before.policy) != queues(&after.policy) {
        tx.leave(Aftermath::Policy);
    }
    Ok(after)
}

/// What queues and the desk depend on: who is served first, whether they are, what must be free
/// for it, and how long what nobody fetches or brings back stands in the way.
fn queues(policy: &Policy) -> (PriorityWeights, bool, u32, [Option<u32>; 2]) {
    let times = [policy.no_show_grace_minutes, policy.late_horizon_hours];
    (policy.priority_weights, policy.auto_offer, policy.buffer_minutes, times)
}

fn canonical(timezone: &str) -> String {
    rules::canonical_timezone(timezone).unwrap_or_else(|| timezone.to_owned())
}
