//! The chain: what is hashed, over which encoding.

use sha2::{Digest, Sha256};

use super::model::{ChainReport, Head};
use crate::kernel::{OrgId, bug};

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

/// An event as the chain sees it.
pub(super) struct Stored {
    /// Its id.
    pub(super) id: String,
    /// Its place.
    pub(super) seq: i64,
    /// Who did it.
    pub(super) actor: Option<String>,
    /// What kind of object.
    pub(super) entity_type: String,
    /// Which one.
    pub(super) entity_id: String,
    /// What was done.
    pub(super) action: String,
    /// The state before, as text.
    pub(super) before: Option<String>,
    /// The state after, as text.
    pub(super) after: Option<String>,
    /// Milliseconds.
    pub(super) at: i64,
    /// The request.
    pub(super) request_id: Option<String>,
    /// Gone when the payload was erased.
    pub(super) salt: Option<String>,
    /// What the chain covers of the payload.
    pub(super) payload_digest: String,
    /// The link.
    pub(super) hash: String,
}

/// Follows a chain from its beginning. Events are shown to it in order, one by one.
pub(super) struct Follower {
    org: String,
    expected: Option<Head>,
    report: ChainReport,
}

impl Follower {
    /// At the beginning of a chain that is expected to have had this head, if one is known.
    pub(super) fn new(org: OrgId, expected: Option<Head>) -> Self {
        let head = Head { seq: 0, hash: GENESIS.to_owned() };
        let report = ChainReport { org, events: 0, erased: 0, head, faults: Vec::new() };
        Self { org: org.to_string(), expected, report }
    }

    /// The next event. Goes on behind a fault with what the file says, so that each is named once.
    pub(super) fn see(&mut self, event: Stored) {
        let due = self.report.head.seq + 1;
        if event.seq != due {
            self.fault(format!("event {due} is missing: {} stands in its place", event.seq));
        } else if event.hash != self.link(&event).hash() {
            self.fault(format!(
                "event {} has not the hash that its fields and the hash before give",
                event.seq
            ));
        }
        self.see_payload(&event);
        if self
            .expected
            .as_ref()
            .is_some_and(|head| head.seq == event.seq && head.hash != event.hash)
        {
            self.fault(format!(
                "event {} is not the one that was the head: the tail was rewritten",
                event.seq
            ));
        }
        self.report.events += 1;
        self.report.head = Head { seq: event.seq, hash: event.hash };
    }

    fn see_payload(&mut self, event: &Stored) {
        let (before, after) = (event.before.as_deref(), event.after.as_deref());
        match event.salt.as_deref() {
            None if before.is_none() && after.is_none() => self.report.erased += 1,
            Some(salt) if payload_digest(salt, before, after) == event.payload_digest => {}
            _ if bug::seeded("audit_chain_skips_payload") => {}
            _ => self.fault(format!(
                "event {} has not the payload that its digest was made of",
                event.seq
            )),
        }
    }

    /// What was found.
    pub(super) fn finish(mut self) -> ChainReport {
        let end = self.report.head.seq;
        if let Some(head) = self.expected.take().filter(|head| head.seq > end) {
            self.fault(format!(
                "the trail ends at event {end}, but reached {} before: its tail is cut off",
                head.seq
            ));
        }
        self.report
    }

    fn link<'a>(&'a self, event: &'a Stored) -> Link<'a> {
        Link {
            previous: &self.report.head.hash,
            org: &self.org,
            id: &event.id,
            seq: event.seq,
            actor: event.actor.as_deref(),
            entity_type: &event.entity_type,
            entity_id: &event.entity_id,
            action: &event.action,
            at: event.at,
            request_id: event.request_id.as_deref(),
            payload_digest: &event.payload_digest,
        }
    }

    fn fault(&mut self, fault: String) {
        self.report.faults.push(fault);
    }
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
