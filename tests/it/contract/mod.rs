//! What holds for every operation: the document, the refusals, who may do what, what is recorded,
//! what can be repeated.

mod access;
mod audit;
mod document;
mod idempotency;
mod operations;
mod order;
mod problems;
mod revocation;
mod versions;
mod world;
