//! What the one who waits answers.
