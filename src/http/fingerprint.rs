//! `Idempotency-Key`: which key a request bears, and what makes it the same request again.

use axum::http::{HeaderMap, HeaderName, Uri};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::kernel::{Code, Error, Result};
use crate::keys::Mac;

/// The header.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A key and the fingerprint of the request that bears it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// As the caller chose it.
    pub key: String,
    /// Keyed hash of method, path, query and JSON value.
    pub fingerprint: String,
}

/// Reads the header.
///
/// # Errors
/// `idempotency_key_missing` where it is required, `idempotency_key_invalid` otherwise.
pub fn read_key(headers: &HeaderMap, required: bool) -> Result<Option<String>> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else {
        if required {
            return Err(Error::new(
                Code::IdempotencyKeyMissing,
                "Send Idempotency-Key: a value of your choice that is new for each new request.",
            ));
        }
        return Ok(None);
    };
    let key = value.to_str().ok().filter(|key| (1..=255).contains(&key.len()));
    match key.filter(|key| values.next().is_none() && !key.chars().any(char::is_control)) {
        Some(key) => Ok(Some(key.to_owned())),
        None => Err(Error::new(
            Code::IdempotencyKeyInvalid,
            "Idempotency-Key must be sent once, with 1 to 255 printable ASCII characters.",
        )),
    }
}

/// The same for the same method, path, query and JSON value, however that value is written.
pub fn fingerprint(mac: &Mac, method: &str, uri: &Uri, body: &Value) -> String {
    let text = format!("{method}\n{}\n{}\n{body}", uri.path(), uri.query().unwrap_or_default());
    URL_SAFE_NO_PAD.encode(mac.sign(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_members_does_not_matter_and_the_path_does() {
        let mac = Mac::new(b"a key for this test");
        let of = |uri: &'static str, text: &str| {
            let value: Value = serde_json::from_str(text).unwrap();
            fingerprint(&mac, "POST", &Uri::from_static(uri), &value)
        };
        assert_eq!(of("/a", r#"{"x":1,"y":[2]}"#), of("/a", r#"{ "y": [2], "x": 1 }"#));
        assert_ne!(of("/a", "{}"), of("/b", "{}"));
        assert_ne!(of("/a", "{}"), of("/a?x=1", "{}"));
        assert_ne!(of("/a", r#"{"x":1}"#), of("/a", r#"{"x":"1"}"#));
    }
}
