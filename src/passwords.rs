//! Hashing passwords: argon2id, off the async threads, so many at a time.

use std::fmt;
use std::sync::Arc;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::kernel::{Code, Error, Result, bug};

/// OWASP's parameters for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// So many may wait for each one that is hashed; the next one is sent away.
const WAITING: usize = 32;

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
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(hidden)")
    }
}

/// Hashes passwords off the async threads, so many at a time.
#[derive(Debug, Clone)]
pub struct Passwords {
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new(2)
    }
}

impl Passwords {
    /// So many at a time; each takes about 20 MiB.
    pub fn new(at_once: u32) -> Self {
        let at_once = usize::try_from(at_once).unwrap_or(1).max(1);
        Self {
            running: Arc::new(Semaphore::new(at_once)),
            admitted: Arc::new(Semaphore::new(at_once * WAITING)),
        }
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

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place besides the readers that blocks threads, bounded in number"
    )]
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let admitted = Arc::clone(&self.admitted).try_acquire_owned().map_err(|_| {
            Error::new(Code::Overloaded, "Too many sign-ins at the moment.").retry_after(2)
        })?;
        let running = Arc::clone(&self.running).acquire_owned().await.map_err(Error::internal)?;
        tokio::task::spawn_blocking(move || {
            // Held until the work is done, even when nobody waits for it any more.
            let _held = (admitted, running);
            work()
        })
        .await
        .map_err(Error::internal)?
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
        let _all = passwords.admitted.try_acquire_many(u32::try_from(WAITING).unwrap()).unwrap();
        let error = passwords.hash(&SecretString::from("x")).await.unwrap_err();
        assert_eq!(error.code(), Code::Overloaded);
    }
}
