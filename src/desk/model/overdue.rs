//! What is late, and whom that endangers.

use serde::Serialize;
use utoipa::ToSchema;

use crate::identity::Person;
use crate::kernel::{BookingId, ItemId, ResourceId, SortColumn, Timestamp, UnitId, UserId};

/// The longest late comes first.
pub(in crate::desk) const BY_DUE: SortColumn = SortColumn { name: "due_at", sql: "k.due_at" };

/// What the list may be sorted by.
pub(in crate::desk) const SORTS: &[SortColumn] = &[BY_DUE];

/// A unit that is out and should be back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LateItem {
    /// The item of the booking.
    pub item_id: ItemId,
    /// The booking.
    pub booking_id: BookingId,
    /// What the unit is one of.
    pub resource_id: ResourceId,
    /// What that is called.
    #[schema(examples("Sony FX6"))]
    pub resource_name: String,
    /// The unit.
    pub resource_unit_id: UnitId,
    /// What the scanner reads.
    #[schema(examples("CAM-0001"))]
    pub barcode: String,
    /// Who has it.
    pub requester: Person,
    /// When it was handed out.
    pub checked_out_at: Timestamp,
    /// When it was to be back.
    pub due_at: Timestamp,
    /// How many days of the organization's time zone it has been late on, begun ones too.
    #[schema(minimum = 1, examples(2))]
    pub days_late: i64,
    /// The bookings that hold it next, begin within `late_horizon_hours`, and have no other unit.
    pub endangers: Vec<ThreatenedBooking>,
}

/// A booking that counts on a unit which is late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ThreatenedBooking {
    /// The booking.
    pub booking_id: BookingId,
    /// The first instant of its period.
    pub start_at: Timestamp,
    /// The first instant after it.
    pub end_at: Timestamp,
    /// For whom it is.
    pub requester_user_id: UserId,
    /// Whether it is marked already, and its requester told.
    pub at_risk: bool,
}
