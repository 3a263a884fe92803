//! Signing in: what is sent and answered.

use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::{OrgId, Role, UserId};

/// A person's account, as the person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Person {
    /// The account.
    pub id: UserId,
    /// What it signs in with.
    #[schema(examples("ada@example.edu"))]
    pub email: String,
    /// What the person is called.
    #[schema(examples("Ada Byron"))]
    pub full_name: String,
}

/// An organization in which somebody holds roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MyOrganization {
    /// What `X-Org-Id` must bear.
    pub id: OrgId,
    /// What it is called.
    #[schema(examples("School of Media"))]
    pub name: String,
    /// Its IANA time zone.
    #[schema(examples("Europe/Berlin"))]
    pub timezone: String,
    /// The roles held there, the lowest first.
    pub roles: Vec<Role>,
}

/// A session that was opened or prolonged. Shows its secrets to nobody but its receiver, so there
/// is no `Debug`.
#[derive(Clone, Serialize, ToSchema)]
pub struct SignIn {
    /// To be sent as `Authorization: Bearer …`.
    #[schema(examples("eyJhbGciOiJIUzI1NiIsImtpZCI6IjEifQ.e30.c2lnbmF0dXJl"))]
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(examples("Bearer"))]
    pub token_type: String,
    /// How many seconds the access token is good for.
    #[schema(examples(900))]
    pub expires_in: u32,
    /// For `POST /auth/refresh`; works once.
    #[schema(examples("Zm9yIG9uZSB1c2Ugb25seQ"))]
    pub refresh_token: String,
    /// Who signed in.
    pub user: Person,
    /// Where the person holds roles.
    pub organizations: Vec<MyOrganization>,
}
