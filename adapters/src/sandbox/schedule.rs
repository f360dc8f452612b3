//! When and how often an event is sent: a pure function of a seed, the event's number and the attempt's, so that a run can be repeated.
//!
//! Calm by default: each event once, at once, in order. What cannot be repeated is only what the receiver does.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The most attempts after which an event that was taken is still sent again.
const LAST_REPEAT: u32 = 4;

/// How long an event waits at the most so that later ones overtake it, in milliseconds.
const OVERTAKEN_MS: u64 = 2_000;

/// How long after it was taken an event is sent again at the most, in milliseconds.
const REPEATED_MS: u64 = 60_000;

/// How events travel. Probabilities are in permille, 0 to 1,000.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Schedule {
    /// Everything follows from it.
    pub(super) seed: u64,
    /// Sent again although it was taken.
    pub(super) duplicate: u16,
    /// Held for up to `delay_s` before it is first sent.
    pub(super) delay: u16,
    /// The longest that one is held, in seconds.
    pub(super) delay_s: u32,
    /// Held so briefly that those right behind it overtake it.
    pub(super) reorder: u16,
    /// Never sent: only the list of events knows of it.
    pub(super) drop: u16,
    /// One attempt is lost on its way; the next follows as after any refusal, for days.
    pub(super) lose: u16,
}

impl Default for Schedule {
    fn default() -> Self {
        Self { seed: 0, duplicate: 0, delay: 0, delay_s: 3_600, reorder: 0, drop: 0, lose: 0 }
    }
}

/// What becomes of an event before it is first sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// Sent after so many milliseconds.
    After(u64),
    /// Never sent.
    Dropped,
}

/// What becomes of one attempt to send it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attempt {
    /// It is lost on its way.
    pub(super) lost: bool,
    /// If it is taken, it is sent once more after so many milliseconds.
    pub(super) again_after_ms: Option<u64>,
}

/// What a draw is for: each has a stream of its own, so that changing one probability changes nothing else.
#[derive(Clone, Copy)]
enum Draw {
    Drop,
    Delay,
    DelayFor,
    Reorder,
    ReorderFor,
    Lose,
    Duplicate,
    DuplicateAfter,
}

impl Schedule {
    /// How event `number` starts.
    pub(super) fn start(&self, number: u64) -> Start {
        if self.happens(self.drop, Draw::Drop, number, 0) {
            Start::Dropped
        } else if self.happens(self.delay, Draw::Delay, number, 0) {
            Start::After(self.within(u64::from(self.delay_s) * 1_000, Draw::DelayFor, number, 0))
        } else if self.happens(self.reorder, Draw::Reorder, number, 0) {
            Start::After(self.within(OVERTAKEN_MS, Draw::ReorderFor, number, 0))
        } else {
            Start::After(0)
        }
    }

    /// What becomes of attempt `attempt` (from 0) at event `number`.
    pub(super) fn attempt(&self, number: u64, attempt: u32) -> Attempt {
        let again = attempt < LAST_REPEAT && self.happens(self.duplicate, Draw::Duplicate, number, attempt);
        Attempt {
            lost: self.happens(self.lose, Draw::Lose, number, attempt),
            again_after_ms: again.then(|| self.within(REPEATED_MS, Draw::DuplicateAfter, number, attempt)),
        }
    }

    fn happens(&self, permille: u16, draw: Draw, number: u64, attempt: u32) -> bool {
        self.drawn(draw, number, attempt) % 1_000 < u64::from(permille)
    }

    /// 1 to `most`, or 0 if that is 0.
    fn within(&self, most: u64, draw: Draw, number: u64, attempt: u32) -> u64 {
        if most == 0 { 0 } else { 1 + self.drawn(draw, number, attempt) % most }
    }

    fn drawn(&self, draw: Draw, number: u64, attempt: u32) -> u64 {
        let hash = Sha256::new()
            .chain_update(self.seed.to_le_bytes())
            .chain_update([draw as u8])
            .chain_update(number.to_le_bytes())
            .chain_update(attempt.to_le_bytes())
            .finalize();
        hash.iter().take(8).fold(0, |drawn, byte| (drawn << 8) | u64::from(*byte))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn calm_is_once_and_at_once() {
        let calm = Schedule::default();
        for number in 0..200 {
            assert_eq!(calm.start(number), Start::After(0));
            assert_eq!(calm.attempt(number, 0), Attempt { lost: false, again_after_ms: None });
        }
    }

    #[test]
    fn what_is_certain_happens_each_time() {
        let storm = Schedule { duplicate: 1_000, lose: 1_000, ..Schedule::default() };
        for number in 0..50 {
            assert!(storm.attempt(number, 40).lost);
            assert!(storm.attempt(number, 0).again_after_ms.is_some());
            assert_eq!(storm.attempt(number, LAST_REPEAT).again_after_ms, None, "repeats end");
            assert_eq!(Schedule { drop: 1_000, ..Schedule::default() }.start(number), Start::Dropped);
        }
    }

    #[test]
    fn a_permille_is_one_in_a_thousand() {
        let schedule = Schedule { seed: 7, drop: 100, ..Schedule::default() };
        let dropped = (0..10_000).filter(|number| schedule.start(*number) == Start::Dropped).count();
        assert!((850..1_150).contains(&dropped), "{dropped} of 10,000 at 100 ‰");
    }

    proptest! {
        #[test]
        fn the_same_seed_decides_the_same_and_within_its_bounds(
            seed in any::<u64>(), permille in 0_u16..=1_000, delay_s in 0_u32..100_000, number in any::<u64>(),
            attempt in any::<u32>(),
        ) {
            let schedule = Schedule {
                seed, duplicate: permille, delay: permille, delay_s, reorder: permille, drop: permille / 2, lose: permille,
            };
            prop_assert_eq!(schedule.start(number), schedule.clone().start(number));
            prop_assert_eq!(schedule.attempt(number, attempt), schedule.clone().attempt(number, attempt));
            if let Start::After(wait_ms) = schedule.start(number) {
                prop_assert!(wait_ms <= (u64::from(delay_s) * 1_000).max(OVERTAKEN_MS));
            }
            if let Some(wait_ms) = schedule.attempt(number, attempt).again_after_ms {
                prop_assert!((1..=REPEATED_MS).contains(&wait_ms) && attempt < LAST_REPEAT);
            }
            // Another probability of the one leaves the decisions about the other alone.
            let louder = Schedule { duplicate: 1_000, ..schedule.clone() };
            prop_assert_eq!(louder.attempt(number, attempt).lost, schedule.attempt(number, attempt).lost);
            prop_assert_eq!(louder.start(number), schedule.start(number));
        }
    }
}
