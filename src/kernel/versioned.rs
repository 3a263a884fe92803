//! Objects with a version: what an `ETag` is made of.

/// Counts how often it was changed, from 1.
pub trait Versioned {
    /// Whether its body also holds values that are computed and so change without a new version.
    const COMPUTED: bool = false;

    /// The version.
    fn version(&self) -> i64;
}
