//! Signing in, and the hashing behind it.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::kernel::Code;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

const OUTCOMES: [&str; 4] = ["ok", "wrong", "throttled", "failed"];

/// Attempts to sign in.
#[derive(Debug, Clone, Default)]
pub struct SignIns(Family<Outcome, Counter>);

impl SignIns {
    pub(super) fn register(&self, to: &mut Registry) {
        for outcome in OUTCOMES {
            drop(self.0.get_or_create(&Outcome { outcome }));
        }
        to.register("pret_sign_ins", "Attempts to sign in by outcome", self.0.clone());
    }

    /// One ended: well, or with this refusal.
    pub fn count(&self, refusal: Option<Code>) {
        let outcome = match refusal {
            None => "ok",
            Some(Code::InvalidCredentials) => "wrong",
            Some(Code::RateLimited) => "throttled",
            Some(_) => "failed",
        };
        self.0.get_or_create(&Outcome { outcome }).inc();
    }
}

/// Hashing of passwords.
#[derive(Debug, Clone, Default)]
pub struct Hashing {
    /// How many may be hashed at once.
    pub limit: Gauge,
    /// Being hashed.
    pub running: Gauge,
    /// That wait to be hashed.
    pub waiting: Gauge,
    /// That were sent away, because too many waited.
    pub refused: Counter,
}

impl Hashing {
    pub(super) fn register(&self, to: &mut Registry) {
        to.register(
            "pret_hashes_limit",
            "Passwords that may be hashed at once",
            self.limit.clone(),
        );
        to.register("pret_hashes_running", "Passwords being hashed", self.running.clone());
        to.register("pret_hashes_waiting", "Passwords that wait", self.waiting.clone());
        to.register("pret_hashes_refused", "Passwords sent away", self.refused.clone());
    }
}
