//! Notifications, and what is asked about them.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::merge::sent;
use crate::kernel::names::names;
use crate::kernel::{BookingId, EntryId, NotificationId, SortColumn, Timestamp};

names! {
    /// What a notification is about. `OFFER_MADE`: a unit is held for me until `expires_at`;
    /// `OFFER_ENDED`: it ran out or was withdrawn; `DECIDED`: a request or booking of mine was
    /// decided, `status` says how; `EXPIRED`: a request ended without a decision or a unit; `MOVED`:
    /// a booking got another unit; `AT_RISK`: a unit may not be there in time.
    NotificationKind {
        /// A unit is held for me until `expires_at`.
        OfferMade = "OFFER_MADE",
        /// An offer ran out or was withdrawn.
        OfferEnded = "OFFER_ENDED",
        /// A request of mine was decided: `status` says how, `note` what was said.
        Decided = "DECIDED",
        /// A request of mine ended without a decision or a unit.
        Expired = "EXPIRED",
        /// A booking of mine got another unit.
        Moved = "MOVED",
        /// A unit of my booking may not be there in time.
        AtRisk = "AT_RISK",
    }
}

/// Something that happened to me and that I have not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// What it is about.
    pub kind: NotificationKind,
    /// The booking it speaks of.
    #[schema(required)]
    pub booking_id: Option<BookingId>,
    /// The entry of the waitlist it speaks of.
    #[schema(required)]
    pub waitlist_entry_id: Option<EntryId>,
    /// What became of the booking or entry: the status it took.
    #[schema(required, examples("APPROVED"))]
    pub status: Option<String>,
    /// Until when an offer holds.
    #[schema(required)]
    pub expires_at: Option<Timestamp>,
    /// What somebody said about it.
    #[schema(required, max_length = 2000, examples("Enjoy"))]
    pub note: Option<String>,
    /// When it happened.
    pub created_at: Timestamp,
}

/// What is told, in the words of the slice in which it happens.
#[derive(Debug, Clone)]
pub struct News {
    /// What it is about.
    pub kind: NotificationKind,
    /// The booking it speaks of.
    pub booking_id: Option<BookingId>,
    /// The entry of the waitlist it speaks of.
    pub waitlist_entry_id: Option<EntryId>,
    /// The status that the booking or entry took.
    pub status: Option<&'static str>,
    /// Until when an offer holds.
    pub expires_at: Option<Timestamp>,
    /// What somebody said about it, at most 2,000 characters.
    pub note: Option<String>,
}

impl News {
    /// Of this kind, and nothing else said yet.
    pub const fn of(kind: NotificationKind) -> Self {
        Self {
            kind,
            booking_id: None,
            waitlist_entry_id: None,
            status: None,
            expires_at: None,
            note: None,
        }
    }
}

/// Which notifications are read now.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkRead {
    /// These; left out: all that are unread.
    #[garde(length(min = 1, max = 200))]
    #[serde(default, deserialize_with = "sent")]
    #[schema(nullable = false, min_items = 1, max_items = 200)]
    pub ids: Option<Vec<NotificationId>>,
}

/// How many notifications were marked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MarkedRead {
    /// How many were unread and are read now.
    #[schema(minimum = 0)]
    pub read: usize,
}

/// What notifications may be sorted by.
pub(super) const SORTS: &[SortColumn] = &[SortColumn { name: "created_at", sql: "n.created_at" }];
