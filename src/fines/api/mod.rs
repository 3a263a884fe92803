//! Fines and payments over HTTP.

mod fines;
mod payments;

pub(crate) use fines::*;
pub(crate) use payments::*;
