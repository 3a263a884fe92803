//! Merge patches (RFC 7396): a field that is left out stays, one that is null is cleared.

use serde::{Deserialize, Deserializer};

/// Reads a nullable field of a merge patch: `None` when left out, `Some(None)` when null.
///
/// # Errors
/// When the value is of the wrong type.
pub fn nullable<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}
