//! Registering.

use axum::extract::{FromRequest, FromRequestParts, Request, State};
use secrecy::{ExposeSecret, SecretString};

use crate::app::{App, AsAdmin, Caller, Stranger};
use crate::bootstrap;
use crate::http::{Auth, Input, Reply};
use crate::identity::actions;
use crate::identity::model::{
    FirstRegistration, MemberRegistration, NewAccount, Registered, RegistrationRequest,
};
use crate::kernel::{Code, Error, Result, Role};

/// Which form holds depends on whether an organization exists.
pub(crate) enum Registration {
    First(Stranger, FirstRegistration),
    Member(Caller<AsAdmin>, MemberRegistration),
}

impl FromRequest<App> for Registration {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        let (mut parts, body) = request.into_parts();
        if app.read_globally(actions::has_organization).await? {
            let caller = Caller::from_request_parts(&mut parts, app).await?;
            let request = Request::from_parts(parts, body);
            let input: Input<_, Auth> = Input::from_request(request, app).await?;
            Ok(Self::Member(caller, input.value))
        } else {
            let stranger = Stranger::from_request_parts(&mut parts, app).await?;
            app.throttle().stranger(stranger.address())?;
            let request = Request::from_parts(parts, body);
            let input: Input<_, Auth> = Input::from_request(request, app).await?;
            Ok(Self::First(stranger, input.value))
        }
    }
}

/// Register
///
/// While no organization exists: makes the first one and its admin, without a token of a session.
/// Afterwards an admin makes a member with a new account. 409 `already_exists`: the address
/// belongs to an account.
#[utoipa::path(
    post, path = "/auth/register", tag = "identity",
    request_body = RegistrationRequest,
    responses((status = 201, description = "The member was made, with the first organization if there was none.",
        body = Registered,
        headers(("ETag" = String, description = "The version of the member and a digest of the body."),
            ("Location" = String, description = "Where the member is.")))),
)]
pub(crate) async fn register_account(
    State(app): State<App>,
    registration: Registration,
) -> Result<Reply> {
    match registration {
        Registration::First(stranger, first) => register_first(&app, &stranger, first).await,
        Registration::Member(caller, member) => register_member(&app, &caller, member).await,
    }
}

async fn register_first(app: &App, from: &Stranger, first: FirstRegistration) -> Result<Reply> {
    require_bootstrap_token(app, first.bootstrap_token).await?;
    let admin = NewAccount {
        email: first.email,
        full_name: first.full_name,
        password_hash: app.passwords.hash(&first.password).await?,
        roles: vec![Role::Admin],
    };
    let (organization, request_id) = (first.organization, from.trail.request_id.clone());
    let made = app
        .write_globally(move |global| {
            actions::register_first(global, &organization, &admin, &request_id)
        })
        .await?;
    // The form is gone with the organization, so a file that stays is a nuisance, not a danger.
    if let Err(error) = bootstrap::consume(app.db.path()) {
        tracing::warn!(?error, "the file with the bootstrap token could not be removed");
    }
    let place = format!("/members/{}", made.member.user_id);
    Reply::created(place, &Registered::First(Box::new(made)))
}

async fn require_bootstrap_token(app: &App, given: SecretString) -> Result<()> {
    let (path, configured) = (app.db.path().to_owned(), app.config.auth.bootstrap_token.clone());
    let is_right = app
        .read_globally(move |_| {
            bootstrap::matches(&path, configured.as_ref(), given.expose_secret())
        })
        .await?;
    if is_right {
        return Ok(());
    }
    Err(Error::new(Code::Unauthenticated, "This is not the bootstrap token of this server."))
}

async fn register_member(
    app: &App,
    caller: &Caller<AsAdmin>,
    member: MemberRegistration,
) -> Result<Reply> {
    app.throttle().registration(caller.credentials.user_id)?;
    let new = NewAccount {
        email: member.email,
        full_name: member.full_name,
        password_hash: app.passwords.hash(&member.password).await?,
        roles: member.roles,
    };
    let instance = caller.trail.path.clone();
    app.write(caller, None, move |tx| match tx.attempt(|| actions::create_account(tx, &new)) {
        Ok(made) => Reply::created(format!("/members/{}", made.user_id), &Registered::Member(made)),
        Err(refusal) if refusal.code() == Code::AlreadyExists => {
            // Kept as an answer rather than an error, so that its event is kept too.
            actions::record_refusal(tx, &new.email, &refusal)?;
            Ok(Reply::refusal(&refusal, &instance))
        }
        Err(error) => Err(error),
    })
    .await
}
