//! Whether an organization can be read by those who read it: all organizations are read together at
//! sign-in and by the timer, so one that can't be read would stand in the way of the others.

use super::{organization, valid};
use crate::db::Tx;
use crate::identity::model::{NewOrganization, PolicyPatch};
use crate::identity::store;
use crate::kernel::{Error, Result};

/// What is wrong with the organization itself: nothing, whatever wrote its row.
///
/// # Errors
/// When the database can't be read.
pub fn verify(tx: &Tx<'_>) -> Result<Vec<String>> {
    let organization = match organization(tx) {
        Ok(organization) => organization,
        Err(error) => return Ok(vec![format!("the organization can't be read ({})", why(&error))]),
    };
    let mut faults = Vec::new();
    let mut check = |checked: Result<()>| {
        if let Err(error) = checked {
            faults.push(format!("the organization is not as it may be set ({})", why(&error)));
        }
    };
    check(valid(&NewOrganization {
        name: organization.name,
        timezone: organization.timezone,
        currency: Some(organization.currency),
    }));
    // What may be set is what may stand there.
    let policy = serde_json::to_value(&organization.policy).map_err(Error::internal)?;
    check(valid(&serde_json::from_value::<PolicyPatch>(policy).map_err(Error::internal)?));
    if let Err(error) = store::invitations(tx) {
        faults.push(format!("an invitation can't be read ({})", why(&error)));
    }
    Ok(faults)
}

fn why(error: &Error) -> String {
    let faults = error.fault_list().first().map(|fault| fault.detail.clone());
    faults.or_else(|| error.cause().map(ToString::to_string)).unwrap_or_default()
}
