//! Signing in and out.

use axum::extract::State;
use secrecy::ExposeSecret;

use crate::app::{App, AsStudent, Caller, Stranger};
use crate::http::{Auth, Input, NoFields, Reply};
use crate::identity::actions;
use crate::identity::model::{LoginRequest, RefreshRequest, SignIn};
use crate::kernel::{Error, Result, bug, text};

/// Sign in
///
/// 401 `invalid_credentials`: email or password is wrong, or the account is not active.
#[utoipa::path(
    post, path = "/auth/login", tag = "identity",
    request_body = LoginRequest,
    responses((status = 200, description = "A session was opened.", body = SignIn)),
)]
pub(crate) async fn create_session(
    State(app): State<App>,
    stranger: Stranger,
    input: Input<LoginRequest, Auth>,
) -> Result<Reply> {
    let sign_in = sign_in(&app, &stranger, input.value).await;
    app.metrics().sign_ins.count(sign_in.as_ref().err().map(Error::code));
    Reply::json(200, &sign_in?)
}

/// The throttle comes first: a password costs far more to compare than to send.
async fn sign_in(app: &App, stranger: &Stranger, request: LoginRequest) -> Result<SignIn> {
    let LoginRequest { email, password } = request;
    let email = text::fold_email(&email);
    app.throttle().sign_in(&email, stranger.address())?;
    let wanted = email.clone();
    let login = app.read_globally(move |global| actions::find_login(global, &wanted)).await?;
    if login.is_none() && bug::seeded("login_tells_unknown_account") {
        return Err(Error::not_found());
    }
    let hash = login.as_ref().map(|login| login.password_hash.clone());
    let is_right = app.passwords.verify(&password, hash).await?;
    let login = login
        .filter(|login| is_right && login.is_active)
        .ok_or_else(actions::invalid_credentials)?;
    let (keys, auth) = (app.keys.clone(), app.config.auth.clone());
    let sign_in =
        app.write_globally(move |global| actions::sign_in(global, &keys, &auth, &login)).await?;
    app.throttle().signed_in(&email, stranger.address());
    Ok(sign_in)
}

/// Prolong a session
///
/// Each refresh token works once; presenting a used one ends its session.
/// 401 `token_expired`: it was not used in time.
#[utoipa::path(
    post, path = "/auth/refresh", tag = "identity",
    request_body = RefreshRequest,
    responses((status = 200, description = "The session goes on with new tokens.", body = SignIn)),
)]
pub(crate) async fn refresh_session(
    State(app): State<App>,
    stranger: Stranger,
    input: Input<RefreshRequest, Auth>,
) -> Result<Reply> {
    app.throttle().stranger(stranger.address())?;
    let token = input.value.refresh_token;
    let (keys, auth) = (app.keys.clone(), app.config.auth.clone());
    let sign_in = app
        .write_globally(move |global| actions::refresh(global, &keys, &auth, token.expose_secret()))
        .await??;
    Reply::json(200, &sign_in)
}

/// Sign out
///
/// Ends the session: its access tokens and its refresh token are good no more.
#[utoipa::path(
    post, path = "/auth/logout", tag = "identity",
    request_body = NoFields,
    responses((status = 204, description = "The session has ended.")),
)]
pub(crate) async fn end_session(
    State(app): State<App>,
    caller: Caller<AsStudent>,
    _input: Input<NoFields, Auth>,
) -> Result<Reply> {
    let credentials = caller.credentials.clone();
    app.write(&caller, None, move |tx| {
        actions::sign_out(tx, &credentials)?;
        Ok(Reply::no_content())
    })
    .await
}
