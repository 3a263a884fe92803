//! Fields of a JSON merge patch (RFC 7396): left out, null and a value are three things.

use serde::{Deserialize, Deserializer};

/// Reads a field that was sent. With `#[serde(default)]` a field left out is `None`; null reaches
/// `T`, so it is a fault of type where `T` is no `Option`, and `Some(None)` where it is one.
pub fn sent<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::sent;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    #[expect(clippy::option_option, reason = "left out and null are two things")]
    struct Patch {
        #[serde(default, deserialize_with = "sent")]
        name: Option<String>,
        #[serde(default, deserialize_with = "sent")]
        serial: Option<Option<String>>,
    }

    #[test]
    fn left_out_null_and_a_value_are_told_apart() {
        let read = |text| serde_json::from_str::<Patch>(text);
        assert_eq!(read("{}").unwrap(), Patch { name: None, serial: None });
        assert_eq!(read(r#"{"serial": null}"#).unwrap().serial, Some(None));
        assert_eq!(read(r#"{"serial": "x"}"#).unwrap().serial, Some(Some("x".into())));
        assert!(read(r#"{"name": null}"#).is_err());
    }
}
