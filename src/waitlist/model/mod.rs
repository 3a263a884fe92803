//! Entries, offers, and what is asked of them.

mod entry;
mod offer;
mod request;

pub use entry::{Entry, EntryItem, EntryStatus, Score};
pub use offer::{Offer, OfferItem};
pub use request::{EntryFilters, NewOffer, NewProposal, OwnEntryFilters};
pub(crate) use request::{NewEntry, SORTS};
