//! Registering: the first organization with its admin, afterwards members.

use super::{create_account, found_organization};
use crate::audit::{self, Change, EntityType};
use crate::db::{GlobalWriteTx, WriteTx};
use crate::identity::model::{FirstRegistered, NewAccount, NewOrganization, RefusedRegistration};
use crate::identity::store;
use crate::kernel::{Actor, Code, Error, OrgId, Result, text};

/// Makes the first organization and its admin.
///
/// # Errors
/// `unauthenticated` once there is an organization: then only its admin may register anybody.
pub(in crate::identity) fn register_first(
    global: &GlobalWriteTx<'_>,
    organization: &NewOrganization,
    admin: &NewAccount,
    request_id: &str,
) -> Result<FirstRegistered> {
    if store::has_organization(global)? {
        return Err(Error::new(
            Code::Unauthenticated,
            "There is an organization already: sign in.",
        ));
    }
    let actor = Actor { request_id: Some(request_id.to_owned()), ..Actor::system() };
    let tx = global.write_within(OrgId::new(), actor);
    let organization = found_organization(&tx, organization)?;
    Ok(FirstRegistered { organization, member: create_account(&tx, admin)? })
}

/// Records that somebody learned of an address that it belongs to an account.
pub(in crate::identity) fn record_refusal(
    tx: &WriteTx<'_>,
    email: &str,
    refusal: &Error,
) -> Result<()> {
    let refused =
        RefusedRegistration { email: text::fold_email(email), refused: refusal.code().name() };
    let id = uuid::Uuid::now_v7();
    audit::record(tx, &Change::create(EntityType::Registration, id, &refused)?)
}
