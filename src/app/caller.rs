//! Who asks, as a handler's signature says it: `Caller<AsStaff>` exists only for staff and above.

use std::fmt::Debug;
use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use super::App;
use crate::audit;
use crate::db::GlobalTx;
use crate::http::{Trail, params};
use crate::identity::{self, Credentials};
use crate::kernel::{Actor, Code, Error, OrgId, Result, Role, bug};

/// The least role an operation needs.
pub trait Level: Debug + Send + Sync + 'static {
    /// That role.
    const ROLE: Role;
}

macro_rules! levels {
    ($($(#[$doc:meta])* $name:ident $role:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl Level for $name {
            const ROLE: Role = Role::$role;
        }
    )*};
}

levels! {
    /// Every member.
    AsStudent Student;
    /// Staff and admins.
    AsStaff Staff;
    /// Admins.
    AsAdmin Admin;
}

/// A member of the organization named by `X-Org-Id`, with at least the role of `L`.
#[derive(Debug, Clone)]
pub struct Caller<L = AsStudent> {
    /// Account and session of the access token.
    pub credentials: Credentials,
    /// The organization.
    pub org: OrgId,
    /// The person and role, as of the moment the request came in.
    pub actor: Actor,
    /// The request.
    pub trail: Trail,
    level: PhantomData<L>,
}

/// Who asks for what, to be checked again inside each transaction.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) credentials: Credentials,
    pub(super) org: OrgId,
    pub(super) least: Role,
    pub(super) request_id: String,
}

impl Asked {
    /// Checks session, membership and role as they are in this snapshot.
    pub(super) fn authorize(&self, global: &GlobalTx<'_>) -> Result<Actor> {
        identity::require_session(global, &self.credentials)?;
        self.in_organization(global)
    }

    fn in_organization(&self, global: &GlobalTx<'_>) -> Result<Actor> {
        let role = identity::role_in(global, self.credentials.user_id, self.org)?;
        if role < self.least {
            let detail = format!("This needs the role {}.", self.least.name());
            return Err(Error::new(Code::Forbidden, detail));
        }
        let request_id = Some(self.request_id.clone());
        Ok(Actor { user_id: Some(self.credentials.user_id), role, request_id })
    }
}

impl<L: Level> Caller<L> {
    pub(super) fn asked(&self) -> Asked {
        Asked {
            credentials: self.credentials.clone(),
            org: self.org,
            least: L::ROLE,
            request_id: self.trail.request_id.to_string(),
        }
    }
}

impl<L: Level> FromRequestParts<App> for Caller<L> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let trail = Trail::from_request_parts(parts, app).await?;
        let credentials =
            identity::read_token(&app.keys, bearer(&parts.headers)?, app.clock.now())?;
        if !bug::seeded("per_user_rate_not_counted") {
            let words = "Too many requests of this account.";
            app.user_rates().check(&credentials.user_id, words)?;
        }
        let org = org_header(&parts.headers);
        let request_id = trail.request_id.to_string();
        let (seq, checked) = app
            .read_globally(move |global| {
                identity::require_session(global, &credentials)?;
                let asked = Asked { credentials, org: org?, least: L::ROLE, request_id };
                let seq = identity::role_in(global, asked.credentials.user_id, asked.org)
                    .and_then(|_| audit::head_seq(&global.within(asked.org, Actor::system())))?;
                let actor = asked.in_organization(global);
                Ok((seq, actor.map(|actor| (actor, asked))))
            })
            .await?;
        trail.reached(seq);
        let (actor, asked) = checked?;
        trail.called_by(asked.org, asked.credentials.user_id);
        params::only_documented(parts)?;
        let Asked { credentials, org, .. } = asked;
        Ok(Self { credentials, org, actor, trail, level: PhantomData })
    }
}

fn bearer(headers: &HeaderMap) -> Result<&str> {
    let refused =
        || Error::new(Code::Unauthenticated, "Send Authorization: Bearer <access token>.");
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().and_then(|value| value.to_str().ok()).ok_or_else(refused)?;
    let (scheme, token) = value.split_once(' ').ok_or_else(refused)?;
    if values.next().is_some() || !scheme.eq_ignore_ascii_case("bearer") {
        return Err(refused());
    }
    Ok(token.trim())
}

fn org_header(headers: &HeaderMap) -> Result<OrgId> {
    let mut values = headers.get_all("x-org-id").iter();
    let Some(value) = values.next() else {
        let detail = "Send X-Org-Id: the id of the organization you act in.";
        return Err(Error::new(Code::OrgHeaderMissing, detail));
    };
    let id = value.to_str().ok().filter(|_| values.next().is_none());
    id.and_then(|id| id.parse().ok()).ok_or_else(|| {
        Error::new(Code::OrgHeaderInvalid, "X-Org-Id must be sent once and be a UUID.")
    })
}
