//! What is held for somebody until a certain instant.

use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::{ResourceId, Timestamp, UnitId, UserId, Window};

/// An open offer: its units are held for nobody else while now lies before `expires_at`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Offer {
    /// The units that are held.
    pub items: Vec<OfferItem>,
    /// The first instant of the period offered.
    pub start_at: Timestamp,
    /// The first instant after it.
    pub end_at: Timestamp,
    /// The first instant at which it is over.
    pub expires_at: Timestamp,
    /// Whether it is something else than what was asked for: declining it keeps the place.
    pub proposal: bool,
    /// What was said with it.
    #[schema(required, max_length = 2000)]
    pub note: Option<String>,
    /// Who of the staff offered it; none: the queue did.
    #[serde(skip)]
    #[schema(ignore)]
    pub offered_by: Option<UserId>,
}

/// A unit that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct OfferItem {
    /// Its resource.
    pub resource_id: ResourceId,
    /// The unit.
    pub resource_unit_id: UnitId,
}

impl Offer {
    /// The period offered.
    pub const fn window(&self) -> Window {
        Window { start: self.start_at, end: self.end_at }
    }
}
