//! The waitlist: who asked for what was not free, who is served next and why, and what is held for
//! whom until when.
//!
//! Endpoints: `/waitlist…`, `/me/waitlist`. Owns `waitlist_entries`, `waitlist_items`,
//! `waitlist_queue`, `waitlist_offers`.
//!
//! Invariants, which `pret verify` recomputes after the fact:
//!
//! 1. With `auto_offer` on, no waiting entry could be served by units that are free: whatever
//!    frees a unit ends with [`take_turn`] in the same transaction.
//! 2. The stored score is what the one ranking statement (`store/ranking.sql`) computes from role,
//!    penalties, active bookings and the weights of the policy; [`take_turn`] refreshes it.
//! 3. An open offer holds its units as claims. It is over at `expires_at`, by the clock inside the
//!    transaction, and every write first ends what is over ([`expire_due`]).
//! 4. An entry is served whole or not at all, by score; its request leaves WAITLISTED with it.

mod actions;
pub(crate) mod api;
mod model;
mod rules;
mod store;

pub use actions::{
    accept, approve, cancel, decline, expire, expire_due, get, join, list, list_own, next_due,
    offer, pass_on, propose, reject, take_full_turn, take_turn, verify,
};
pub use model::{
    Entry, EntryFilters, EntryItem, EntryStatus, NewOffer, NewProposal, Offer, OfferItem,
    OwnEntryFilters, Score,
};
