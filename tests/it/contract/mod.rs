//! What holds for every operation: the document, the refusals, who may do what, what is recorded,
//! what can be repeated.

mod audit;
mod document;
mod operations;
