//! Who may read the figures.

use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::kernel::Networks;

/// `GET /metrics`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct Metrics {
    /// Who may read it besides this machine; nobody by default.
    #[garde(skip)]
    pub allow_from: Networks,
}
