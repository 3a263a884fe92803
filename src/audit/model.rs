//! Events and what they speak of.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::kernel::names::names;
use crate::kernel::{EventId, Timestamp, UserId};

names! {
    /// What was done to an object.
    Action {
        /// It was made.
        Create = "CREATE",
        /// Its fields changed.
        Update = "UPDATE",
        /// It was deleted, and can be restored.
        SoftDelete = "SOFT_DELETE",
        /// It came back.
        Restore = "RESTORE",
        /// It went into another state.
        StatusChange = "STATUS_CHANGE",
    }
}

names! {
    /// A kind of business object.
    EntityType {
        /// An organization and its policy.
        Organization = "organization",
        /// An account.
        User = "user",
        /// A person in an organization, with roles.
        Member = "member",
        /// An invitation.
        Invitation = "invitation",
        /// A resource.
        Resource = "resource",
        /// A unit.
        Unit = "unit",
        /// A tag.
        Tag = "tag",
        /// A booking with its items.
        Booking = "booking",
    }
}

/// A change, as the slice that makes it reports it.
#[derive(Debug, Clone)]
pub struct Change {
    /// What kind of object.
    pub entity_type: EntityType,
    /// Which one.
    pub entity_id: String,
    /// What was done.
    pub action: Action,
    /// The whole object before; none when it is new.
    pub before: Option<Value>,
    /// The whole object after.
    pub after: Option<Value>,
}

/// An event of the trail.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// Its place in the organization's trail, from 1.
    pub seq: i64,
    /// Who did it; null: the system.
    #[schema(required)]
    pub actor_user_id: Option<UserId>,
    /// What kind of object.
    pub entity_type: EntityType,
    /// Which one.
    pub entity_id: String,
    /// What was done.
    pub action: Action,
    /// The whole object before; null when it was made, or the payload was erased.
    #[schema(required)]
    pub before: Option<Value>,
    /// The whole object after; null when the payload was erased.
    #[schema(required)]
    pub after: Option<Value>,
    /// When.
    pub at: Timestamp,
    /// The request that caused it; null: none did.
    #[schema(required)]
    pub request_id: Option<String>,
}

/// The end of an organization's trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Head {
    /// The number of its last event; 0 while there is none.
    pub seq: i64,
    /// The hash of its last event.
    pub hash: String,
}
