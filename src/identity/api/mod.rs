//! Handlers of people, organizations and sessions.

mod import;
mod me;
mod members;
mod organization;
mod passwords;
mod registration;
mod sessions;

pub(crate) use import::*;
pub(crate) use me::*;
pub(crate) use members::*;
pub(crate) use organization::*;
pub(crate) use passwords::*;
pub(crate) use registration::*;
pub(crate) use sessions::*;
