//! What the pages of the counter show.

mod overdue;
mod scan;
mod today;

pub(super) use overdue::{BY_DUE, SORTS};
pub use overdue::{LateItem, ThreatenedBooking};
pub use scan::{
    Barcode, CounterAction, Location, OfferedAction, ScannedCustody, ScannedResource, ScannedUnit,
};
pub(super) use scan::{Found, Reserved};
pub(super) use today::Pile;
pub use today::{DeskBooking, OfferAtDesk, Today, TodayCounts, UnitLabel};
