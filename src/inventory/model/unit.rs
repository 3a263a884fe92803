//! Units: one physical thing each, told apart by barcode.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::merge;
use crate::kernel::names::names;
use crate::kernel::{ResourceId, Timestamp, UnitId, Versioned, text};

names! {
    /// What a unit looks like.
    UnitCondition {
        /// Unused.
        New = "NEW",
        /// In order.
        Good = "GOOD",
        /// Used a lot, and works.
        Worn = "WORN",
        /// Something is broken.
        Damaged = "DAMAGED",
    }
}

names! {
    /// Whether a unit is lent at present.
    UnitStatus {
        /// It is lent.
        Available = "AVAILABLE",
        /// It is not lent while it is looked after.
        Maintenance = "MAINTENANCE",
        /// Nobody knows where it is.
        Lost = "LOST",
        /// It is lent no more.
        Retired = "RETIRED",
    }
}

/// One physical thing of a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// What it is one of.
    pub resource_id: ResourceId,
    /// What the scanner reads.
    #[schema(examples("CAM-0001"))]
    pub barcode: String,
    /// What it looks like.
    pub condition: UnitCondition,
    /// Whether it is lent at present.
    pub status: UnitStatus,
    /// What was said when it left service; null while it is in service.
    #[schema(required, max_length = 2000, examples("The shutter sticks"))]
    pub status_note: Option<String>,
    /// Counts its changes, from 1.
    #[schema(examples(1))]
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was deleted; null: it is not.
    #[schema(required)]
    pub deleted_at: Option<Timestamp>,
}

impl Versioned for Unit {
    fn version(&self) -> i64 {
        self.version
    }
}

/// A unit to be made.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUnit {
    /// What the scanner reads; once in the organization.
    #[garde(custom(text::line(1, 100)))]
    #[schema(min_length = 1, max_length = 100, examples("CAM-0001"))]
    pub barcode: String,
    /// GOOD unless said.
    #[garde(skip)]
    pub condition: Option<UnitCondition>,
}

/// What is to change about a unit; a field left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct UnitPatch {
    /// What the scanner reads; once in the organization.
    #[serde(deserialize_with = "merge::sent")]
    #[garde(custom(text::opt(text::line(1, 100))))]
    #[schema(nullable = false, min_length = 1, max_length = 100, examples("CAM-0001"))]
    pub barcode: Option<String>,
    /// What it looks like.
    #[serde(deserialize_with = "merge::sent")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub condition: Option<UnitCondition>,
    /// Taking out of service what active bookings hold is refused.
    #[serde(deserialize_with = "merge::sent")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub status: Option<UnitStatus>,
}
