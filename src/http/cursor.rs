//! Cursors: a position in a list, sealed so that it can't be changed or used on another list.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::kernel::{Code, Error, Result, SortValue};
use crate::keys::Mac;

/// Longer cursors are refused unread.
const LONGEST: usize = 1024;
/// Bytes of the seal in front.
const SEAL: usize = 16;

/// Writes a position. `list` says which list: organization, path, filters and order.
///
/// A position of long texts would not fit: then the id alone is kept, and the list looks the rest up.
pub fn encode(mac: &Mac, list: &str, position: &[SortValue]) -> String {
    let whole = sealed(mac, list, position);
    match position.last() {
        Some(id) if whole.len() > LONGEST => sealed(mac, list, std::slice::from_ref(id)),
        _ => whole,
    }
}

fn sealed(mac: &Mac, list: &str, position: &[SortValue]) -> String {
    let payload = serde_json::to_vec(position).unwrap_or_default();
    let mut sealed = seal(mac, list, &payload);
    sealed.extend(payload);
    URL_SAFE_NO_PAD.encode(sealed)
}

/// Reads a position of the same list.
///
/// # Errors
/// `invalid_cursor` when it was changed, made for another list, or is too long.
pub fn decode(mac: &Mac, list: &str, cursor: &str) -> Result<Vec<SortValue>> {
    open(mac, list, cursor).ok_or_else(|| {
        Error::new(
            Code::InvalidCursor,
            "Take the cursor from next_cursor of the same list, with the same filters and sort.",
        )
    })
}

fn open(mac: &Mac, list: &str, cursor: &str) -> Option<Vec<SortValue>> {
    if cursor.len() > LONGEST {
        return None;
    }
    let sealed = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (given, payload) = sealed.split_at_checked(SEAL)?;
    let expected = seal(mac, list, payload);
    bool::from(subtle::ConstantTimeEq::ct_eq(given, expected.as_slice())).then_some(())?;
    serde_json::from_slice(payload).ok()
}

fn seal(mac: &Mac, list: &str, payload: &[u8]) -> Vec<u8> {
    let mut text = list.as_bytes().to_vec();
    text.push(0);
    text.extend(payload);
    let mut seal = mac.sign(&text);
    seal.truncate(SEAL);
    seal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_only_unchanged_and_on_its_own_list() {
        let mac = Mac::new(b"a key for this test");
        let position = vec![SortValue::Integer(7), SortValue::Text("é".into())];
        let cursor = encode(&mac, "/resources", &position);
        assert_eq!(decode(&mac, "/resources", &cursor).unwrap(), position);
        assert!(decode(&mac, "/bookings", &cursor).is_err());
        for changed in [format!("{cursor}A"), cursor[1..].to_owned(), String::new()] {
            assert!(decode(&mac, "/resources", &changed).is_err());
        }
        assert!(decode(&mac, "/resources", &"A".repeat(1025)).is_err());
    }
}
