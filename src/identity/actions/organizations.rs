//! Making and reading organizations.

use super::valid;
use crate::audit::{self, Change, EntityType};
use crate::db::{GlobalTx, GlobalWriteTx, Tx, WriteTx};
use crate::identity::model::{NewOrganization, Organization, Policy};
use crate::identity::{rules, store};
use crate::kernel::{Actor, Error, OrgId, Result};

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
    let timezone = rules::canonical_timezone(&new.timezone);
    let organization = Organization {
        id: tx.org(),
        name: new.name.trim().to_owned(),
        timezone: timezone.unwrap_or_else(|| new.timezone.clone()),
        currency: new.currency.clone().unwrap_or_else(|| CURRENCY.to_owned()),
        policy: Policy::default(),
        version: 1,
        created_at: tx.now(),
    };
    store::insert_organization(tx, &organization)?;
    audit::record(tx, &Change::create(EntityType::Organization, organization.id, &organization)?)?;
    Ok(organization)
}
