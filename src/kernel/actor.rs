//! Who acts: a person with a role in one organization, or the system itself.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::UserId;

/// A role in one organization; each includes the ones before it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Borrows.
    Student,
    /// Runs the desk.
    Staff,
    /// Decides about members and settings.
    Admin,
}

impl Role {
    /// All roles, the lowest first.
    pub const ALL: [Self; 3] = [Self::Student, Self::Staff, Self::Admin];

    /// The name in the API and in the table `roles`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Student => "student",
            Self::Staff => "staff",
            Self::Admin => "admin",
        }
    }

    /// The role with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// On whose behalf a transaction runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// `None`: the system (a job, the command line).
    pub user_id: Option<UserId>,
    /// The highest role held in the organization of the transaction.
    pub role: Role,
    /// The request that caused it, for the audit trail.
    pub request_id: Option<String>,
}

impl Actor {
    /// The system: no person, every right.
    pub const fn system() -> Self {
        Self { user_id: None, role: Role::Admin, request_id: None }
    }

    /// A person.
    pub const fn person(user_id: UserId, role: Role) -> Self {
        Self { user_id: Some(user_id), role, request_id: None }
    }

    /// Whether this is that person.
    pub fn is(&self, user_id: UserId) -> bool {
        self.user_id == Some(user_id)
    }

    /// Staff and admins see and do what concerns other people.
    pub fn is_staff(&self) -> bool {
        self.role >= Role::Staff
    }
}
