//! What somebody asks for: a period and units, by name or by number.

use uuid::Uuid;

use super::{ResourceId, UnitId, Window};

/// One line of a demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemandLine {
    /// Exactly this unit.
    Unit(UnitId),
    /// So many units of this resource, whichever are free.
    Any(ResourceId, u32),
}

impl DemandLine {
    /// How many units it asks for.
    pub fn quantity(self) -> usize {
        match self {
            Self::Unit(_) => 1,
            Self::Any(_, quantity) => usize::try_from(quantity).unwrap_or(usize::MAX),
        }
    }
}

/// A request for units over a period: all of it or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// When the units are wanted, without any buffer.
    pub window: Window,
    /// What is wanted.
    pub lines: Vec<DemandLine>,
    /// For whom the units are held: the booking. Its own claims never stand in its way.
    pub holder: Uuid,
    /// Units that are kept where they are free: those the holder has had so far.
    pub preferred: Vec<UnitId>,
    /// Units that will not do: the holder has them for something else.
    pub excluded: Vec<UnitId>,
}
