//! Tokens: signed, short-lived, checked in every claim.

use super::model::Credentials;
use crate::kernel::{Result, Timestamp};
use crate::keys::Keys;

/// Reads an access token.
///
/// # Errors
/// `unauthenticated` or `token_expired`.
pub fn read_token(_keys: &Keys, _token: &str, _now: Timestamp) -> Result<Credentials> {
    todo!()
}
