//! Invitations into an organization.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::identity::rules;
use crate::kernel::names::names;
use crate::kernel::{InvitationId, OrgId, Role, Timestamp, text};

names! {
    /// What became of an invitation.
    InvitationStatus {
        /// It waits for an answer.
        Open = "OPEN",
        /// The person became a member.
        Accepted = "ACCEPTED",
        /// The person did not want to.
        Declined = "DECLINED",
        /// A newer one replaced it, or the person was removed.
        Withdrawn = "WITHDRAWN",
    }
}

/// An invitation into an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Who invites.
    pub organization: InvitingOrganization,
    /// Who is invited.
    #[schema(examples("ada@example.edu"))]
    pub email: String,
    /// The roles offered.
    pub roles: Vec<Role>,
    /// What became of it.
    pub status: InvitationStatus,
    /// When it was made.
    pub created_at: Timestamp,
}

/// An organization, as somebody sees it who is not a member yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InvitingOrganization {
    /// Its id.
    pub id: OrgId,
    /// What it is called.
    #[schema(examples("School of Media"))]
    pub name: String,
}

/// Whom to invite, and as what.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewInvitation {
    /// Whether it belongs to an account is not told.
    #[garde(custom(text::email))]
    #[schema(min_length = 3, max_length = 254, examples("ada@example.edu"))]
    pub email: String,
    /// At least one, each once.
    #[garde(length(min = 1), custom(rules::roles))]
    #[schema(min_items = 1, examples(json!(["student"])))]
    pub roles: Vec<Role>,
}
