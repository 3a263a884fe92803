//! The words that every slice shares. Imports nothing of this crate.

pub mod actor;
pub mod aftermath;
pub mod bug;
pub mod clock;
pub mod code;
pub mod demand;
pub mod error;
pub mod ids;
pub mod merge;
pub mod money;
pub mod names;
pub mod network;
pub mod page;
pub mod precondition;
pub mod text;
pub mod traces;
pub mod versioned;
pub mod window;

pub use actor::{Actor, Role};
pub use aftermath::Aftermath;
pub use clock::{Clock, ManualClock, SystemClock, Timestamp};
pub use code::Code;
pub use demand::{Demand, DemandLine};
pub use error::{Error, Fault, Result};
pub use ids::{
    BookingId, ClaimId, EntityId, EntryId, EventId, FineId, InvitationId, ItemId, MaintenanceId,
    NotificationId, OrgId, PaymentId, ResourceId, SessionId, TagId, UnitId, UserId,
};
pub use money::Cents;
pub use network::{Networks, network};
pub use page::{Listed, PageRequest, SortColumn, SortKey, SortValue};
pub use precondition::Precondition;
pub use traces::Traces;
pub use versioned::Versioned;
pub use window::Window;
