//! What was asked while something failed, and what came of it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::plan::Fault;

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// An answer, or a refusal that has nothing to do with a fault.
    Served,
    /// 503, and when to come again.
    Told,
    /// None: the connection was not taken, or broke off.
    BrokenOff(String),
    /// Anything else.
    Wrong(String),
}

/// How many requests had which outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) served: usize,
    pub(super) told: usize,
    pub(super) broken_off: usize,
}

#[derive(Debug, Default)]
struct Kept {
    fault: Option<Fault>,
    counts: Counts,
    wrong: Vec<String>,
}

/// The outcomes since the last fault began.
#[derive(Debug, Default)]
pub(super) struct Board(Mutex<Kept>);

impl Board {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on outcomes are those of a fault, until it is over and all is well.
    pub(super) fn begin(&self, fault: Fault) {
        let mut kept = self.kept();
        (kept.fault, kept.counts) = (Some(fault), Counts::default());
    }

    /// The outcomes so far.
    pub(super) fn counts(&self) -> Counts {
        self.kept().counts
    }

    /// What should not have been, in words.
    pub(super) fn wrong(&self) -> Vec<String> {
        self.kept().wrong.clone()
    }

    /// Writes an outcome down. One that began before a fault may end after it began.
    pub(super) fn note(&self, outcome: Outcome, is_file: bool) {
        let mut kept = self.kept();
        let said = kept.fault.map_or_else(|| "before all faults".to_owned(), |fault| fault.to_string());
        match outcome {
            Outcome::Served => kept.counts.served += 1,
            Outcome::Told => kept.counts.told += 1,
            Outcome::BrokenOff(_) if kept.fault.is_some_and(|fault| fault.breaks_off(is_file)) => {
                kept.counts.broken_off += 1;
            }
            Outcome::BrokenOff(what) | Outcome::Wrong(what) => kept.wrong.push(format!("{said}: {what}")),
        }
    }
}
