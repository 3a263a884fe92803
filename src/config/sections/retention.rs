//! How long what is needed for a while is kept.

use garde::Validate;
use serde::{Deserialize, Serialize};

/// What is removed by age. How long bookings keep their person is the policy of each organization.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// How long the answer to a request with an `Idempotency-Key` is kept, in hours.
    #[garde(range(min = 24, max = 8_760))]
    pub answers_hours: u32,
    /// How long a notification is kept once it was read, in days.
    #[garde(range(min = 1, max = 3_650))]
    pub read_notifications_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { answers_hours: 48, read_notifications_days: 90 }
    }
}
