//! The document, and what holds for every operation.
