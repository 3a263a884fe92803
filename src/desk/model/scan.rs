//! A unit in the hand of somebody at the counter.

use std::str::FromStr;

use serde::Serialize;
use utoipa::ToSchema;

use super::DeskBooking;
use crate::booking::Status;
use crate::identity::Person;
use crate::inventory::{ResourceStatus, Unit, UnitStatus};
use crate::kernel::names::names;
use crate::kernel::{BookingId, ItemId, ResourceId, Timestamp, UnitId, text};

/// What the scanner read: 1 to 100 characters without the blanks around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Barcode(pub String);

impl FromStr for Barcode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text::line(1, 100)(text, &()).map_err(|fault| fault.to_string())?;
        Ok(Self(text.trim().to_owned()))
    }
}

names! {
    /// Where a unit is.
    Location {
        /// With somebody.
        Out = "OUT",
        /// In its place, and it is lent.
        Here = "HERE",
        /// Not out, and it is not lent at present: itself or its resource.
        OutOfService = "OUT_OF_SERVICE",
    }
}

names! {
    /// What can be done with a unit at the counter.
    CounterAction {
        /// `POST /bookings/{id}/return` with the barcode.
        Return = "return",
        /// `POST /bookings/{id}/check-out` with the barcode.
        CheckOut = "check_out",
        /// Take it out of service, whatever it is reserved for.
        Withdraw = "withdraw",
        /// Plan maintenance.
        Maintenance = "maintenance",
        /// `PATCH /units/{id}` with the status AVAILABLE.
        RestoreService = "restore_service",
    }
}

/// Something that would succeed now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct OfferedAction {
    /// What.
    pub action: CounterAction,
    /// With which booking; null where none is needed.
    #[schema(required)]
    pub booking_id: Option<BookingId>,
}

/// A resource by its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ScannedResource {
    /// Its id.
    pub id: ResourceId,
    /// What it is called.
    #[schema(examples("Sony FX6"))]
    pub name: String,
    /// What kind of thing it is.
    #[schema(examples("camera"))]
    pub r#type: String,
    /// Whether its units are lent at present.
    pub status: ResourceStatus,
}

/// With whom a unit is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ScannedCustody {
    /// The booking it is out with.
    pub booking_id: BookingId,
    /// The item of that booking.
    pub item_id: ItemId,
    /// Since when.
    pub since: Timestamp,
    /// When it is to be back.
    pub due_at: Timestamp,
    /// Who has it.
    pub requester: Person,
}

/// A unit, where it is, whose it is, and what can be done with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ScannedUnit {
    /// The unit.
    pub unit: Unit,
    /// What it is one of.
    pub resource: ScannedResource,
    /// Where it is.
    pub location: Location,
    /// Whether it is out and should be back.
    pub late: bool,
    /// With whom it is; null: with nobody.
    #[schema(required)]
    pub custody: Option<ScannedCustody>,
    /// The booking it is out with, else the active one that reserves it now.
    #[schema(required)]
    pub current_booking: Option<DeskBooking>,
    /// The active booking that reserves it next.
    #[schema(required)]
    pub next_booking: Option<DeskBooking>,
    /// What would succeed now.
    pub actions: Vec<OfferedAction>,
}

/// A unit that was found by its barcode, and whether it is lent.
#[derive(Debug, Clone)]
pub(in crate::desk) struct Found {
    pub(in crate::desk) unit_id: UnitId,
    pub(in crate::desk) unit_status: UnitStatus,
    pub(in crate::desk) resource: ScannedResource,
}

/// An active booking that keeps a unit for somebody who has not fetched it.
#[derive(Debug, Clone, Copy)]
pub(in crate::desk) struct Reserved {
    pub(in crate::desk) booking_id: BookingId,
    pub(in crate::desk) status: Status,
    pub(in crate::desk) start_at: Timestamp,
    pub(in crate::desk) end_at: Timestamp,
    /// Whether it lets go of the unit by itself before anything else happens.
    pub(in crate::desk) is_due: bool,
}
