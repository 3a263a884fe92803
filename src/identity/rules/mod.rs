//! What can be decided without database and clock.

mod fields;
mod hs256;
mod token;

pub(super) use fields::{
    between, bounded, canonical_timezone, currency, limit, opt_roles, password, roles, timezone,
};
pub use token::read_token;
pub(super) use token::{hash_token, make_token, reset_token};
