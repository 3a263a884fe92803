//! What the desk decides.
