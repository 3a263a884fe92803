//! An entry as it is stored and shown.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::Offer;
use crate::kernel::names::names;
use crate::kernel::{
    BookingId, DemandLine, EntryId, Error, ResourceId, Result, Timestamp, UnitId, UserId,
    Versioned, Window,
};

names! {
    /// Where an entry stands. The first two are alive.
    EntryStatus {
        /// Waits for its turn.
        Waiting = "WAITING",
        /// Units are held for it until the offer ends.
        Offered = "OFFERED",
        /// Booked.
        Accepted = "ACCEPTED",
        /// Its offer ran out, or its period began.
        Expired = "EXPIRED",
        /// Given up.
        Cancelled = "CANCELLED",
        /// Refused by staff.
        Rejected = "REJECTED",
    }
}

impl EntryStatus {
    /// Whether it may still be served.
    pub const fn is_alive(self) -> bool {
        matches!(self, Self::Waiting | Self::Offered)
    }
}

/// Somebody's place in the queues of what was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// The request: a booking in WAITLISTED until the entry ends.
    pub booking_id: BookingId,
    /// Who waits.
    pub requester_user_id: UserId,
    /// What was asked for: all of it or nothing.
    pub items: Vec<EntryItem>,
    /// The first instant of the period that was asked for.
    pub start_at: Timestamp,
    /// The first instant after it.
    pub end_at: Timestamp,
    /// Where it stands.
    pub status: EntryStatus,
    /// The sum of the parts of `score`, in points as of now; the highest is served first.
    #[schema(examples(35.0))]
    pub priority_score: f64,
    /// What the score consists of.
    pub score: Score,
    /// Why it was passed over the last time its turn came; null: it never was.
    #[schema(required, examples("Item 2: 1 of 2 units free."))]
    pub last_skip: Option<String>,
    /// What is held for it, while an offer is open.
    #[schema(required)]
    pub offer: Option<Offer>,
    /// Counts its changes, from 1; the score changes without one.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When it was made; its age counts from here.
    pub created_at: Timestamp,
    /// Whether its last offer ran out.
    #[serde(skip)]
    #[schema(ignore)]
    pub offer_ran_out: bool,
}

/// A line of what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EntryItem {
    /// The resource.
    pub resource_id: ResourceId,
    /// The unit that was asked for by name; null: any.
    #[schema(required)]
    pub resource_unit_id: Option<UnitId>,
    /// How many units.
    #[schema(minimum = 1)]
    pub quantity: u32,
    /// The place in the queue of this resource, from 1; null while it does not wait.
    #[schema(required, minimum = 1, examples(1))]
    pub position: Option<i64>,
}

/// The parts of a priority, in points. They add up to `priority_score`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub struct Score {
    /// For the time since the entry was made; grows without end.
    #[schema(examples(30.0))]
    pub age: f64,
    /// For the highest role.
    #[schema(examples(0))]
    pub role: i64,
    /// Taken away for late returns of twelve months and unpaid fines; never above 0.
    #[schema(examples(-15))]
    pub penalties: i64,
    /// Taken away for bookings that are active; never above 0.
    #[schema(examples(-5))]
    pub active_bookings: i64,
}

impl Versioned for Entry {
    const COMPUTED: bool = true;

    fn version(&self) -> i64 {
        self.version
    }
}

impl Entry {
    /// The period that was asked for.
    pub const fn window(&self) -> Window {
        Window { start: self.start_at, end: self.end_at }
    }

    /// What was asked for, as the calendar takes it.
    pub fn lines(&self) -> Vec<DemandLine> {
        let any = |item: &EntryItem| DemandLine::Any(item.resource_id, item.quantity);
        let line = |item: &EntryItem| item.resource_unit_id.map_or(any(item), DemandLine::Unit);
        self.items.iter().map(line).collect()
    }

    /// The state that a version stands for: score, places and the last skip change without one.
    pub fn recorded(&self) -> Result<Value> {
        let mut state = serde_json::to_value(self).map_err(Error::internal)?;
        if let Some(members) = state.as_object_mut() {
            for derived in ["priority_score", "score", "last_skip"] {
                members.remove(derived);
            }
        }
        let items = state.get_mut("items").and_then(Value::as_array_mut);
        for item in items.into_iter().flatten() {
            if let Some(members) = item.as_object_mut() {
                members.remove("position");
            }
        }
        Ok(state)
    }
}
