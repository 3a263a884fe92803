//! How many requests an address may make, counted once path and method are known to be offered, and
//! how many an account, counted once its token is known to be good.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::client::Client;
use super::params::QueryNames;
use crate::kernel::{Code, Error, Result, bug, network};

/// Never counted: whoever watches must see the flood. It is answered to few, and costs others less
/// than counting them would (see `health::get_metrics`).
const UNCOUNTED: &str = "/metrics";

/// After so many requests the addresses that have been quiet are forgotten, so that memory is
/// bounded by the requests of a while and not by all addresses ever seen.
const FORGET_EVERY: u32 = 4096;

/// How many requests one may make.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// In the long run.
    pub per_second: NonZeroU32,
    /// At once.
    pub burst: NonZeroU32,
}

/// What each address, or each account, has used up.
#[derive(Clone)]
pub struct Rates<K: Hash + Eq + Clone>(Option<Arc<Counted<K>>>);

struct Counted<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    clock: DefaultClock,
    asked: AtomicU32,
}

impl<K: Hash + Eq + Clone> Rates<K> {
    /// At this rate; without one nothing is counted.
    pub fn new(rate: Option<Rate>) -> Self {
        Self(rate.map(|rate| {
            let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
            Arc::new(Counted {
                limiter: RateLimiter::keyed(quota),
                clock: DefaultClock::default(),
                asked: AtomicU32::new(1),
            })
        }))
    }

    /// Counts one more.
    ///
    /// # Errors
    /// `rate_limited`, in these words, when it is one too many.
    pub fn check(&self, key: &K, words: &'static str) -> Result<()> {
        let Some(counted) = &self.0 else { return Ok(()) };
        if counted.asked.fetch_add(1, Ordering::Relaxed).is_multiple_of(FORGET_EVERY) {
            counted.limiter.retain_recent();
        }
        if bug::seeded("rates_not_counted") {
            return Ok(());
        }
        counted.limiter.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(counted.clock.now());
            Error::new(Code::RateLimited, words).retry_after(wait.as_secs() + 1)
        })
    }
}

/// Refuses what is too much of an address. A path or method that is not offered is told so, not
/// counted.
pub async fn limit(State(rates): State<Rates<IpAddr>>, request: Request, next: Next) -> Response {
    let extensions = request.extensions();
    let offered = extensions
        .get::<MatchedPath>()
        .zip(extensions.get::<QueryNames>())
        .filter(|(path, _)| path.as_str() != UNCOUNTED)
        .is_some_and(|(path, names)| names.knows(request.method(), path.as_str()));
    let client = extensions.get::<Client>().filter(|_| offered);
    if let Some(client) = client
        && let Err(error) =
            rates.check(&network(client.address), "Too many requests from this address.")
    {
        return error.into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_and_the_next_request_waits() {
        let count = |count| NonZeroU32::new(count).unwrap();
        let rates = Rates::new(Some(Rate { per_second: count(1), burst: count(3) }));
        for _ in 0..3 {
            rates.check(&1, "").unwrap();
        }
        let refused = rates.check(&1, "too much").unwrap_err();
        assert_eq!((refused.code(), refused.wait_seconds()), (Code::RateLimited, Some(1)));
        assert_eq!(refused.detail(), "too much");
        rates.check(&2, "").unwrap();
    }

    #[test]
    fn nothing_is_counted_when_switched_off() {
        let rates = Rates::new(None);
        assert!((0..100).all(|_| rates.check(&1, "").is_ok()));
    }

    #[test]
    fn one_ipv6_network_counts_as_one() {
        let network = |text: &str| network(text.parse().unwrap());
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1:2:3"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    }
}
