//! How often somebody may try. A stranger must not be able to guess, nor to lock an account for
//! good: attempts count per account and address; a wider count per account stops many addresses
//! together, and does not apply to addresses from which the account has signed in. A right password
//! begins the count of its account and address anew: only wrong ones add up.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use crate::kernel::{Clock, Code, Error, Result, UserId, network};

/// Tries of one account from one address: so many at once, then one in so many seconds.
const PAIR: (u32, u64) = (10, 30);
/// Tries of one account from all addresses that it never signed in from.
const ACCOUNT: (u32, u64) = (100, 5);
/// Requests without a token from one address, behind which there may be a whole building.
const ADDRESS: (u32, u64) = (600, 1);
/// Members that one admin registers.
const REGISTRATIONS: (u32, u64) = (100, 10);
/// Sheets of people that one admin imports; a preview does not count.
const IMPORTS: (u32, u64) = (20, 60);
/// So many pairs of account and address are remembered.
const KNOWN: usize = 100_000;
/// After so many questions those who have been quiet are forgotten.
const FORGET: u32 = 1_000;

type Limiter = RateLimiter<u64, DefaultKeyedStateStore<u64>, OurClock, NoOpMiddleware<Nanos>>;

/// Counts attempts, in memory.
pub struct Throttle {
    enabled: bool,
    clock: OurClock,
    hasher: RandomState,
    pairs: Limiter,
    accounts: Limiter,
    addresses: Limiter,
    registrations: Limiter,
    imports: Limiter,
    /// How often each account signed in from each address, where it did.
    known: Mutex<HashMap<u64, u64>>,
    asked: AtomicU32,
}

impl Throttle {
    /// Counts by this clock, or lets everything through.
    pub fn new(clock: Arc<dyn Clock>, enabled: bool) -> Self {
        let clock = OurClock(clock);
        let limiter = |(burst, seconds): (u32, u64)| {
            let quota = Quota::with_period(Duration::from_secs(seconds))
                .unwrap_or(Quota::per_minute(NonZeroU32::MIN))
                .allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN));
            RateLimiter::new(quota, DefaultKeyedStateStore::default(), clock.clone())
        };
        Self {
            enabled,
            pairs: limiter(PAIR),
            accounts: limiter(ACCOUNT),
            addresses: limiter(ADDRESS),
            registrations: limiter(REGISTRATIONS),
            imports: limiter(IMPORTS),
            clock,
            hasher: RandomState::new(),
            known: Mutex::default(),
            asked: AtomicU32::new(0),
        }
    }

    /// Before a password is compared.
    ///
    /// # Errors
    /// `rate_limited`.
    pub fn sign_in(&self, email: &str, address: IpAddr) -> Result<()> {
        self.stranger(address)?;
        let pair = self.pair(email, address);
        let times = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&pair).copied();
        self.count(&self.pairs, self.hasher.hash_one((pair, times)))?;
        if times.is_some() {
            return Ok(());
        }
        self.count(&self.accounts, self.hasher.hash_one(email))
    }

    /// After a password was right.
    pub fn signed_in(&self, email: &str, address: IpAddr) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KNOWN {
            known.clear();
        }
        *known.entry(self.pair(email, address)).or_default() += 1;
    }

    /// Before anything is done for somebody without a token.
    ///
    /// # Errors
    /// `rate_limited`.
    pub fn stranger(&self, address: IpAddr) -> Result<()> {
        self.count(&self.addresses, self.hasher.hash_one(network(address)))
    }

    /// Before the present password of somebody who is signed in is compared.
    ///
    /// # Errors
    /// `rate_limited`.
    pub fn own_password(&self, user: UserId) -> Result<()> {
        self.count(&self.pairs, self.hasher.hash_one(user))
    }

    /// Before an admin registers a member.
    ///
    /// # Errors
    /// `rate_limited`.
    pub fn registration(&self, admin: UserId) -> Result<()> {
        self.count(&self.registrations, self.hasher.hash_one(admin))
    }

    /// Before an admin imports a sheet of people.
    ///
    /// # Errors
    /// `rate_limited`.
    pub fn import(&self, admin: UserId) -> Result<()> {
        self.count(&self.imports, self.hasher.hash_one(admin))
    }

    fn pair(&self, email: &str, address: IpAddr) -> u64 {
        self.hasher.hash_one((email, network(address)))
    }

    fn count(&self, limiter: &Limiter, key: u64) -> Result<()> {
        if !self.enabled {
            return Ok(());
        }
        if self.asked.fetch_add(1, Ordering::Relaxed) % FORGET == FORGET - 1 {
            for limiter in
                [&self.pairs, &self.accounts, &self.addresses, &self.registrations, &self.imports]
            {
                limiter.retain_recent();
            }
        }
        limiter.check_key(&key).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            Error::new(Code::RateLimited, "Too many attempts; wait before the next one.")
                .retry_after(wait.as_secs() + 1)
        })
    }
}

/// The clock of the house, as the limiters want it.
#[derive(Clone)]
struct OurClock(Arc<dyn Clock>);

impl governor::clock::Clock for OurClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from(Duration::from_millis(self.0.now().millis().unsigned_abs()))
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;
    use crate::kernel::{ManualClock, Timestamp};

    fn address(number: u32) -> IpAddr {
        Ipv4Addr::from_bits(0x0a00_0000 + number).into()
    }

    fn throttle() -> (Arc<ManualClock>, Throttle) {
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_790_000_000_000)));
        (clock.clone(), Throttle::new(clock, true))
    }

    #[test]
    fn guessing_from_one_address_is_stopped_and_told_how_long() {
        let (clock, throttle) = throttle();
        for _ in 0..PAIR.0 {
            throttle.sign_in("ada@example.edu", address(1)).unwrap();
        }
        let error = throttle.sign_in("ada@example.edu", address(1)).unwrap_err();
        let wait = error.wait_seconds().unwrap();
        assert_eq!(error.code(), Code::RateLimited);
        assert!((1..=31).contains(&wait), "{wait}");
        assert!(throttle.sign_in("ada@example.edu", address(2)).is_ok());
        clock.advance(i64::try_from(wait).unwrap() * 1_000);
        assert!(throttle.sign_in("ada@example.edu", address(1)).is_ok());
    }

    #[test]
    fn a_right_password_begins_the_count_anew() {
        let (_, throttle) = throttle();
        for _ in 0..5 * PAIR.0 {
            throttle.sign_in("ada@example.edu", address(1)).unwrap();
            throttle.signed_in("ada@example.edu", address(1));
        }
        for _ in 0..PAIR.0 {
            throttle.sign_in("ada@example.edu", address(1)).unwrap();
        }
        assert!(throttle.sign_in("ada@example.edu", address(1)).is_err());
    }

    #[test]
    fn strangers_with_many_addresses_can_not_lock_out_who_signed_in_before() {
        let (clock, throttle) = throttle();
        throttle.signed_in("ada@example.edu", address(0));
        let mut stopped = 0;
        for number in 1..=300 {
            stopped += u32::from(throttle.sign_in("ada@example.edu", address(number)).is_err());
        }
        assert_eq!(stopped, 200);
        assert!(throttle.sign_in("ada@example.edu", address(0)).is_ok());
        clock.advance(5_000);
        assert!(throttle.sign_in("ada@example.edu", address(400)).is_ok());
    }

    #[test]
    fn an_ipv6_network_counts_as_one_address() {
        let (_, throttle) = throttle();
        let inside = |number: u128| IpAddr::V6(Ipv6Addr::from_bits((0x2001_0db8 << 96) + number));
        for number in 0..u128::from(ADDRESS.0) {
            throttle.stranger(inside(number)).unwrap();
        }
        assert!(throttle.stranger(inside(9_999)).is_err());
        assert!(throttle.stranger(address(1)).is_ok());
    }

    #[test]
    fn switched_off_it_counts_nothing() {
        let (clock, _) = throttle();
        let throttle = Throttle::new(clock, false);
        for _ in 0..200 {
            throttle.sign_in("ada@example.edu", address(1)).unwrap();
        }
    }
}
