//! Organizations.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Policy;
use crate::identity::rules;
use crate::kernel::{OrgId, Timestamp, Versioned, text};

/// A tenant: its people, its things, its rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Organization {
    /// Its id, which `X-Org-Id` bears.
    pub id: OrgId,
    /// What it is called.
    #[schema(examples("School of Media"))]
    pub name: String,
    /// The IANA time zone in which its people think in days.
    #[schema(examples("Europe/Berlin"))]
    pub timezone: String,
    /// The currency of all its amounts (ISO 4217).
    #[schema(examples("EUR"))]
    pub currency: String,
    /// What it allows.
    pub policy: Policy,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Versioned for Organization {
    fn version(&self) -> i64 {
        self.version
    }
}

/// An organization to be made.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrganization {
    /// What it is called.
    #[garde(custom(text::line(1, 200)))]
    #[schema(min_length = 1, max_length = 200, examples("School of Media"))]
    pub name: String,
    /// An IANA time zone.
    #[garde(custom(rules::timezone))]
    #[schema(examples("Europe/Berlin"))]
    pub timezone: String,
    /// ISO 4217; EUR unless said.
    #[serde(default)]
    #[garde(custom(text::opt(rules::currency)))]
    #[schema(pattern = "^[A-Z]{3}$", examples("EUR"))]
    pub currency: Option<String>,
}
