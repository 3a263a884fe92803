//! What follows a request through the house: its id, its path, who asked, and the audit position
//! its answer was decided at.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::kernel::{Error, OrgId, UserId};

/// Shared between the edge, which made it, and whoever handles the request.
#[derive(Debug, Clone)]
pub struct Trail {
    /// Taken over from the caller or made here.
    pub request_id: Arc<str>,
    /// The path, named as `instance` in problems.
    pub path: Arc<str>,
    seq: Arc<AtomicI64>,
    caller: Arc<OnceLock<(OrgId, UserId)>>,
}

/// No organization was reached.
const NOWHERE: i64 = -1;

impl Trail {
    /// A trail that has not reached an organization yet.
    pub fn new(request_id: &str, path: &str) -> Self {
        Self {
            request_id: request_id.into(),
            path: path.into(),
            seq: Arc::new(AtomicI64::new(NOWHERE)),
            caller: Arc::default(),
        }
    }

    /// Notes the audit position at which something was read, written or refused.
    pub fn reached(&self, seq: i64) {
        self.seq.store(seq, Ordering::Relaxed);
    }

    /// Notes who asks, for the log.
    pub fn called_by(&self, org: OrgId, user: UserId) {
        // Only the first answer counts; there is no second one.
        let _ = self.caller.set((org, user));
    }

    /// Who asks and in which organization, once that is known.
    pub fn caller(&self) -> Option<(OrgId, UserId)> {
        self.caller.get().copied()
    }

    /// The audit position, when an organization was reached.
    pub fn seq(&self) -> Option<i64> {
        Some(self.seq.load(Ordering::Relaxed)).filter(|seq| *seq != NOWHERE)
    }
}

impl<S: Sync> FromRequestParts<S> for Trail {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Error::internal("a request came past the edge"))
    }
}
