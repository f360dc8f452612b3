//! What a use case needs from its surroundings: the time, fresh ids and randomness. Nothing in this crate takes them from elsewhere,
//! so a test that injects its own replays a history exactly.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use sha2::{Digest, Sha256};

use crate::{
    ids::TypedId,
    stages::{End, Stage},
};

/// An instant in UTC, at the microseconds that both databases keep.
pub type Instant = DateTime<Utc>;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present instant, truncated to microseconds.
    fn now(&self) -> Instant;
}

/// Gives unpredictable bytes.
pub trait Entropy: Send + Sync {
    /// Fills the whole buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// The operating system's wall clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the wall clock is read")]
    fn now(&self) -> Instant {
        Utc::now().trunc_subsecs(6)
    }
}

/// The wall clock of a machine on which it is set wrong, ahead by as many seconds as are told each time, or behind. For tests of clocks that jump.
#[derive(Debug, Clone, Copy)]
pub struct WrongClock<F>(pub F);

impl<F: Fn() -> i64 + Send + Sync> Clock for WrongClock<F> {
    fn now(&self) -> Instant {
        SystemClock.now() + chrono::Duration::seconds((self.0)())
    }
}

/// The operating system's source of randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "the one place where the operating system is asked for randomness")]
    fn fill(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("the operating system always has randomness once it has started");
    }
}

/// The surroundings of a use case. Cheap to clone.
#[derive(Clone)]
pub struct Env {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    end: Option<Arc<End>>,
    request: Option<Arc<str>>,
}

impl std::fmt::Debug for Env {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Env").finish_non_exhaustive()
    }
}

impl Env {
    /// Surroundings from any clock and source of randomness.
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { clock, entropy, end: None, request: None }
    }

    /// The real world.
    pub fn system() -> Self {
        Self::new(Arc::new(SystemClock), Arc::new(SystemEntropy))
    }

    /// The same surroundings, in which the program dies at an end. For tests of crashes.
    #[must_use]
    pub fn ending_at(self, end: End) -> Self {
        Self { end: Some(Arc::new(end)), ..self }
    }

    /// The same surroundings within a request: each job that is written in them keeps its id.
    #[must_use]
    pub fn within(self, request: Arc<str>) -> Self {
        Self { request: Some(request), ..self }
    }

    /// The id of the request that is being answered; none where a job or a chore is done.
    pub fn request(&self) -> Option<&str> {
        self.request.as_deref()
    }

    /// A stage is reached: a program that was told to end here dies.
    pub fn reach(&self, stage: Stage) {
        if let Some(end) = &self.end {
            end.meet(stage, None);
        }
    }

    /// As [`reach`](Self::reach), a stage of a kind of job, or of a render's purpose.
    pub fn reach_of(&self, stage: Stage, of: &str) {
        if let Some(end) = &self.end {
            end.meet(stage, Some(of));
        }
    }

    /// The present instant.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// `N` unpredictable bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes);
        bytes
    }

    /// A fresh id, a `UUIDv7`: ids made later sort later, down to the millisecond.
    pub fn id<T: TypedId>(&self) -> T {
        let millis = u64::try_from(self.now().timestamp_millis()).unwrap_or(0);
        T::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &self.random()).into_uuid())
    }

    /// A secret of 256 bits for a link or a token, as 64 hexadecimal digits. Store its [`fingerprint`], never itself.
    pub fn secret(&self) -> String {
        hex::encode(self.random::<32>())
    }
}

/// SHA-256 of a secret in hexadecimal: what the database keeps, so that reading the database gives nobody a way in.
pub fn fingerprint(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

#[cfg(any(test, feature = "testing"))]
pub mod testing {
    //! Surroundings that a test steers.

    use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

    use super::{Arc, Clock, DateTime, Entropy, Env, Instant};

    /// A clock that stands still until it is moved.
    #[derive(Debug)]
    pub struct ManualClock(AtomicI64);

    impl ManualClock {
        /// A clock that shows the given instant.
        pub fn at(instant: Instant) -> Self {
            Self(AtomicI64::new(instant.timestamp_micros()))
        }

        /// Moves the clock forward.
        pub fn advance(&self, by: chrono::Duration) {
            self.0
                .fetch_add(by.num_microseconds().expect("a test does not advance by 292,000 years"), Ordering::SeqCst);
        }
    }

    impl Clock for ManualClock {
        fn now(&self) -> Instant {
            DateTime::from_timestamp_micros(self.0.load(Ordering::SeqCst)).expect("a test's instant is in range")
        }
    }

    /// Bytes that follow from a seed (`SplitMix64`): unpredictable to nobody, the same in each run.
    #[derive(Debug)]
    pub struct SeededEntropy(AtomicU64);

    impl SeededEntropy {
        /// A source that starts at the seed.
        pub fn new(seed: u64) -> Self {
            Self(AtomicU64::new(seed))
        }
    }

    impl Entropy for SeededEntropy {
        fn fill(&self, buffer: &mut [u8]) {
            for chunk in buffer.chunks_mut(8) {
                let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
                z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
            }
        }
    }

    /// Surroundings at noon of 23 November 2026 with seeded ids, and the clock to move them by.
    pub fn env(seed: u64) -> (Env, Arc<ManualClock>) {
        let noon = DateTime::from_timestamp(1_795_435_200, 0).expect("a valid instant");
        let clock = Arc::new(ManualClock::at(noon));
        (Env::new(clock.clone(), Arc::new(SeededEntropy::new(seed))), clock)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::BeatId;

    #[test]
    fn later_ids_sort_later() {
        let (env, clock) = testing::env(1);
        let first: BeatId = env.id();
        clock.advance(chrono::Duration::milliseconds(1));
        let second: BeatId = env.id();
        assert!(first < second);
    }

    #[test]
    fn secrets_differ_and_their_fingerprints_reveal_nothing() {
        let env = Env::system();
        let (a, b) = (env.secret(), env.secret());
        assert_ne!(a, b);
        assert_eq!(a.len(), 64);
        assert!(!fingerprint(&a).contains(&a));
    }
}
