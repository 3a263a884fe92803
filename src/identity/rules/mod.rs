//! What can be decided without database and clock.

mod fields;
mod hs256;
mod people;
mod sheet;
mod token;

pub(super) use fields::{
    between, bounded, canonical_timezone, currency, limit, opt_roles, password, roles, timezone,
};
pub(super) use people::{outcome, read_people};
pub use sheet::write_sheet;
pub use token::read_token;
pub(super) use token::{hash_token, make_token, password_link, reset_token};
