//! The house itself.
