//! Which web pages may call.

use garde::Validate;
use serde::{Deserialize, Serialize};

/// Web pages of other origins that may call.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct Cors {
    /// Such as `https://desk.example.edu`; none by default.
    #[garde(inner(custom(is_origin)))]
    pub origins: Vec<String>,
}

/// A scheme and a host, perhaps a port.
#[expect(clippy::ptr_arg, reason = "garde hands over the field as it is")]
pub(super) fn is_origin(origin: &String, (): &()) -> garde::Result {
    let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    let is_plain = |host: &str| {
        host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte))
    };
    if host.is_some_and(|host| !host.is_empty() && is_plain(host)) {
        return Ok(());
    }
    Err(garde::Error::new("must be a scheme and a host, such as https://desk.example.edu"))
}
