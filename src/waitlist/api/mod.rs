//! The waitlist over HTTP.

mod answers;
mod decisions;
mod entries;

pub(crate) use answers::*;
pub(crate) use decisions::*;
pub(crate) use entries::*;
