//! Members: a person as one organization knows them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::{Role, Timestamp, UserId, Versioned};

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
