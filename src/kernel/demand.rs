//! What somebody asks for: a period and units, by name or by number.

use serde::{Deserialize, Serialize};

use super::{ResourceId, UnitId, Window};

/// One line of a demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DemandLine {
    /// Exactly this unit.
    Unit(UnitId),
    /// So many units of this resource, whichever are free.
    Any(ResourceId, u32),
}

/// A request for units over a period: all of it or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// When the units are wanted, without any buffer.
    pub window: Window,
    /// What is wanted.
    pub lines: Vec<DemandLine>,
    /// The holder whose own claims do not count, when something is moved.
    pub holder: Option<uuid::Uuid>,
}
