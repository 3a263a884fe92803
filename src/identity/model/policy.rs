//! What an organization allows.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PriorityWeights;
use crate::kernel::{Role, Timestamp, bug};

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
    /// How long after its start a booking that nobody fetches is kept, in minutes; null: until its
    /// period is over.
    #[schema(required)]
    pub no_show_grace_minutes: Option<u32>,
    /// A unit that is late is refused for periods that begin within so many hours; null: never.
    #[schema(required)]
    pub late_horizon_hours: Option<u32>,
    /// Who is late by no more than this pays no fine, in minutes.
    pub late_grace_minutes: u32,
    /// The fine for an item that came back late, for each begun day in the organization's time
    /// zone, in cents; 0: none.
    pub late_fine_cents_per_day: u32,
    /// The highest fine for one late item, in cents.
    #[schema(required)]
    pub late_fine_cap_cents: Option<u32>,
    /// Who owes more than this in open fines can't book, in cents.
    #[schema(required)]
    pub block_when_fines_exceed_cents: Option<u32>,
    /// Whether what becomes free is offered to who waits for it, without staff.
    pub auto_offer: bool,
    /// How long an offer holds, in seconds.
    pub offer_ttl_seconds: u32,
    /// Who comes first in the waitlist.
    pub priority_weights: PriorityWeights,
    /// So many months after they are over, bookings and settled fines lose the person they were
    /// of; null: they are kept as they are.
    #[schema(required)]
    pub retention_months: Option<u32>,
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
            no_show_grace_minutes: Some(120),
            late_horizon_hours: Some(24),
            late_grace_minutes: 30,
            late_fine_cents_per_day: 0,
            late_fine_cap_cents: Some(5_000),
            block_when_fines_exceed_cents: Some(2_000),
            auto_offer: true,
            offer_ttl_seconds: 600,
            priority_weights: PriorityWeights::default(),
            retention_months: None,
        }
    }
}

impl Policy {
    /// What was over before this instant is of nobody any more; none: it is kept.
    ///
    /// Calendar months in UTC: twelve of them are never less than the 365 days for which a late
    /// return counts.
    pub fn kept_since(&self, now: Timestamp) -> Option<Timestamp> {
        let months = self.retention_months?;
        now.months_before(if bug::seeded("retention_too_early") { 1 } else { months })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_kept_before_a_field_was_known_reads_with_its_default() {
        let read = |text| serde_json::from_str::<Policy>(text).unwrap();
        assert_eq!(read("{}"), Policy::default());
        let old = read(r#"{"max_booking_days": null, "buffer_minutes": 15}"#);
        let expected = Policy { max_booking_days: None, buffer_minutes: 15, ..Policy::default() };
        assert_eq!(old, expected);
        let partly = read(r#"{"priority_weights": {"role": {"staff": 7}}}"#).priority_weights;
        assert_eq!((partly.age_per_day, partly.role.staff, partly.role.admin), (10, 7, 20));
    }
}
