//! SQL for the pages of the counter: reads, and nothing else.

mod labels;
mod overdue;
mod scan;
mod today;

pub(super) use labels::{people, unit_labels};
pub(super) use overdue::{count_late, list_late, threatened};
pub(super) use scan::{find_by_barcode, reserved};
pub(super) use today::{
    OpenOffer, endangered, offered_units, open_offers, to_hand_out, to_take_back,
};
