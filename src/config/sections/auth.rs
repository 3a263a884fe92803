//! How people sign in.

use garde::Validate;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

use crate::keys::LONGEST_TOKEN_SECONDS;

/// Signing in.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct Auth {
    /// How long an access token is good for, in seconds.
    #[garde(range(min = 60, max = LONGEST_TOKEN_SECONDS))]
    pub access_token_ttl_seconds: u32,
    /// How long a refresh token is good for, in days.
    #[garde(range(min = 1, max = 365))]
    pub refresh_token_ttl_days: u32,
    /// What the first organization is made with; without it a file beside the database holds one.
    #[garde(custom(long_enough))]
    #[serde(serialize_with = "hidden")]
    pub bootstrap_token: Option<SecretString>,
    /// How many passwords are hashed at once; each takes about 20 MiB. 0: half of the machine's
    /// cores, and at least one.
    #[garde(range(min = 0, max = 64))]
    pub hashes_at_once: u32,
}

impl Default for Auth {
    fn default() -> Self {
        Self {
            access_token_ttl_seconds: 900,
            refresh_token_ttl_days: 30,
            bootstrap_token: None,
            hashes_at_once: 0,
        }
    }
}

#[expect(clippy::ref_option, reason = "garde hands over the field as it is")]
fn long_enough(token: &Option<SecretString>, (): &()) -> garde::Result {
    let length = token.as_ref().map(|token| token.expose_secret().len());
    if length.is_some_and(|length| !(16..=256).contains(&length)) {
        return Err(garde::Error::new("must have 16 to 256 characters"));
    }
    Ok(())
}

#[expect(clippy::ref_option, reason = "serde hands over the field as it is")]
fn hidden<S: Serializer>(secret: &Option<SecretString>, to: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(|_| "(hidden)").serialize(to)
}
