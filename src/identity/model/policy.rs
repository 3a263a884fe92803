//! What an organization allows.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::Role;

/// What an organization allows. Null switches a limit off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Policy {
    /// Whether a booking is approved at once, by the role of the person it is for.
    pub auto_approve: RoleSwitches,
    /// How many active bookings a person may have, by role.
    pub max_active_bookings: RoleLimits,
    /// The longest booking, in days.
    #[schema(required)]
    pub max_booking_days: Option<u32>,
    /// How far ahead a booking may begin, in days.
    #[schema(required)]
    pub max_advance_days: Option<u32>,
    /// How long before its start a booking must be made, in minutes.
    pub min_lead_minutes: u32,
    /// Kept free after each booking, in minutes; a resource may set its own.
    pub buffer_minutes: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            auto_approve: RoleSwitches::default(),
            max_active_bookings: RoleLimits::default(),
            max_booking_days: Some(30),
            max_advance_days: Some(365),
            min_lead_minutes: 0,
            buffer_minutes: 0,
        }
    }
}

/// A switch for each role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct RoleSwitches {
    /// For students.
    pub student: bool,
    /// For staff.
    pub staff: bool,
    /// For admins.
    pub admin: bool,
}

impl Default for RoleSwitches {
    fn default() -> Self {
        Self { student: false, staff: true, admin: true }
    }
}

impl RoleSwitches {
    /// The switch of a role.
    pub const fn of(self, role: Role) -> bool {
        match role {
            Role::Student => self.student,
            Role::Staff => self.staff,
            Role::Admin => self.admin,
        }
    }
}

/// A limit for each role; null: none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct RoleLimits {
    /// For students.
    #[schema(required)]
    pub student: Option<u32>,
    /// For staff.
    #[schema(required)]
    pub staff: Option<u32>,
    /// For admins.
    #[schema(required)]
    pub admin: Option<u32>,
}

impl Default for RoleLimits {
    fn default() -> Self {
        Self { student: Some(10), staff: None, admin: None }
    }
}

impl RoleLimits {
    /// The limit of a role.
    pub const fn of(self, role: Role) -> Option<u32> {
        match role {
            Role::Student => self.student,
            Role::Staff => self.staff,
            Role::Admin => self.admin,
        }
    }
}
