//! A booking as it is stored and shown.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::kernel::names::names;
use crate::kernel::{BookingId, ItemId, ResourceId, Timestamp, UnitId, UserId, Versioned, Window};

/// Where a booking stands. Active are PENDING, APPROVED and `CHECKED_OUT`: they hold their units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Not asked for yet; holds nothing.
    Draft,
    /// A request in the waitlist.
    Waitlisted,
    /// Waits for a decision.
    Pending,
    /// Granted.
    Approved,
    /// Handed out.
    CheckedOut,
    /// Everything is back.
    Returned,
    /// Refused by staff.
    Rejected,
    /// Given up.
    Cancelled,
    /// Not decided or not fetched in time.
    Expired,
}

impl Status {
    /// All states.
    pub const ALL: [Self; 9] = [
        Self::Draft,
        Self::Waitlisted,
        Self::Pending,
        Self::Approved,
        Self::CheckedOut,
        Self::Returned,
        Self::Rejected,
        Self::Cancelled,
        Self::Expired,
    ];

    /// As it stands in the API and the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Waitlisted => "WAITLISTED",
            Self::Pending => "PENDING",
            Self::Approved => "APPROVED",
            Self::CheckedOut => "CHECKED_OUT",
            Self::Returned => "RETURNED",
            Self::Rejected => "REJECTED",
            Self::Cancelled => "CANCELLED",
            Self::Expired => "EXPIRED",
        }
    }

    /// The state with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// Whether its units are held.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Pending | Self::Approved | Self::CheckedOut)
    }
}

/// A booking with its items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Booking {
    /// Its id.
    pub id: BookingId,
    /// For whom it is.
    pub requester_user_id: UserId,
    /// Where it stands.
    pub status: Status,
    /// The first instant of the period.
    pub start_at: Timestamp,
    /// The first instant after the period.
    pub end_at: Timestamp,
    /// What the equipment is for.
    #[schema(max_length = 2000, examples("Short film, second shooting day"))]
    pub purpose: String,
    /// One item for each unit.
    pub items: Vec<BookingItem>,
    /// Whether a unit may not be there in time.
    pub at_risk: bool,
    /// Who approved or rejected it.
    #[schema(required)]
    pub decided_by: Option<UserId>,
    /// What they said.
    #[schema(required, max_length = 2000)]
    pub decision_note: Option<String>,
    /// Counts its changes, from 1.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was given up.
    #[schema(required)]
    pub cancelled_at: Option<Timestamp>,
}

impl Booking {
    /// Its period.
    pub const fn window(&self) -> Window {
        Window { start: self.start_at, end: self.end_at }
    }
}

impl Versioned for Booking {
    fn version(&self) -> i64 {
        self.version
    }
}

names! {
    /// In which condition something came back.
    ReturnCondition {
        /// Unused.
        New = "NEW",
        /// In order.
        Good = "GOOD",
        /// Used a lot, and works.
        Worn = "WORN",
        /// Something is broken.
        Damaged = "DAMAGED",
        /// It did not come back and will not.
        Lost = "LOST",
    }
}

/// One unit of a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BookingItem {
    /// Its id.
    pub id: ItemId,
    /// The resource that was asked for.
    pub resource_id: ResourceId,
    /// The unit that is held; null while nothing is held.
    #[schema(required)]
    pub resource_unit_id: Option<UnitId>,
    /// Always 1.
    #[schema(minimum = 1, maximum = 1)]
    pub quantity: u32,
    /// When it was handed out.
    #[schema(required)]
    pub checked_out_at: Option<Timestamp>,
    /// When it came back; of what was never handed out: when it was let go because nobody came.
    #[schema(required)]
    pub returned_at: Option<Timestamp>,
    /// In which condition it came back.
    #[schema(required)]
    pub return_condition: Option<ReturnCondition>,
    /// What was said about it when it came back.
    #[schema(required, max_length = 2000)]
    pub return_note: Option<String>,
    /// Whether the unit was asked for by name.
    #[serde(skip)]
    #[schema(ignore)]
    pub named: bool,
    /// Whether its unit may not be there in time, and no other was free.
    #[serde(skip)]
    #[schema(ignore)]
    pub endangered: bool,
}

impl BookingItem {
    /// Whether it has been handed out and is not back.
    pub const fn is_out(&self) -> bool {
        self.checked_out_at.is_some() && self.returned_at.is_none()
    }

    /// Whether its unit is kept for somebody who has not come yet.
    pub const fn is_reserved(&self) -> bool {
        self.checked_out_at.is_none() && self.returned_at.is_none()
    }
}

/// What an open offer of the waitlist holds for a request.
#[derive(Debug, Clone)]
pub struct Offered {
    /// What holds the claims: the offer's entry.
    pub holder: Uuid,
    /// The period offered.
    pub window: Window,
    /// The units, each with its resource.
    pub units: Vec<(ResourceId, UnitId)>,
    /// Who of the staff decided about it; none: nobody did, the queue offered it.
    pub decided_by: Option<UserId>,
    /// What they said.
    pub note: Option<String>,
}
