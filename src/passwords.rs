//! Hashing passwords: argon2id, on threads of its own that give way to all others, so many at a time.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::oneshot;

use crate::kernel::{Code, Error, Result, bug};
use crate::metrics::{Hashing, Held};

/// OWASP's parameters for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// So many may wait for each one that is hashed; the next one is sent away.
const WAITING: usize = 32;

/// How far hashing gives way to everything else; 19 is the most polite there is. A flood of
/// sign-ins then takes the time that nobody else wants.
const NICENESS: i32 = 10;

/// A password as it is stored: argon2id in the PHC form, or empty for an account that has none yet.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// From the PHC form.
    pub const fn new(phc: String) -> Self {
        Self(phc)
    }

    /// That of an account whose password is still to be set: nothing that is typed fits it.
    pub const fn none() -> Self {
        Self(String::new())
    }

    /// The PHC form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it asks for what ours ask for, and for no more memory or time.
    pub fn is_ours(&self) -> bool {
        let head = format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$");
        let is_base64 = |part: &str, length| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+/".contains(&byte);
            part.len() == length && part.bytes().all(plain)
        };
        let parts = self.0.strip_prefix(&head).and_then(|rest| rest.split_once('$'));
        parts.is_some_and(|(salt, hash)| is_base64(salt, 22) && is_base64(hash, 43))
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(hidden)")
    }
}

/// Hashes passwords on threads of its own, so many at a time.
#[derive(Debug, Clone)]
pub struct Passwords {
    queue: SyncSender<Job>,
    counted: Hashing,
}

type Job = Box<dyn FnOnce() + Send>;

impl Default for Passwords {
    fn default() -> Self {
        Self::new(2)
    }
}

impl Passwords {
    /// So many at a time, each of which takes about 20 MiB; 0 means half of the machine's cores, and
    /// at least one, so that the other half is left to everybody who has signed in.
    pub fn new(at_once: u32) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = match usize::try_from(at_once).unwrap_or(1) {
            0 => (cores / 2).max(1),
            at_once => at_once,
        };
        let (queue, jobs) = sync_channel(threads * WAITING);
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..threads {
            let jobs = Arc::clone(&jobs);
            let thread = std::thread::Builder::new().name("hasher".to_owned());
            if let Err(error) = thread.spawn(move || hash_all(&jobs)) {
                tracing::error!(%error, "a thread for hashing could not be started");
            }
        }
        let counted = Hashing::default();
        counted.limit.set(i64::try_from(threads).unwrap_or(i64::MAX));
        Self { queue, counted }
    }

    /// What is counted of it.
    pub const fn counted(&self) -> &Hashing {
        &self.counted
    }

    /// Hashes with a new salt.
    ///
    /// # Errors
    /// `overloaded` when too many wait.
    pub async fn hash(&self, password: &SecretString) -> Result<PasswordHash> {
        let password = password.clone();
        self.run(move || Self::hash_blocking(&password)).await
    }

    /// Whether this is the password. Without a hash the answer is no, after the same time.
    ///
    /// # Errors
    /// `overloaded` when too many wait.
    pub async fn verify(
        &self,
        password: &SecretString,
        hash: Option<PasswordHash>,
    ) -> Result<bool> {
        let password = password.clone();
        self.run(move || match hash {
            Some(hash) => Self::verify_blocking(&password, &hash),
            None => Self::hash_blocking(&password).map(|_| false),
        })
        .await
    }

    /// As [`Self::hash`], on this thread: for the command line and seeds.
    ///
    /// # Errors
    /// When memory is short.
    pub fn hash_blocking(password: &SecretString) -> Result<PasswordHash> {
        let hash = argon2()?.hash_password(password.expose_secret().as_bytes());
        Ok(PasswordHash::new(hash.map_err(failed)?.to_string()))
    }

    /// As [`Self::verify`], on this thread; an account without a password takes as long as another.
    ///
    /// # Errors
    /// When the hash is none of ours.
    pub fn verify_blocking(password: &SecretString, hash: &PasswordHash) -> Result<bool> {
        if *hash == PasswordHash::none() {
            return Self::hash_blocking(password)
                .map(|_| bug::seeded("no_password_is_any_password"));
        }
        let given = password.expose_secret().as_bytes();
        match argon2()?.verify_password(given, hash.as_str()) {
            Ok(()) => Ok(true),
            Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(failed(error)),
        }
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let waiting = Held::new(&self.counted.waiting);
        let running = self.counted.running.clone();
        let job = move || {
            drop(waiting);
            // Whoever asked may have gone meanwhile.
            if !reply.is_closed() {
                let _running = Held::new(&running);
                drop(reply.send(work()));
            }
        };
        self.queue.try_send(Box::new(job)).map_err(|_| {
            self.counted.refused.inc();
            Error::new(Code::Overloaded, "Too many sign-ins at the moment.").retry_after(2)
        })?;
        answer.await.map_err(Error::internal)?
    }
}

/// Works until nobody is left who could ask.
fn hash_all(jobs: &Mutex<Receiver<Job>>) {
    give_way();
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        if catch_unwind(AssertUnwindSafe(job)).is_err() {
            tracing::error!("hashing panicked");
        }
    }
}

/// Linux keeps this for each thread; elsewhere it would slow down the whole process.
fn give_way() {
    if cfg!(target_os = "linux")
        && let Err(error) = rustix::process::setpriority_process(None, NICENESS)
    {
        tracing::warn!(%error, "hashing can't give way to other work");
    }
}

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::internal(format!("argon2: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_argon2id_salted_and_verify() {
        let password = SecretString::from("correct horse battery");
        let hash = Passwords::hash_blocking(&password).unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_ne!(hash, Passwords::hash_blocking(&password).unwrap());
        assert!(Passwords::verify_blocking(&password, &hash).unwrap());
        assert!(!Passwords::verify_blocking(&SecretString::from("another"), &hash).unwrap());
        assert!(!format!("{hash:?}").contains("argon2"));
    }

    #[test]
    fn the_hash_of_nothing_is_compared_like_any_other() {
        let hash = PasswordHash::none();
        let password = SecretString::from("anything");
        assert!(!Passwords::verify_blocking(&password, &hash).unwrap());
    }

    #[tokio::test]
    async fn without_a_hash_the_answer_is_no() {
        let passwords = Passwords::new(1);
        for typed in ["anything", ""] {
            let none = Some(PasswordHash::none());
            assert!(!passwords.verify(&SecretString::from(typed), none).await.unwrap());
        }
        assert!(!passwords.verify(&SecretString::from("anything"), None).await.unwrap());
    }

    #[tokio::test]
    async fn who_comes_when_too_many_wait_is_sent_away() {
        let passwords = Passwords::new(1);
        let (go, stop) = sync_channel::<()>(0);
        let busy = passwords.clone();
        let first =
            tokio::spawn(
                async move { busy.run(move || stop.recv().map_err(Error::internal)).await },
            );
        while passwords.counted.running.get() == 0 {
            tokio::task::yield_now().await;
        }
        let mut waiting = Vec::new();
        for _ in 0..WAITING {
            let passwords = passwords.clone();
            waiting.push(tokio::spawn(async move { passwords.run(|| Ok(())).await }));
        }
        while passwords.counted.waiting.get() < i64::try_from(WAITING).unwrap() {
            tokio::task::yield_now().await;
        }
        let error = passwords.hash(&SecretString::from("x")).await.unwrap_err();
        assert_eq!((error.code(), passwords.counted.refused.get()), (Code::Overloaded, 1));
        go.send(()).unwrap();
        first.await.unwrap().unwrap();
        for one in waiting {
            one.await.unwrap().unwrap();
        }
    }

    #[tokio::test]
    async fn a_fault_in_one_hash_does_not_end_the_others() {
        let passwords = Passwords::new(1);
        let fault = passwords.run(|| -> Result<()> { panic!("the memory is gone") }).await;
        assert_eq!(fault.unwrap_err().code(), Code::Internal);
        passwords.run(|| Ok(())).await.unwrap();
    }
}
