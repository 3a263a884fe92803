//! SQL over bookings and their items.

mod anonymise;
mod bookings;
mod due;
mod facts;
mod items;
mod list;
mod peril;
mod verify;

pub(super) use anonymise::{anonymise, bookings_of, list_forgettable};
pub(super) use bookings::{find, find_many, insert, set_status, settle, update};
pub(super) use due::{earliest_due, list_due};
pub(super) use facts::{count_active, earliest_waiting, owed_cents, scanned_unit};
pub(super) use items::{replace_items, update_item};
pub(super) use list::list;
pub(super) use peril::{
    at_risk, at_risk_beside, endangered_items, held_out_of_service, lateness_due, newly_endangered,
};
pub(super) use verify::{
    claims_without_item, items_without_claim, perils_at_odds, schedules_at_odds,
};
