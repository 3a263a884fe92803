//! Tags: words that resources are found by.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{TagId, Timestamp, text};

/// A word that resources are found by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tag {
    /// Its id.
    pub id: TagId,
    /// The word; once in the organization, compared without case.
    #[schema(examples("video"))]
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was deleted; null: it is not.
    #[schema(required)]
    pub deleted_at: Option<Timestamp>,
}

/// A tag to be made.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTag {
    /// The word; once in the organization, compared without case.
    #[garde(custom(tag_name))]
    #[schema(min_length = 1, max_length = 60, pattern = "^[^,]+$", examples("video"))]
    pub name: String,
}

/// A single line without commas, which separate tags in the filter.
pub(super) fn tag_name(name: &str, context: &()) -> garde::Result {
    if name.contains(',') {
        return Err(garde::Error::new("must not contain a comma"));
    }
    text::line(1, 60)(name, context)
}
