//! What a write leaves to be looked at before COMMIT, by slices that its own slice can't see.

use super::{ResourceId, UnitId, UserId};

/// Something that changed and that others must act on in the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aftermath {
    /// This unit may be free where it was not, or is lent no more.
    Unit(UnitId),
    /// The same for all units of this resource.
    Resource(ResourceId),
    /// What counts for this person in a queue has changed: role, bookings, debts, membership.
    Person(UserId),
    /// The policy of the organization says something else about queues.
    Policy,
}
