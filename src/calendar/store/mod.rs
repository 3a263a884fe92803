//! SQL over claims, over what is out, and over the units they speak of.

mod busy;
mod claims;
mod custody;

pub(super) use busy::{Scope, busy_units, conflicts};
pub(super) use claims::{
    Taking, buffer_of, candidates, delete_claim, delete_of, longest_buffer, longest_end, overlaps,
    resolve, resource_exists, set_holder, take, type_of,
};
pub(super) use custody::{
    custody_at_odds, custody_of, delete_custody, insert_custody, set_custody_due,
};
