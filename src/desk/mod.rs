//! The counter: what is to be done today, what is late, and what a scanned barcode stands for.
//!
//! Endpoints: `GET /desk/today`, `GET /desk/overdue`, `GET /desk/scan/{barcode}`, for staff. Owns no
//! table and changes nothing. Invariants: a page is one snapshot and costs what it shows; days are
//! those of the organization's time zone; an action is offered only where it would succeed.

mod actions;
pub(crate) mod api;
mod model;
mod rules;
mod store;

pub use actions::{overdue, scan, today};
pub use model::{
    Barcode, CounterAction, DeskBooking, LateItem, Location, OfferAtDesk, OfferedAction,
    ScannedCustody, ScannedResource, ScannedUnit, ThreatenedBooking, Today, TodayCounts, UnitLabel,
};
