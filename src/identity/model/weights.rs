//! What weighs how much when people wait for the same thing, and changes of it.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::identity::rules;
use crate::kernel::merge;

/// The most points that a weight can have.
const POINTS: u32 = 1_000;

/// What a place in the waitlist is made of, in points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct PriorityWeights {
    /// Points for each day of waiting.
    pub age_per_day: u32,
    /// Points for the highest role of the person.
    pub role: RoleWeights,
    /// Points taken away for each late return.
    pub late_return: u32,
    /// Points taken away for each fine that is not paid.
    pub unpaid_fine: u32,
    /// Points taken away for each active booking.
    pub active_booking: u32,
}

impl Default for PriorityWeights {
    fn default() -> Self {
        Self {
            age_per_day: 10,
            role: RoleWeights::default(),
            late_return: 15,
            unpaid_fine: 10,
            active_booking: 5,
        }
    }
}

/// Points for each role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct RoleWeights {
    /// For students.
    pub student: u32,
    /// For staff.
    pub staff: u32,
    /// For admins.
    pub admin: u32,
}

impl Default for RoleWeights {
    fn default() -> Self {
        Self { student: 0, staff: 20, admin: 20 }
    }
}

/// Weights to change, in points.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriorityWeightsPatch {
    /// Points for each day of waiting.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(rules::between(0, POINTS, "points")))]
    #[schema(nullable = false, minimum = 0, maximum = 1_000, examples(10))]
    pub age_per_day: Option<u32>,
    /// Points for the highest role of the person.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(dive)]
    #[schema(nullable = false)]
    pub role: Option<RoleWeightsPatch>,
    /// Points taken away for each late return.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(rules::between(0, POINTS, "points")))]
    #[schema(nullable = false, minimum = 0, maximum = 1_000, examples(15))]
    pub late_return: Option<u32>,
    /// Points taken away for each fine that is not paid.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(rules::between(0, POINTS, "points")))]
    #[schema(nullable = false, minimum = 0, maximum = 1_000, examples(10))]
    pub unpaid_fine: Option<u32>,
    /// Points taken away for each active booking.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(rules::between(0, POINTS, "points")))]
    #[schema(nullable = false, minimum = 0, maximum = 1_000, examples(5))]
    pub active_booking: Option<u32>,
}

impl PriorityWeightsPatch {
    /// The weights with these changes.
    pub(super) fn applied_to(&self, weights: PriorityWeights) -> PriorityWeights {
        let role = self.role.as_ref();
        PriorityWeights {
            age_per_day: self.age_per_day.unwrap_or(weights.age_per_day),
            role: role.map_or(weights.role, |role| role.applied_to(weights.role)),
            late_return: self.late_return.unwrap_or(weights.late_return),
            unpaid_fine: self.unpaid_fine.unwrap_or(weights.unpaid_fine),
            active_booking: self.active_booking.unwrap_or(weights.active_booking),
        }
    }
}

/// Points of roles to change.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleWeightsPatch {
    /// For students.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(rules::between(0, POINTS, "points")))]
    #[schema(nullable = false, minimum = 0, maximum = 1_000, examples(0))]
    pub student: Option<u32>,
    /// For staff.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(rules::between(0, POINTS, "points")))]
    #[schema(nullable = false, minimum = 0, maximum = 1_000, examples(20))]
    pub staff: Option<u32>,
    /// For admins.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(rules::between(0, POINTS, "points")))]
    #[schema(nullable = false, minimum = 0, maximum = 1_000, examples(20))]
    pub admin: Option<u32>,
}

impl RoleWeightsPatch {
    fn applied_to(&self, weights: RoleWeights) -> RoleWeights {
        RoleWeights {
            student: self.student.unwrap_or(weights.student),
            staff: self.staff.unwrap_or(weights.staff),
            admin: self.admin.unwrap_or(weights.admin),
        }
    }
}
