//! The bounded pool that hashes passwords.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zeroize::Zeroizing;

use super::arena::Arenas;
use super::phc::{self, LANES, MEMORY_KIB, PASSES, Readable};
use super::threads::Threads;
use crate::random::{equal, random};

/// Sign-ins that may wait for a core. At 12 ms a hash and two cores the last of them waits 400 ms.
const QUEUE_LIMIT: usize = 64;
const HASH_LEN: usize = 32;

/// Why a password was neither accepted nor refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordHashingError {
    /// Too many passwords wait already; the person may try again in a moment.
    #[error("too many passwords wait to be checked")]
    Busy,
    #[error("password hashing failed")]
    Failed,
}

/// Hashes and checks passwords on as many threads as there are cores, with memory that is used again.
pub struct PasswordHasher {
    pool: Arc<Pool>,
}

struct Pool {
    many: usize,
    /// Started with the first password.
    threads: OnceLock<Threads>,
    permits: Arc<Semaphore>,
    waiting: AtomicUsize,
    arenas: Arenas,
    /// Checked when there is no account, so that an unknown name takes as long as a wrong password.
    dummy: String,
}

impl std::fmt::Debug for PasswordHasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHasher")
    }
}

impl PasswordHasher {
    /// A pool with `permits` hashes at a time; use the number of cores. Takes no memory until the first password.
    #[must_use]
    pub fn new(permits: usize) -> Self {
        let many = permits.max(1);
        let pool = Pool {
            many,
            threads: OnceLock::new(),
            permits: Arc::new(Semaphore::new(many)),
            waiting: AtomicUsize::new(0),
            arenas: Arenas::default(),
            dummy: phc::write(&random::<16>(), &random::<HASH_LEN>()),
        };
        Self { pool: Arc::new(pool) }
    }

    /// The hash to store for a new password, as a PHC string.
    ///
    /// # Errors
    /// `Busy`, `Failed`.
    pub async fn hash(&self, password: &str) -> Result<String, PasswordHashingError> {
        let password = Zeroizing::new(password.to_owned());
        self.run(move |pool| pool.hash(&password)).await
    }

    /// Whether this is the account's password. Without a stored hash it does the same work and answers `false`.
    ///
    /// # Errors
    /// `Busy`; `Failed` when the stored hash is unreadable or asks for absurd amounts of memory or time.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool, PasswordHashingError> {
        let known = stored.is_some();
        let stored = phc::read(stored.unwrap_or(&self.pool.dummy)).ok_or(PasswordHashingError::Failed)?;
        let password = Zeroizing::new(password.to_owned());
        let matches = self.run(move |pool| pool.verify(&password, &stored)).await?;
        Ok(known && matches)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Pool) -> Result<T, PasswordHashingError> + Send + 'static,
    ) -> Result<T, PasswordHashingError> {
        let permit = self.pool.permit().await?;
        let threads = self.pool.threads().ok_or(PasswordHashingError::Failed)?;
        let pool = self.pool.clone();
        let run = move || {
            // Held by the thread, not by the request: a caller that goes away does not free a core that still works.
            let _permit = permit;
            work(&pool)
        };
        threads.run(run).await.ok_or(PasswordHashingError::Failed)?
    }
}

/// Counts a caller out of the queue even when the caller goes away.
struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Pool {
    /// `None` when the system gives no thread at the moment; the next password tries again (F36).
    fn threads(&self) -> Option<&Threads> {
        if self.threads.get().is_none() {
            let started = Threads::start(self.many)?;
            return Some(self.threads.get_or_init(|| started));
        }
        self.threads.get()
    }

    async fn permit(&self) -> Result<OwnedSemaphorePermit, PasswordHashingError> {
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let _place = Place(&self.waiting);
        if before >= QUEUE_LIMIT {
            return Err(PasswordHashingError::Busy);
        }
        self.permits
            .clone()
            .acquire_owned()
            .await
            .map_err(|_| PasswordHashingError::Failed)
    }

    fn hash(&self, password: &str) -> Result<String, PasswordHashingError> {
        let salt = random::<16>();
        let params =
            Params::new(MEMORY_KIB, PASSES, LANES, Some(HASH_LEN)).map_err(|_| PasswordHashingError::Failed)?;
        let hash = self.compute(
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            password,
            &salt,
            HASH_LEN,
        )?;
        Ok(phc::write(&salt, &hash))
    }

    fn verify(&self, password: &str, stored: &Readable) -> Result<bool, PasswordHashingError> {
        let argon = Argon2::new(stored.algorithm, stored.version, stored.params.clone());
        let hash = self.compute(argon, password, &stored.salt, stored.hash.len())?;
        Ok(equal(&hash, &stored.hash))
    }

    fn compute(
        &self,
        argon: Argon2<'_>,
        password: &str,
        salt: &[u8],
        length: usize,
    ) -> Result<Zeroizing<Vec<u8>>, PasswordHashingError> {
        let mut hash = Zeroizing::new(vec![0; length]);
        let blocks = argon.params().block_count();
        let fill =
            |arena: &mut [Block]| argon.hash_password_into_with_memory(password.as_bytes(), salt, &mut hash, arena);
        self.arenas
            .with(blocks, MEMORY_KIB as usize, fill)
            .map_err(|_| PasswordHashingError::Failed)?;
        Ok(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password::is_outdated;

    #[tokio::test]
    async fn right_wrong_and_unknown() {
        let hasher = PasswordHasher::new(2);
        let stored = hasher.hash("correct horse").await.expect("hashed");
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(!is_outdated(&stored));
        assert_eq!(hasher.verify("correct horse", Some(&stored)).await, Ok(true));
        assert_eq!(hasher.verify("Correct horse", Some(&stored)).await, Ok(false));
        assert_eq!(hasher.verify("", Some(&stored)).await, Ok(false));
        assert_eq!(hasher.verify("correct horse", None).await, Ok(false));
        assert_ne!(stored, hasher.hash("correct horse").await.expect("hashed"), "salted");
    }

    #[tokio::test]
    async fn hashes_from_elsewhere() {
        let hasher = PasswordHasher::new(1);
        // Argon2's own test vector format with other parameters.
        let argon = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(64, 3, 2, Some(24)).expect("fine"),
        );
        let mut hash = [0; 24];
        argon
            .hash_password_into(b"secret", b"somesalt", &mut hash)
            .expect("hashed");
        let base64 = |bytes: &[u8]| {
            use base64::Engine;
            base64::engine::general_purpose::STANDARD_NO_PAD.encode(bytes)
        };
        let foreign = format!("$argon2id$v=19$m=64,t=3,p=2${}${}", base64(b"somesalt"), base64(&hash));
        assert_eq!(hasher.verify("secret", Some(&foreign)).await, Ok(true));
        assert!(is_outdated(&foreign));
        for absurd in [
            foreign.replace("m=64", "m=4194304"),
            foreign.replace("t=3", "t=4000000"),
            foreign.replace("argon2id", "argon2d"),
            "plain".to_owned(),
            String::new(),
        ] {
            assert_eq!(
                hasher.verify("secret", Some(&absurd)).await,
                Err(PasswordHashingError::Failed),
                "{absurd}"
            );
        }
    }

    #[tokio::test]
    async fn a_flood_is_turned_away_and_the_pool_recovers() {
        let hasher = PasswordHasher::new(1);
        let flood = (0..QUEUE_LIMIT * 2).map(|_| hasher.verify("x", None));
        let answers = futures_join(flood).await;
        assert!(answers.contains(&Err(PasswordHashingError::Busy)));
        assert!(answers.contains(&Ok(false)));
        assert_eq!(hasher.verify("x", None).await, Ok(false));
    }

    async fn futures_join<F: Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
        let mut waiting: Vec<_> = all.map(|f| Some(Box::pin(f))).collect();
        let mut done: Vec<Option<F::Output>> = waiting.iter().map(|_| None).collect();
        std::future::poll_fn(|context| {
            for (slot, answer) in waiting.iter_mut().zip(&mut done) {
                if let Some(std::task::Poll::Ready(output)) = slot.as_mut().map(|f| f.as_mut().poll(context)) {
                    *answer = Some(output);
                    *slot = None;
                }
            }
            if waiting.iter().all(Option::is_none) {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
        done.into_iter().flatten().collect()
    }
}
