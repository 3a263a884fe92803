//! Entries, offers, and what is asked of them.

mod entry;
mod offer;
mod request;

pub use entry::{Entry, EntryItem, EntryStatus, Score};
pub use offer::{Offer, OfferItem};
pub(crate) use request::SORTS;
pub use request::{EntryFilters, NewOffer, NewProposal, OwnEntryFilters};
