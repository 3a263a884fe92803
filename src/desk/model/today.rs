//! The day at the counter.

use serde::Serialize;
use utoipa::ToSchema;

use super::LateItem;
use crate::booking::Booking;
use crate::identity::Person;
use crate::kernel::{BookingId, EntryId, ResourceId, Timestamp, UnitId};

/// A booking with all that a page needs to show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeskBooking {
    /// The booking.
    pub booking: Booking,
    /// For whom it is.
    pub requester: Person,
    /// The units that it holds or held, in the order of its items.
    pub units: Vec<UnitLabel>,
}

/// A unit by its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnitLabel {
    /// The unit.
    pub resource_unit_id: UnitId,
    /// What the scanner reads.
    #[schema(examples("CAM-0001"))]
    pub barcode: String,
    /// What it is one of.
    pub resource_id: ResourceId,
    /// What that is called.
    #[schema(examples("Sony FX6"))]
    pub resource_name: String,
}

/// An open offer of the waitlist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OfferAtDesk {
    /// The entry of the waitlist.
    pub id: EntryId,
    /// Its request.
    pub booking_id: BookingId,
    /// Who waits.
    pub requester: Person,
    /// The units that are held.
    pub items: Vec<UnitLabel>,
    /// The first instant of the period offered.
    pub start_at: Timestamp,
    /// The first instant after it.
    pub end_at: Timestamp,
    /// The first instant at which the offer is over.
    pub expires_at: Timestamp,
    /// Whether it is something else than what was asked for.
    pub proposal: bool,
}

/// What there is to do on a day. Each list has at most 200 rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Today {
    /// The day, in the time zone of the organization.
    #[schema(format = Date, examples("2026-10-05"))]
    pub date: String,
    /// That zone.
    #[schema(examples("Europe/Berlin"))]
    pub timezone: String,
    /// The first instant of the day.
    pub from: Timestamp,
    /// The first instant after it; 23, 24 or 25 hours later.
    pub to: Timestamp,
    /// How many there are of each, also of those that are not listed.
    pub counts: TodayCounts,
    /// Granted, beginning before the day ends, and something of it is still to be fetched; by
    /// start.
    pub to_hand_out: Vec<DeskBooking>,
    /// Something of it is out and due before the day ends, and not late yet; by end.
    pub to_take_back: Vec<DeskBooking>,
    /// What is out and should be back, the longest first.
    pub late: Vec<LateItem>,
    /// Bookings whose unit may not be there in time; by start.
    pub endangered: Vec<DeskBooking>,
    /// What is held for people who wait; by the end of the offer.
    pub open_offers: Vec<OfferAtDesk>,
}

/// How many there are of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct TodayCounts {
    /// Bookings to hand out.
    #[schema(minimum = 0)]
    pub to_hand_out: i64,
    /// Bookings to take back.
    #[schema(minimum = 0)]
    pub to_take_back: i64,
    /// Items that are late.
    #[schema(minimum = 0)]
    pub late: i64,
    /// Bookings in danger.
    #[schema(minimum = 0)]
    pub endangered: i64,
    /// Open offers.
    #[schema(minimum = 0)]
    pub open_offers: i64,
}

/// The first rows of what there is, and how much there is.
#[derive(Debug, Clone)]
pub(in crate::desk) struct Pile<T> {
    pub(in crate::desk) rows: Vec<T>,
    pub(in crate::desk) count: i64,
}
