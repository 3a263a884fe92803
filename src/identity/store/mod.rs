//! SQL over people, organizations and sessions.

mod accounts;
mod erasure;
mod import;
mod invitations;
mod members;
mod organizations;
mod sessions;

pub(super) use accounts::*;
pub(super) use erasure::*;
pub(super) use import::*;
pub(super) use invitations::*;
pub(super) use members::*;
pub(super) use organizations::*;
pub(super) use sessions::*;
