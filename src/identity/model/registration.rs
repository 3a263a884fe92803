//! Registering: the first organization with its admin, afterwards members.

use garde::Validate;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Member, NewOrganization, Organization};
use crate::identity::rules;
use crate::kernel::{Role, Versioned, text};

/// Either form; which one holds depends on whether an organization exists.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged)]
#[expect(
    dead_code,
    reason = "describes the body; each form is read by itself, so that its faults are named"
)]
pub(crate) enum RegistrationRequest {
    /// Once an organization exists: an admin makes a member.
    Member(MemberRegistration),
    /// While no organization exists.
    First(FirstRegistration),
}

/// The first organization and its admin.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FirstRegistration {
    /// From the settings, or from the file that the log names.
    #[garde(skip)]
    #[schema(value_type = String, examples("Zm9yIG9uZSB1c2Ugb25seQ"))]
    pub bootstrap_token: SecretString,
    /// The organization.
    #[garde(dive)]
    pub organization: NewOrganization,
    /// What the admin signs in with.
    #[garde(custom(text::email))]
    #[schema(min_length = 3, max_length = 254, examples("ada@example.edu"))]
    pub email: String,
    /// What the admin signs in with.
    #[garde(custom(rules::password))]
    #[schema(value_type = String, min_length = 12, max_length = 128, examples("correct horse battery staple"))]
    pub password: SecretString,
    /// What the admin is called.
    #[garde(custom(text::line(1, 200)))]
    #[schema(min_length = 1, max_length = 200, examples("Ada Byron"))]
    pub full_name: String,
}

/// A member with a new account.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberRegistration {
    /// What the person signs in with; in use by nobody.
    #[garde(custom(text::email))]
    #[schema(min_length = 3, max_length = 254, examples("grace@example.edu"))]
    pub email: String,
    /// What the person signs in with.
    #[garde(custom(rules::password))]
    #[schema(value_type = String, min_length = 12, max_length = 128, examples("correct horse battery staple"))]
    pub password: SecretString,
    /// What the person is called.
    #[garde(custom(text::line(1, 200)))]
    #[schema(min_length = 1, max_length = 200, examples("Grace Murray"))]
    pub full_name: String,
    /// Each once; `student` unless said.
    #[serde(default = "student")]
    #[garde(length(min = 1), custom(rules::roles))]
    #[schema(min_items = 1, default = json!(["student"]), examples(json!(["student"])))]
    pub roles: Vec<Role>,
}

fn student() -> Vec<Role> {
    vec![Role::Student]
}

/// What was registered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Registered {
    /// A member with a new account.
    Member(Member),
    /// The first organization and its admin.
    First(Box<FirstRegistered>),
}

impl Versioned for Registered {
    const COMPUTED: bool = true;

    fn version(&self) -> i64 {
        match self {
            Self::Member(member) => member.version,
            Self::First(first) => first.member.version,
        }
    }
}

/// The first organization and its admin.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FirstRegistered {
    /// The organization.
    pub organization: Organization,
    /// Its admin.
    pub member: Member,
}

/// An attempt to register an address that belongs to an account, as the audit trail shows it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RefusedRegistration {
    /// The address.
    pub email: String,
    /// The code of the refusal.
    pub refused: &'static str,
}
