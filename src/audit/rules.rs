//! The chain: what is hashed, over which encoding.

use sha2::{Digest, Sha256};

/// What the hash of an event covers.
pub(super) struct Link<'a> {
    pub(super) previous: &'a str,
    pub(super) org: &'a str,
    pub(super) id: &'a str,
    pub(super) seq: i64,
    pub(super) actor: Option<&'a str>,
    pub(super) entity_type: &'a str,
    pub(super) entity_id: &'a str,
    pub(super) action: &'a str,
    pub(super) at: i64,
    pub(super) request_id: Option<&'a str>,
    pub(super) payload_digest: &'a str,
}

/// The hash before the first event.
pub(super) const GENESIS: &str = "";

impl Link<'_> {
    /// The hash of the event.
    pub(super) fn hash(&self) -> String {
        let (seq, at) = (self.seq.to_string(), self.at.to_string());
        digest(&[
            Some(self.previous),
            Some(self.org),
            Some(self.id),
            Some(&seq),
            self.actor,
            Some(self.entity_type),
            Some(self.entity_id),
            Some(self.action),
            Some(&at),
            self.request_id,
            Some(self.payload_digest),
        ])
    }
}

/// The salted digest of a payload.
pub(super) fn payload_digest(salt: &str, before: Option<&str>, after: Option<&str>) -> String {
    digest(&[Some(salt), before, after])
}

/// Hashes fields unambiguously: each with its length in front, a missing one told apart from an
/// empty one.
fn digest(fields: &[Option<&str>]) -> String {
    let mut hasher = Sha256::new();
    for field in fields {
        match field {
            None => hasher.update([0]),
            Some(text) => {
                hasher.update([1]);
                hasher.update((text.len() as u64).to_be_bytes());
                hasher.update(text.as_bytes());
            }
        }
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_can_not_run_into_each_other() {
        assert_ne!(
            payload_digest("s", Some("ab"), Some("c")),
            payload_digest("s", Some("a"), Some("bc"))
        );
        assert_ne!(payload_digest("s", None, Some("")), payload_digest("s", Some(""), None));
        assert_ne!(payload_digest("s", None, Some("x")), payload_digest("t", None, Some("x")));
    }
}
