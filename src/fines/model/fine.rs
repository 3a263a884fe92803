//! A fine as it is stored and shown.

use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::names::names;
use crate::kernel::{BookingId, Cents, FineId, Timestamp, UserId, Versioned};

names! {
    /// What a fine is for.
    FineKind {
        /// Something came back late: made at the return, by the policy.
        Late = "LATE",
        /// Something came back damaged.
        Damage = "DAMAGE",
        /// Something did not come back.
        Loss = "LOSS",
        /// Anything else; the note says what.
        Other = "OTHER",
    }
}

names! {
    /// What staff impose a fine for; late ones are made at the return alone.
    ImposedKind {
        /// Something came back damaged.
        Damage = "DAMAGE",
        /// Something did not come back.
        Loss = "LOSS",
        /// Anything else; the note says what.
        Other = "OTHER",
    }
}

impl From<ImposedKind> for FineKind {
    fn from(kind: ImposedKind) -> Self {
        match kind {
            ImposedKind::Damage => Self::Damage,
            ImposedKind::Loss => Self::Loss,
            ImposedKind::Other => Self::Other,
        }
    }
}

names! {
    /// Where a fine stands. What is OPEN counts as debt, less what was paid of it.
    FineStatus {
        /// Something is left to pay.
        Open = "OPEN",
        /// All of it was paid.
        Paid = "PAID",
        /// The rest of it was forgiven.
        Waived = "WAIVED",
    }
}

/// What somebody owes, for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fine {
    /// Its id.
    pub id: FineId,
    /// Who owes it.
    pub user_id: UserId,
    /// The booking that is the reason; null where none is.
    #[schema(required)]
    pub booking_id: Option<BookingId>,
    /// What it is for.
    pub kind: FineKind,
    /// How much it is, in cents.
    #[schema(value_type = i64, minimum = 1, examples(1500))]
    pub amount_cents: Cents,
    /// How much of it was paid so far, in cents.
    #[schema(value_type = i64, minimum = 0, examples(500))]
    pub paid_cents: Cents,
    /// Where it stands.
    pub status: FineStatus,
    /// What was said about it: why it was imposed, or why it was waived.
    #[schema(required, max_length = 2000, examples("The lens is scratched"))]
    pub note: Option<String>,
    /// Counts its changes, from 1.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Versioned for Fine {
    fn version(&self) -> i64 {
        self.version
    }
}

/// An item that came back, as far as a fine depends on it.
#[derive(Debug, Clone)]
pub struct LateReturn {
    /// For whom it was out.
    pub user_id: UserId,
    /// With which booking.
    pub booking_id: BookingId,
    /// When it was to be back.
    pub due_at: Timestamp,
    /// When it was back.
    pub returned_at: Timestamp,
    /// What the fine says of it, at most 2,000 characters.
    pub note: Option<String>,
}
