//! What a request is measured by, and what comes of it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::calendar::Alternative;
use crate::kernel::names::names;
use crate::kernel::{ResourceId, UnitId};

names! {
    /// A rule that a request must pass.
    RuleName {
        /// Everything that is asked for is lent at present.
        InService = "in_service",
        /// How many days it lasts, at the most.
        MaxBookingDays = "max_booking_days",
        /// How many days ahead it begins, at the most.
        MaxAdvanceDays = "max_advance_days",
        /// How many active bookings the person would have, at the most.
        MaxActiveBookings = "max_active_bookings",
        /// What the person owes, in cents, at the most.
        BlockWhenFinesExceedCents = "block_when_fines_exceed_cents",
        /// How many minutes ahead it begins, at the least.
        MinLeadMinutes = "min_lead_minutes",
        /// Enough units are free for the whole period: the limit is how many.
        UnitsFree = "units_free",
    }
}

/// A rule, and whether a request passes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct RuleCheck {
    /// The rule.
    pub rule: RuleName,
    /// Whether it allows the request.
    pub passed: bool,
    /// What it allows; null: it has no limit, or is switched off.
    #[schema(required, examples(30))]
    pub limit: Option<i64>,
    /// What was asked, in the unit of the limit; null: it counts nothing.
    #[schema(required, examples(2))]
    pub asked: Option<i64>,
}

/// Whether a request could be booked, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BookingCheck {
    /// Whether `POST /bookings` would book it now: every rule is passed.
    pub bookable: bool,
    /// Every rule. The first one that is not passed is the one by which it is refused.
    pub rules: Vec<RuleCheck>,
    /// The units that would be taken now, in the order of the items; none when units lack.
    pub units: Vec<CheckedUnit>,
    /// What could be had instead where units lack, as in the refusal; none otherwise.
    #[schema(max_items = 5)]
    pub alternatives: Vec<Alternative>,
}

/// A unit that would be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct CheckedUnit {
    /// Its resource.
    pub resource_id: ResourceId,
    /// The unit.
    pub resource_unit_id: UnitId,
}
