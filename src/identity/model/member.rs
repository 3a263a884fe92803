//! Members: a person as one organization knows them.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::identity::rules;
use crate::kernel::{Role, Timestamp, UserId, Versioned, merge, text};

/// A person in an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Member {
    /// The account.
    pub user_id: UserId,
    /// The address the person signs in with.
    #[schema(examples("ada@example.edu"))]
    pub email: String,
    /// What the person is called.
    #[schema(examples("Ada Byron"))]
    pub full_name: String,
    /// Whether the account can sign in.
    pub is_active: bool,
    /// Whether this is the home organization, the only one that may change name and `is_active`.
    pub is_home: bool,
    /// The roles held here, the lowest first; empty for somebody who was a member.
    pub roles: Vec<Role>,
    /// Counts the changes.
    pub version: i64,
    /// Since when the person is known here.
    pub created_at: Timestamp,
}

impl Versioned for Member {
    /// Name and `is_active` belong to the account, which another organization may own.
    const COMPUTED: bool = true;

    fn version(&self) -> i64 {
        self.version
    }
}

/// What is to change about a member; a field left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberPatch {
    /// Exactly these roles; none at all: no longer a member.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(rules::opt_roles))]
    #[schema(nullable = false, examples(json!(["student", "staff"])))]
    pub roles: Option<Vec<Role>>,
    /// What the person is called. Only the home organization may change it.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(text::opt(text::line(1, 200))))]
    #[schema(nullable = false, min_length = 1, max_length = 200, examples("Ada Byron"))]
    pub full_name: Option<String>,
    /// Whether the account can sign in. Only the home organization may change it.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(skip)]
    #[schema(nullable = false, examples(true))]
    pub is_active: Option<bool>,
}

/// Which members are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MemberFilters {
    /// A part of name or email; case and accents do not matter.
    #[param(max_length = 200, example = "byron")]
    pub q: Option<String>,
    /// Only those who hold this role.
    pub role: Option<Role>,
    /// Only accounts that can sign in, or only those that can't.
    pub is_active: Option<bool>,
    /// Those too who hold no role any more.
    #[param(default = false)]
    pub include_former: bool,
}
