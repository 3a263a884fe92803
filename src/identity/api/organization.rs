//! The organization and its settings.

use axum::extract::State;

use crate::app::{App, AsAdmin, AsStaff, Caller};
use crate::http::{Patch, Reply};
use crate::identity::actions;
use crate::identity::model::{Organization, OrganizationPatch};
use crate::kernel::Result;

/// Get the organization
#[utoipa::path(
    get, path = "/organization", tag = "identity",
    responses((status = 200, description = "The organization and its policy.", body = Organization,
        headers(("ETag" = String, description = "Its version.")))),
)]
pub(crate) async fn get_organization(
    State(app): State<App>,
    caller: Caller<AsStaff>,
) -> Result<Reply> {
    app.read(&caller, |tx| Reply::ok(&actions::organization(tx)?)).await
}

/// Change the organization
///
/// Fields left out stay, those of the policy too. What was decided under the old policy stays.
#[utoipa::path(
    patch, path = "/organization", tag = "identity",
    request_body = OrganizationPatch,
    responses((status = 200, description = "The organization as it is now.", body = Organization,
        headers(("ETag" = String, description = "Its version.")))),
)]
pub(crate) async fn update_organization(
    State(app): State<App>,
    caller: Caller<AsAdmin>,
    patch: Patch<OrganizationPatch>,
) -> Result<Reply> {
    app.write(&caller, None, move |tx| {
        Reply::ok(&actions::change_organization(tx, &patch.value, &patch.precondition)?)
    })
    .await
}
