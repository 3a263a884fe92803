//! What concerns oneself.

use axum::extract::State;

use crate::app::{App, AsStudent, Caller};
use crate::http::{Act, Id, Input, NoFields, Reply};
use crate::identity::actions;
use crate::identity::model::{Invitation, Me};
use crate::kernel::{InvitationId, Result};

/// Who am I
///
/// The account, the organizations in which it holds roles, and open invitations.
#[utoipa::path(
    get, path = "/me", tag = "identity",
    responses((status = 200, description = "The person that signed in.", body = Me)),
)]
pub(crate) async fn get_me(State(app): State<App>, caller: Caller<AsStudent>) -> Result<Reply> {
    let user = caller.credentials.user_id;
    let me = app.read(&caller, move |tx| actions::me(tx, user)).await?;
    Reply::json(200, &me)
}

/// Accept an invitation
///
/// Gives the roles that were offered. 409 `invalid_transition`: it is open no more.
#[utoipa::path(
    post, path = "/me/invitations/{id}/accept", tag = "identity",
    params(("id" = InvitationId, Path, description = "The invitation.")),
    request_body = NoFields,
    responses((status = 200, description = "The invitation as it is now.", body = Invitation)),
)]
pub(crate) async fn accept_invitation(
    State(app): State<App>,
    caller: Caller<AsStudent>,
    Id(id): Id<InvitationId>,
    input: Input<NoFields, Act>,
) -> Result<Reply> {
    app.write(&caller, input.key, move |tx| Reply::json(200, &actions::accept(tx, id)?)).await
}

/// Decline an invitation
///
/// 409 `invalid_transition`: it is open no more.
#[utoipa::path(
    post, path = "/me/invitations/{id}/decline", tag = "identity",
    params(("id" = InvitationId, Path, description = "The invitation.")),
    request_body = NoFields,
    responses((status = 200, description = "The invitation as it is now.", body = Invitation)),
)]
pub(crate) async fn decline_invitation(
    State(app): State<App>,
    caller: Caller<AsStudent>,
    Id(id): Id<InvitationId>,
    input: Input<NoFields, Act>,
) -> Result<Reply> {
    app.write(&caller, input.key, move |tx| Reply::json(200, &actions::decline(tx, id)?)).await
}
