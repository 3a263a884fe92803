//! Planned maintenance of a unit, and taking a unit out of service at once.

use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::unit::UnitStatus;
use crate::kernel::clock::DAY;
use crate::kernel::names::names;
use crate::kernel::text::{opt, prose};
use crate::kernel::{Error, MaintenanceId, Result, Timestamp, UnitId, UserId};

/// The longest maintenance, in days.
const LONGEST_DAYS: i64 = 366;

names! {
    /// Out of service, and why.
    Withdrawn {
        /// It is not lent while it is looked after.
        Maintenance = "MAINTENANCE",
        /// Nobody knows where it is.
        Lost = "LOST",
        /// It is lent no more.
        Retired = "RETIRED",
    }
}

impl From<Withdrawn> for UnitStatus {
    fn from(status: Withdrawn) -> Self {
        match status {
            Withdrawn::Maintenance => Self::Maintenance,
            Withdrawn::Lost => Self::Lost,
            Withdrawn::Retired => Self::Retired,
        }
    }
}

/// Takes a unit out of service, whoever holds it.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"status": "MAINTENANCE", "note": "The shutter sticks"}))]
pub struct Withdrawal {
    /// What becomes of it.
    #[garde(skip)]
    pub status: Withdrawn,
    /// What there is to know about it; shown as `status_note`.
    #[garde(custom(opt(prose(2000))))]
    #[serde(default)]
    #[schema(max_length = 2000, examples("The shutter sticks"))]
    pub note: Option<String>,
}

/// A period in which a unit is looked after.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "start_at": "2026-10-05T08:00:00Z", "end_at": "2026-10-06T16:00:00Z", "note": "Yearly check",
}))]
pub struct NewMaintenance {
    /// The first instant of the period; not in the past.
    #[garde(skip)]
    pub start_at: Timestamp,
    /// The first instant after the period, at most 366 days later.
    #[garde(custom(within_a_year(&self.start_at)))]
    pub end_at: Timestamp,
    /// What is to be done.
    #[garde(custom(opt(prose(2000))))]
    #[serde(default)]
    #[schema(max_length = 2000, examples("Yearly check"))]
    pub note: Option<String>,
}

fn within_a_year(start: &Timestamp) -> impl FnOnce(&Timestamp, &()) -> garde::Result + '_ {
    move |end, ()| {
        if *end > *start && end.since(*start) <= LONGEST_DAYS * DAY {
            return Ok(());
        }
        let detail = format!("must lie after start_at, at most {LONGEST_DAYS} days");
        Err(garde::Error::new(detail))
    }
}

/// Planned maintenance: the unit is held for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Maintenance {
    /// Its id.
    pub id: MaintenanceId,
    /// The unit.
    pub resource_unit_id: UnitId,
    /// The first instant of the period.
    pub start_at: Timestamp,
    /// The first instant after the period.
    pub end_at: Timestamp,
    /// What is to be done.
    #[schema(required, max_length = 2000, examples("Yearly check"))]
    pub note: Option<String>,
    /// Who planned it; null: the system.
    #[schema(required)]
    pub created_by: Option<UserId>,
    /// When it was planned.
    pub created_at: Timestamp,
}

impl Maintenance {
    /// As the trail keeps it: also whether it was taken away, and when.
    pub fn recorded(&self, deleted_at: Option<Timestamp>) -> Result<Value> {
        let mut state = serde_json::to_value(self).map_err(Error::internal)?;
        if let Some(members) = state.as_object_mut() {
            members.insert("deleted_at".to_owned(), json!(deleted_at));
        }
        Ok(state)
    }
}
