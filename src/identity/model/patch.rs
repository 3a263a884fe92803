//! Changes of an organization, as merge patches.

use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Policy, PriorityWeightsPatch, RoleLimits, RoleSwitches};
use crate::identity::rules;
use crate::kernel::{merge, text};

/// The longest periods of the policy, in days.
const DAYS: u32 = 3_650;
/// The most active bookings a limit can name.
const BOOKINGS: u32 = 10_000;
/// The longest lead, in minutes: a year.
const LEAD: u32 = 525_600;
/// The longest buffer, in minutes: a week.
const BUFFER: u32 = 10_080;
/// The longest grace, in minutes: a week.
const GRACE: u32 = 10_080;
/// The longest horizon of a late unit, in hours: 60 days.
const HORIZON: u32 = 1_440;
/// The highest fine and debt that the policy can name, in cents.
const DEBT: u32 = 1_000_000_000;
/// The longest that an offer holds, in seconds: a week.
const OFFER: u32 = 604_800;
/// How many months closed bookings can be kept: late returns count for twelve.
const RETENTION: (u32, u32) = (12, 120);

/// What is to change about the organization; a field left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizationPatch {
    /// What it is called.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(text::opt(text::line(1, 200))))]
    #[schema(nullable = false, min_length = 1, max_length = 200, examples("School of Media"))]
    pub name: Option<String>,
    /// An IANA time zone.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(text::opt(rules::timezone)))]
    #[schema(nullable = false, examples("Europe/Berlin"))]
    pub timezone: Option<String>,
    /// ISO 4217.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(text::opt(rules::currency)))]
    #[schema(nullable = false, pattern = "^[A-Z]{3}$", examples("EUR"))]
    pub currency: Option<String>,
    /// What it allows.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(dive)]
    #[schema(nullable = false)]
    pub policy: Option<PolicyPatch>,
}

/// What is to change about the policy; null switches a limit off.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyPatch {
    /// Whether a booking is approved at once, by the role of the person it is for.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub auto_approve: Option<RoleSwitchesPatch>,
    /// How many active bookings a person may have, by role.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(dive)]
    #[schema(nullable = false)]
    pub max_active_bookings: Option<RoleLimitsPatch>,
    /// The longest booking, in days.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(rules::limit(1, DAYS)))]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 3650, examples(30))]
    pub max_booking_days: Option<Option<u32>>,
    /// How far ahead a booking may begin, in days.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(rules::limit(1, DAYS)))]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 3650, examples(365))]
    pub max_advance_days: Option<Option<u32>>,
    /// How long before its start a booking must be made, in minutes.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(rules::between(0, LEAD, "minutes")))]
    #[schema(nullable = false, minimum = 0, maximum = 525_600, examples(0))]
    pub min_lead_minutes: Option<u32>,
    /// Kept free after each booking, in minutes; a resource may set its own.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(rules::between(0, BUFFER, "minutes")))]
    #[schema(nullable = false, minimum = 0, maximum = 10_080, examples(15))]
    pub buffer_minutes: Option<u32>,
    /// How long after its start a booking that nobody fetches is kept, in minutes.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(rules::limit(0, GRACE)))]
    #[schema(value_type = Option<u32>, minimum = 0, maximum = 10_080, examples(120))]
    pub no_show_grace_minutes: Option<Option<u32>>,
    /// A unit that is late is refused for periods that begin within so many hours.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(rules::limit(0, HORIZON)))]
    #[schema(value_type = Option<u32>, minimum = 0, maximum = 1440, examples(24))]
    pub late_horizon_hours: Option<Option<u32>>,
    /// Who is late by no more than this pays no fine, in minutes.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(rules::between(0, GRACE, "minutes")))]
    #[schema(nullable = false, minimum = 0, maximum = 10_080, examples(30))]
    pub late_grace_minutes: Option<u32>,
    /// The fine for an item that came back late, for each begun day, in cents; 0: none.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(rules::between(0, DEBT, "cents")))]
    #[schema(nullable = false, minimum = 0, maximum = 1_000_000_000, examples(200))]
    pub late_fine_cents_per_day: Option<u32>,
    /// The highest fine for one late item, in cents.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(rules::limit(0, DEBT)))]
    #[schema(value_type = Option<u32>, minimum = 0, maximum = 1_000_000_000, examples(5000))]
    pub late_fine_cap_cents: Option<Option<u32>>,
    /// Who owes more than this in open fines can't book, in cents.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(rules::limit(0, DEBT)))]
    #[schema(value_type = Option<u32>, minimum = 0, maximum = 1_000_000_000, examples(2000))]
    pub block_when_fines_exceed_cents: Option<Option<u32>>,
    /// Whether what becomes free is offered to who waits for it, without staff.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(skip)]
    #[schema(nullable = false, examples(true))]
    pub auto_offer: Option<bool>,
    /// How long an offer holds, in seconds.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(rules::between(1, OFFER, "seconds")))]
    #[schema(nullable = false, minimum = 1, maximum = 604_800, examples(600))]
    pub offer_ttl_seconds: Option<u32>,
    /// Who comes first in the waitlist.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(dive)]
    #[schema(nullable = false)]
    pub priority_weights: Option<PriorityWeightsPatch>,
    /// So many months after they are over, bookings and settled fines lose the person they were
    /// of; null: they are kept as they are. Not less than a year, for which late returns count.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(rules::limit(RETENTION.0, RETENTION.1)))]
    #[schema(value_type = Option<u32>, minimum = 12, maximum = 120, examples(24))]
    pub retention_months: Option<Option<u32>>,
}

/// Switches to change.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleSwitchesPatch {
    /// For students.
    #[serde(default, deserialize_with = "merge::sent")]
    #[schema(nullable = false, examples(false))]
    pub student: Option<bool>,
    /// For staff.
    #[serde(default, deserialize_with = "merge::sent")]
    #[schema(nullable = false, examples(true))]
    pub staff: Option<bool>,
    /// For admins.
    #[serde(default, deserialize_with = "merge::sent")]
    #[schema(nullable = false, examples(true))]
    pub admin: Option<bool>,
}

/// Limits to change; null: none.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleLimitsPatch {
    /// For students.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(rules::limit(0, BOOKINGS)))]
    #[schema(value_type = Option<u32>, minimum = 0, maximum = 10_000, examples(10))]
    pub student: Option<Option<u32>>,
    /// For staff.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(rules::limit(0, BOOKINGS)))]
    #[schema(value_type = Option<u32>, minimum = 0, maximum = 10_000)]
    pub staff: Option<Option<u32>>,
    /// For admins.
    #[serde(default, deserialize_with = "merge::sent")]
    #[garde(custom(rules::limit(0, BOOKINGS)))]
    #[schema(value_type = Option<u32>, minimum = 0, maximum = 10_000)]
    pub admin: Option<Option<u32>>,
}

impl PolicyPatch {
    /// The policy with these changes.
    pub(in crate::identity) fn applied_to(&self, policy: &Policy) -> Policy {
        let switches = self.auto_approve.clone().unwrap_or_default();
        let limits = self.max_active_bookings.clone().unwrap_or_default();
        let (approve, active) = (policy.auto_approve, policy.max_active_bookings);
        let weights = self.priority_weights.clone().unwrap_or_default();
        Policy {
            auto_approve: RoleSwitches {
                student: switches.student.unwrap_or(approve.student),
                staff: switches.staff.unwrap_or(approve.staff),
                admin: switches.admin.unwrap_or(approve.admin),
            },
            max_active_bookings: RoleLimits {
                student: limits.student.unwrap_or(active.student),
                staff: limits.staff.unwrap_or(active.staff),
                admin: limits.admin.unwrap_or(active.admin),
            },
            max_booking_days: self.max_booking_days.unwrap_or(policy.max_booking_days),
            max_advance_days: self.max_advance_days.unwrap_or(policy.max_advance_days),
            min_lead_minutes: self.min_lead_minutes.unwrap_or(policy.min_lead_minutes),
            buffer_minutes: self.buffer_minutes.unwrap_or(policy.buffer_minutes),
            no_show_grace_minutes: self
                .no_show_grace_minutes
                .unwrap_or(policy.no_show_grace_minutes),
            late_horizon_hours: self.late_horizon_hours.unwrap_or(policy.late_horizon_hours),
            late_grace_minutes: self.late_grace_minutes.unwrap_or(policy.late_grace_minutes),
            late_fine_cents_per_day: self
                .late_fine_cents_per_day
                .unwrap_or(policy.late_fine_cents_per_day),
            late_fine_cap_cents: self.late_fine_cap_cents.unwrap_or(policy.late_fine_cap_cents),
            block_when_fines_exceed_cents: self
                .block_when_fines_exceed_cents
                .unwrap_or(policy.block_when_fines_exceed_cents),
            auto_offer: self.auto_offer.unwrap_or(policy.auto_offer),
            offer_ttl_seconds: self.offer_ttl_seconds.unwrap_or(policy.offer_ttl_seconds),
            priority_weights: weights.applied_to(policy.priority_weights),
            retention_months: self.retention_months.unwrap_or(policy.retention_months),
        }
    }
}
