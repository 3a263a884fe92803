//! Claims, what stands in the way of one, and what could be had instead.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::kernel::{BookingId, DemandLine, ItemId, ResourceId, Timestamp, UnitId, Window};

/// For what a unit is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimKind {
    /// A booking holds it.
    Booking,
    /// An open offer of the waitlist holds it.
    Offer,
    /// Planned maintenance.
    Maintenance,
}

impl ClaimKind {
    /// As it stands in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Booking => "booking",
            Self::Offer => "offer",
            Self::Maintenance => "maintenance",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Booking, Self::Offer, Self::Maintenance].into_iter().find(|kind| kind.name() == name)
    }
}

/// A line of a demand together with what is known of its resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedLine {
    /// What was asked for.
    pub line: DemandLine,
    /// Its resource.
    pub resource_id: ResourceId,
    /// Kept free behind the period, in minutes.
    pub buffer_minutes: i64,
    /// Why it can't be booked at present, if so.
    pub obstacle: Option<&'static str>,
}

/// A unit that is now held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The line of the demand it serves, counted from 0.
    pub line: usize,
    /// Its resource.
    pub resource_id: ResourceId,
    /// The unit.
    pub unit_id: UnitId,
}

/// A unit that is out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Custody {
    /// The item of a booking for which it is out.
    pub item_id: ItemId,
    /// That booking.
    pub booking_id: BookingId,
    /// The unit.
    pub unit_id: UnitId,
    /// Since when.
    pub since: Timestamp,
    /// When it is to be back.
    pub due_at: Timestamp,
}

/// A line of a demand that can't be served, and how far it could.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// The line of the demand, counted from 0.
    pub line: usize,
    /// How many units it asks for.
    pub wanted: usize,
    /// How many of those are free for the whole period, at the most.
    pub free: usize,
    /// Why nothing of it is lent at present, if so.
    pub obstacle: Option<&'static str>,
}

/// What there is for a demand at present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supply {
    /// The units that would be taken, by line; none when anything lacks.
    pub units: Vec<Held>,
    /// What lacks, by line.
    pub lacks: Vec<Lack>,
    /// How many units are asked for.
    pub wanted: usize,
    /// How many there are for that; fewer than `wanted` exactly when something lacks.
    pub free: usize,
}

/// A unit that could be taken, with the free time around the wanted period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) unit_id: UnitId,
    /// Free milliseconds before the period, counted from now at the earliest; negative: taken.
    pub(super) before: i64,
    /// Free milliseconds after it; none: nothing follows.
    pub(super) after: Option<i64>,
    /// How often it was claimed so far.
    pub(super) uses: i64,
    /// Whether it is out with somebody else and should be back.
    pub(super) late: bool,
}

/// What stands in the way: a unit and the period in which it is taken. Names nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Conflict {
    /// The resource that was asked for.
    pub resource_id: ResourceId,
    /// The unit that is taken.
    pub resource_unit_id: UnitId,
    /// From when.
    pub start_at: Timestamp,
    /// Until when, with the time kept free after it.
    pub end_at: Timestamp,
}

/// Something that could be booked instead, as `POST /bookings` takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Alternative {
    /// The period.
    pub start_at: Timestamp,
    /// Its end.
    pub end_at: Timestamp,
    /// The same request, or another resource of the same type.
    pub items: Vec<AlternativeItem>,
}

/// An item of an alternative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct AlternativeItem {
    /// Any units of this resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<ResourceId>,
    /// Exactly this unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_unit_id: Option<UnitId>,
    /// How many.
    pub quantity: u32,
}

impl From<DemandLine> for AlternativeItem {
    fn from(line: DemandLine) -> Self {
        match line {
            DemandLine::Unit(unit) => {
                Self { resource_id: None, resource_unit_id: Some(unit), quantity: 1 }
            }
            DemandLine::Any(resource, quantity) => {
                Self { resource_id: Some(resource), resource_unit_id: None, quantity }
            }
        }
    }
}

/// A unit and when it is taken, for searches on a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BusyUnit {
    pub(super) unit_id: UnitId,
    pub(super) resource_id: ResourceId,
    /// Whether it is lent at all at present.
    pub(super) lendable: bool,
    /// Since when it should be back, if it is late.
    pub(super) late_since: Option<Timestamp>,
    /// In order of time, disjoint.
    pub(super) claims: Vec<Busy>,
}

/// A period in which a unit is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Busy {
    pub(super) window: Window,
    pub(super) kind: BusyKind,
    pub(super) buffer_minutes: i64,
}

/// Why a unit is not free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BusyKind {
    /// A booking holds it.
    Booking,
    /// It is offered to somebody who waited for it.
    Offer,
    /// Kept free after a booking.
    Buffer,
    /// In maintenance.
    Maintenance,
    /// It should be back and is not.
    Late,
}

impl From<ClaimKind> for BusyKind {
    fn from(kind: ClaimKind) -> Self {
        match kind {
            ClaimKind::Booking => Self::Booking,
            ClaimKind::Offer => Self::Offer,
            ClaimKind::Maintenance => Self::Maintenance,
        }
    }
}

/// A period in which a unit is not free. Names nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BusyInterval {
    /// From when.
    pub start_at: Timestamp,
    /// Until when.
    pub end_at: Timestamp,
    /// Why.
    pub kind: BusyKind,
}

/// The calendar of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnitAvailability {
    /// The unit.
    pub resource_unit_id: UnitId,
    /// Whether it is lent at all at present; if not it counts as never free.
    pub lendable: bool,
    /// When it is not free, in order of time.
    pub busy: Vec<BusyInterval>,
}

/// How many units are free over a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FreeStep {
    /// From when.
    pub start_at: Timestamp,
    /// Until when; the next step begins here.
    pub end_at: Timestamp,
    /// Free units throughout.
    #[schema(examples(3))]
    pub free: u32,
}

/// The calendar of a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ResourceAvailability {
    /// The resource.
    pub resource_id: ResourceId,
    /// The number of free units as a step function over the whole range.
    pub steps: Vec<FreeStep>,
    /// Each unit.
    pub units: Vec<UnitAvailability>,
}

/// The free units of a resource of a type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct ResourceSteps {
    /// The resource.
    pub resource_id: ResourceId,
    /// The number of free units as a step function over the whole range.
    pub steps: Vec<FreeStep>,
}

/// The free units of all resources of a type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct TypeAvailability {
    /// Each resource, by name.
    pub data: Vec<ResourceSteps>,
}

/// The range of a calendar.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Range {
    /// The first instant.
    #[param(value_type = String, format = DateTime, example = "2026-10-05T00:00:00Z")]
    pub from: Timestamp,
    /// The first instant after; at most 366 days later.
    #[param(value_type = String, format = DateTime, example = "2026-10-12T00:00:00Z")]
    pub to: Timestamp,
}

/// The range of a calendar of a type.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypeRange {
    /// The type of the resources.
    #[param(max_length = 200, example = "camera")]
    pub r#type: String,
    /// The first instant.
    #[param(value_type = String, format = DateTime, example = "2026-10-05T00:00:00Z")]
    pub from: Timestamp,
    /// The first instant after; at most 366 days later.
    #[param(value_type = String, format = DateTime, example = "2026-10-12T00:00:00Z")]
    pub to: Timestamp,
}
