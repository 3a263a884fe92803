//! Resources: a kind of thing, of which there are units.

use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::tag::tag_name;
use super::unit::NewUnit;
use crate::kernel::merge;
use crate::kernel::names::names;
use crate::kernel::{Error, ResourceId, Result, Timestamp, Versioned, text};

names! {
    /// Whether a resource is lent at present.
    ResourceStatus {
        /// It is lent.
        Available = "AVAILABLE",
        /// It is not lent while it is looked after.
        Maintenance = "MAINTENANCE",
        /// It is not lent until further notice.
        Disabled = "DISABLED",
    }
}

/// A kind of thing that is lent.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Resource {
    /// Its id.
    pub id: ResourceId,
    /// What sort of thing it is.
    #[schema(examples("camera"))]
    pub r#type: String,
    /// What people call it.
    #[schema(examples("Sony FX6"))]
    pub name: String,
    /// What there is to know about it.
    #[schema(examples("Full-frame cinema camera, E-mount"))]
    pub description: String,
    /// The maker's number, where there is one.
    #[schema(required, examples("SN-204-118"))]
    pub serial_number: Option<String>,
    /// Whether it is lent at present.
    pub status: ResourceStatus,
    /// The names of its tags, sorted.
    #[schema(examples(json!(["video", "4k"])))]
    pub tags: Vec<String>,
    /// Kept free after each booking, in minutes; null: what the organization's policy says.
    #[schema(required, examples(30))]
    pub buffer_minutes: Option<u32>,
    /// How many units there are; computed at the moment of the answer.
    pub units: UnitCounts,
    /// Counts its changes, from 1.
    #[schema(examples(1))]
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was deleted; null: it is not.
    #[schema(required)]
    pub deleted_at: Option<Timestamp>,
}

/// How many units a resource has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnitCounts {
    /// All that are not deleted.
    #[schema(examples(4))]
    pub total: i64,
    /// Those that could be handed out right now.
    #[schema(examples(3))]
    pub available: i64,
}

impl Versioned for Resource {
    const COMPUTED: bool = true;

    fn version(&self) -> i64 {
        self.version
    }
}

impl Resource {
    /// The state that a version stands for: the counts change without one.
    pub fn recorded(&self) -> Result<Value> {
        let mut state = serde_json::to_value(self).map_err(Error::internal)?;
        if let Some(members) = state.as_object_mut() {
            members.remove("units");
        }
        Ok(state)
    }
}

/// A resource to be made.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewResource {
    /// What sort of thing it is.
    #[garde(custom(text::line(1, 200)))]
    #[schema(min_length = 1, max_length = 200, examples("camera"))]
    pub r#type: String,
    /// What people call it.
    #[garde(custom(text::line(1, 200)))]
    #[schema(min_length = 1, max_length = 200, examples("Sony FX6"))]
    pub name: String,
    /// What there is to know about it.
    #[serde(default)]
    #[garde(custom(text::prose(10_000)))]
    #[schema(max_length = 10_000, examples("Full-frame cinema camera, E-mount"))]
    pub description: String,
    /// The maker's number, where there is one.
    #[garde(custom(text::opt(text::line(1, 200))))]
    #[schema(min_length = 1, max_length = 200, examples("SN-204-118"))]
    pub serial_number: Option<String>,
    /// AVAILABLE unless said.
    #[garde(skip)]
    pub status: Option<ResourceStatus>,
    /// Names of tags; unknown ones are made.
    #[serde(default)]
    #[garde(length(max = 50), inner(custom(tag_name)))]
    #[schema(max_items = 50, examples(json!(["video", "4k"])))]
    pub tags: Vec<String>,
    /// Kept free after each booking, in minutes; left out: what the organization's policy says.
    #[garde(range(max = 10_080))]
    #[schema(minimum = 0, maximum = 10_080, examples(30))]
    pub buffer_minutes: Option<u32>,
    /// Its first units.
    #[serde(default)]
    #[garde(length(max = 100), dive)]
    #[schema(max_items = 100)]
    pub units: Vec<NewUnit>,
}

/// What is to change about a resource; a field left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ResourcePatch {
    /// What sort of thing it is.
    #[serde(deserialize_with = "merge::sent")]
    #[garde(custom(text::opt(text::line(1, 200))))]
    #[schema(nullable = false, min_length = 1, max_length = 200, examples("camera"))]
    pub r#type: Option<String>,
    /// What people call it.
    #[serde(deserialize_with = "merge::sent")]
    #[garde(custom(text::opt(text::line(1, 200))))]
    #[schema(nullable = false, min_length = 1, max_length = 200, examples("Sony FX6"))]
    pub name: Option<String>,
    /// What there is to know about it.
    #[serde(deserialize_with = "merge::sent")]
    #[garde(custom(text::opt(text::prose(10_000))))]
    #[schema(nullable = false, max_length = 10_000, examples("Comes with two batteries"))]
    pub description: Option<String>,
    /// The maker's number; null takes it away.
    #[serde(deserialize_with = "merge::sent")]
    #[garde(custom(text::nullable(text::line(1, 200))))]
    #[schema(min_length = 1, max_length = 200, examples("SN-204-118"))]
    pub serial_number: Option<Option<String>>,
    /// Taking out of service what active bookings hold is refused.
    #[serde(deserialize_with = "merge::sent")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub status: Option<ResourceStatus>,
    /// The whole list of its tags; unknown ones are made.
    #[serde(deserialize_with = "merge::sent")]
    #[garde(inner(length(max = 50), inner(custom(tag_name))))]
    #[schema(nullable = false, max_items = 50, examples(json!(["video", "4k"])))]
    pub tags: Option<Vec<String>>,
    /// Kept free after each booking, in minutes; null: what the organization's policy says.
    #[serde(deserialize_with = "merge::sent")]
    #[garde(inner(inner(range(max = 10_080))))]
    #[schema(minimum = 0, maximum = 10_080, examples(30))]
    pub buffer_minutes: Option<Option<u32>>,
}
