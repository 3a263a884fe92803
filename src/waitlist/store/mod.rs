//! SQL over entries, queues and offers.

mod due;
mod entries;
mod list;
mod offers;
#[cfg(test)]
mod plans;
mod queue;
mod ranking;
mod verify;

pub(super) use due::{earliest_due, list_due};
pub(super) use entries::{
    alive_of, entry_of, everybody_alive, find, insert, pass_on, settle, skip,
};
pub(super) use list::{list, with_places};
pub(super) use offers::{
    delete_offer, insert_offer, offered_units, offers_of_late_units, offers_without_service,
};
pub(super) use queue::{
    Candidate, LentUnit, enter_queue, every_unit, leave_queue, lent_units, next_candidate,
    queued_resources, resources_of,
};
pub(super) use ranking::{Ranked, ranking, set_score};
pub(super) use verify::{Alive, alive, claims_without_offer, out_of_place, stray_requests};
