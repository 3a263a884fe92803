//! Signing in: what is sent and answered.

use garde::Validate;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Invitation;
use crate::identity::rules;
use crate::kernel::{OrgId, Role, Timestamp, UserId};

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

/// Email and password.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoginRequest {
    /// In any case.
    #[garde(length(chars, max = 254))]
    #[schema(max_length = 254, examples("ada@example.edu"))]
    pub email: String,
    /// As it was set.
    #[garde(custom(rules::bounded))]
    #[schema(value_type = String, max_length = 128, examples("correct horse battery staple"))]
    pub password: SecretString,
}

/// A refresh token.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefreshRequest {
    /// From the last sign-in or refresh.
    #[garde(custom(rules::bounded))]
    #[schema(value_type = String, max_length = 128, examples("Zm9yIG9uZSB1c2Ugb25seQ"))]
    pub refresh_token: SecretString,
}

/// A new password in the place of the present one.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    /// The one that holds now.
    #[garde(custom(rules::bounded))]
    #[schema(value_type = String, max_length = 128, examples("correct horse battery staple"))]
    pub current_password: SecretString,
    /// The one that is to hold.
    #[garde(custom(rules::password))]
    #[schema(value_type = String, min_length = 12, max_length = 128, examples("paper boat on a long river"))]
    pub new_password: SecretString,
}

/// A new password in the place of a forgotten one.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// From an admin of the home organization.
    #[garde(custom(rules::bounded))]
    #[schema(value_type = String, max_length = 128, examples("Zm9yIG9uZSB1c2Ugb25seQ"))]
    pub token: SecretString,
    /// The password that is to hold.
    #[garde(custom(rules::password))]
    #[schema(value_type = String, min_length = 12, max_length = 128, examples("paper boat on a long river"))]
    pub new_password: SecretString,
}

/// Who one is, where, and where one is invited to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Me {
    /// The account.
    pub user: Person,
    /// Where it holds roles.
    pub organizations: Vec<MyOrganization>,
    /// Open invitations.
    pub invitations: Vec<Invitation>,
}

/// That somebody may set a new password. Holds no secret, so it can be kept for replays.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ResetTicket {
    /// What the token is made of.
    pub id: Uuid,
    /// Whose password.
    pub user_id: UserId,
    /// Until when.
    pub expires_at: Timestamp,
}

/// The one-time token with which a new password is set. Shown once, so there is no `Debug`.
#[derive(Clone, Serialize, ToSchema)]
pub struct PasswordReset {
    /// Whose password.
    pub user_id: UserId,
    /// For `POST /auth/reset`; works once, and an earlier one works no more.
    #[schema(examples("Zm9yIG9uZSB1c2Ugb25seQ"))]
    pub token: String,
    /// A page of this server on which the person sets the password with it.
    #[schema(examples("https://pret.example.edu/set-password#Zm9yIG9uZSB1c2Ugb25seQ"))]
    pub link: String,
    /// Until when.
    pub expires_at: Timestamp,
}
