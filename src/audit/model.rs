//! Events and what they speak of.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use crate::kernel::names::names;
use crate::kernel::{EntityId, EventId, OrgId, Timestamp, UserId};

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
        /// An attempt to register an address that belongs to an account already.
        Registration = "registration",
        /// A resource.
        Resource = "resource",
        /// A unit.
        Unit = "unit",
        /// A tag.
        Tag = "tag",
        /// A booking with its items.
        Booking = "booking",
        /// An entry of the waitlist with its offer.
        WaitlistEntry = "waitlist_entry",
        /// Planned maintenance of a unit.
        Maintenance = "maintenance",
        /// A fine.
        Fine = "fine",
        /// A payment of a fine.
        Payment = "payment",
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

/// A whole object as the answers of its endpoints show it, without what is only computed for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObjectState(pub Map<String, Value>);

impl PartialSchema for ObjectState {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .description(Some(
                "A whole business object, with the members that its own schema names; which one, \
                 says the entity type. What is only computed for an answer is left out.",
            ))
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .examples([serde_json::json!({
                "id": "019a2f64-5c00-7000-8000-000000000001",
                "barcode": "CAM-0001",
                "condition": "GOOD",
                "status": "AVAILABLE",
                "version": 1
            })])
            .into()
    }
}

impl ToSchema for ObjectState {}

/// An event of the trail.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// Its place in the organization's trail, from 1.
    #[schema(examples(118))]
    pub seq: i64,
    /// Who did it; null: the system.
    #[schema(required)]
    pub actor_user_id: Option<UserId>,
    /// What kind of object.
    pub entity_type: EntityType,
    /// Which one.
    pub entity_id: EntityId,
    /// What was done.
    pub action: Action,
    /// The whole object before; null when it was made, when the payload was erased, and when it is
    /// this event that tells of an erasure.
    #[schema(required)]
    pub before: Option<ObjectState>,
    /// The whole object after; null when the payload was erased.
    #[schema(required)]
    pub after: Option<ObjectState>,
    /// When.
    pub at: Timestamp,
    /// The request that caused it; null: none did.
    #[schema(required)]
    pub request_id: Option<String>,
}

/// Which events are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EventFilters {
    /// About this kind of object.
    #[param(inline)]
    pub entity_type: Option<EntityType>,
    /// About this object.
    pub entity_id: Option<EntityId>,
    /// What this person did.
    pub actor: Option<UserId>,
    /// Of this kind.
    #[param(inline)]
    pub action: Option<Action>,
    /// At this time or later.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub to: Option<Timestamp>,
}

/// At which time an object is wanted.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AtTime {
    /// As it was then; now unless said.
    pub at: Option<Timestamp>,
}

/// The end of an organization's trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The number of its last event; 0 while there is none.
    pub seq: i64,
    /// The hash of its last event.
    pub hash: String,
}

/// What was found when the chain of an organization was computed anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChainReport {
    /// Whose chain.
    pub org: OrgId,
    /// How many events there are.
    pub events: u64,
    /// How many of them have their payload erased.
    pub erased: u64,
    /// Where the chain ends.
    pub head: Head,
    /// What is wrong; nothing, unless somebody tampered with the file.
    pub faults: Vec<String>,
}
