//! Setting passwords. Hashing happens before the transaction, which must not wait for it.

use axum::extract::State;
use secrecy::ExposeSecret;

use crate::app::{App, AsAdmin, AsStudent, Caller, Stranger};
use crate::http::{Act, Auth, Id, Input, NoFields, Reply};
use crate::identity::actions;
use crate::identity::model::{NewPassword, PasswordChange, PasswordReset, ResetTicket};
use crate::kernel::{Error, Result, UserId};

/// Change one's own password
///
/// Ends the other sessions. 401 `invalid_credentials`: the present password is wrong.
#[utoipa::path(
    post, path = "/auth/password", tag = "identity",
    request_body = PasswordChange,
    responses((status = 204, description = "The new password holds.")),
)]
pub(crate) async fn change_password(
    State(app): State<App>,
    caller: Caller<AsStudent>,
    input: Input<PasswordChange, Auth>,
) -> Result<Reply> {
    let PasswordChange { current_password, new_password } = input.value;
    let credentials = caller.credentials.clone();
    let user = credentials.user_id;
    app.throttle().own_password(user)?;
    let proven = app.read(&caller, move |tx| actions::password_hash(tx, user)).await?;
    if !app.passwords.verify(&current_password, Some(proven.clone())).await? {
        return Err(actions::invalid_credentials());
    }
    let new = app.passwords.hash(&new_password).await?;
    app.write(&caller, None, move |tx| {
        actions::change_password(tx, &credentials, &proven, &new)?;
        Ok(Reply::no_content())
    })
    .await
}

/// Set a new password by a one-time token
///
/// Ends all sessions. 401 `unauthenticated`: the token is not good or was used;
/// `token_expired`: it was not used in time.
#[utoipa::path(
    post, path = "/auth/reset", tag = "identity",
    request_body = NewPassword,
    responses((status = 204, description = "The new password holds.")),
)]
pub(crate) async fn reset_password(
    State(app): State<App>,
    stranger: Stranger,
    input: Input<NewPassword, Auth>,
) -> Result<Reply> {
    app.throttle().stranger(stranger.address())?;
    let NewPassword { token, new_password } = input.value;
    let asked = token.clone();
    app.read_globally(move |global| actions::require_reset_token(global, asked.expose_secret()))
        .await?;
    let new = app.passwords.hash(&new_password).await?;
    let request_id = stranger.trail.request_id;
    app.write_globally(move |global| {
        actions::reset_password(global, token.expose_secret(), &new, &request_id)
    })
    .await?;
    Ok(Reply::no_content())
}

/// Let a member set a new password
///
/// Gives a one-time token, good for 24 hours, and a link that bears it, for the person who forgot
/// the password or never set one. Only in the person's home organization.
#[utoipa::path(
    post, path = "/members/{user_id}/password-reset", tag = "identity",
    params(("user_id" = UserId, Path, description = "The member's account.")),
    request_body = NoFields,
    responses((status = 200, description = "The token and the link.", body = PasswordReset)),
)]
pub(crate) async fn create_password_reset(
    State(app): State<App>,
    caller: Caller<AsAdmin>,
    Id(user): Id<UserId>,
    input: Input<NoFields, Act>,
) -> Result<Reply> {
    let keys = app.keys.clone();
    let reply = app
        .write(&caller, input.key, move |tx| {
            Reply::json(200, &actions::start_password_reset(tx, &keys, user)?)
        })
        .await?;
    if reply.status == 200 { reveal(&app, reply) } else { Ok(reply) }
}

/// What is kept for replays is the ticket: the token itself stands nowhere in the database.
fn reveal(app: &App, reply: Reply) -> Result<Reply> {
    let ticket: ResetTicket = serde_json::from_slice(&reply.body).map_err(Error::internal)?;
    let shown = ticket.reveal(&app.keys, &app.base_url());
    Ok(Reply { body: Reply::json(200, &shown)?.body, ..reply })
}
