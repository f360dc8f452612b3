//! Closing a period, and the hash that says what it held.

use chrono::Duration;
use sha2::{Digest, Sha256 as Hasher};

use crate::{
    catalog::Sha256,
    env::Instant,
    ids::TypedId,
    ledger::{
        LedgerError,
        entity::{account, entry, journal},
    },
};

/// A period is closed this long after its end at the earliest, in seconds: no process whose clock is behind posts into it by then.
pub const CLOSES_AFTER_S: i64 = 3_600;

/// The most characters of a reason.
pub const MAX_REASON_CHARS: usize = 1_000;

/// Whether a period may be closed that begins where the last one ended; gives the reason without blanks around it.
pub fn check_close(
    last_end: Option<Instant>,
    ends_at: Instant,
    now: Instant,
    reason: &str,
) -> Result<&str, LedgerError> {
    if let Some(last_end) = last_end.filter(|last| ends_at <= *last) {
        return Err(LedgerError::PeriodClosed { last_end });
    }
    if ends_at > now - Duration::seconds(CLOSES_AFTER_S) {
        return Err(LedgerError::PeriodRuns);
    }
    let reason = reason.trim();
    let sound = (1..=MAX_REASON_CHARS).contains(&reason.chars().count());
    sound.then_some(reason).ok_or(LedgerError::PeriodReason)
}

/// Hashes what a period holds: the hash of the one before it, then its journals in the order of their dates and ids, each with its entries.
#[derive(Debug)]
pub struct PeriodHash {
    hasher: Hasher,
    journals: i64,
}

impl PeriodHash {
    /// Begins behind the period before it; the first begins with nothing.
    pub fn begin(previous: Option<&Sha256>) -> Self {
        let mut hash = Self { hasher: Hasher::new(), journals: 0 };
        hash.field(previous.map_or("", Sha256::as_str).as_bytes());
        hash
    }

    // Each field is led by its length, so that no two contents run into the same bytes.
    fn field(&mut self, bytes: &[u8]) {
        self.hasher.update((bytes.len() as u64).to_be_bytes());
        self.hasher.update(bytes);
    }

    fn id(&mut self, id: Option<impl TypedId>) {
        self.field(id.map(|id| id.uuid().into_bytes()).as_ref().map_or(&[][..], |bytes| &bytes[..]));
    }

    fn instant(&mut self, at: Option<Instant>) {
        self.field(at.map(|at| at.timestamp_micros().to_be_bytes()).as_ref().map_or(&[][..], |bytes| &bytes[..]));
    }

    /// Adds the next journal with its entries, in the order in which they were written.
    pub fn add<'a>(
        &mut self,
        journal: &journal::Model,
        entries: impl IntoIterator<Item = (&'a entry::Model, &'a account::Model)>,
    ) {
        self.journals += 1;
        self.id(Some(journal.id));
        for text in [journal.kind.word(), &journal.source, &journal.external_id, &journal.reference, &journal.memo] {
            self.field(text.as_bytes());
        }
        self.id(journal.order_id);
        self.id(journal.of_id);
        self.instant(Some(journal.posted_at));
        self.instant(journal.occurred_at);
        for (entry, account) in entries {
            self.id(Some(entry.id));
            self.id(Some(account.id));
            self.field(account.kind.word().as_bytes());
            self.id(account.party_id);
            self.field(&entry.amount_minor.to_be_bytes());
            self.field(entry.currency.code().as_bytes());
        }
    }

    /// The hash, and how many journals it is of.
    pub fn finish(self) -> (Sha256, i64) {
        (Sha256::from_digest(self.hasher.finalize().into()), self.journals)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::testing;

    #[test]
    fn a_period_ends_after_the_last_and_well_before_now() {
        let now = testing::env(1).0.now();
        let hours = |n| now - Duration::hours(n);
        let close = |last, ends_at, reason| check_close(last, ends_at, now, reason).map(str::to_owned);
        assert_eq!(close(None, hours(1), "  November \n").unwrap(), "November");
        assert!(matches!(close(Some(hours(2)), hours(2), "x"), Err(LedgerError::PeriodClosed { .. })));
        assert!(matches!(close(Some(hours(2)), hours(0), "x"), Err(LedgerError::PeriodRuns)));
        assert!(matches!(close(None, hours(1), " "), Err(LedgerError::PeriodReason)));
        assert!(matches!(close(None, hours(1), &"x".repeat(1_001)), Err(LedgerError::PeriodReason)));
    }

    #[test]
    fn a_period_follows_the_one_before_it() {
        let first = PeriodHash::begin(None).finish().0;
        assert_ne!(PeriodHash::begin(Some(&first)).finish().0, first);
        assert_eq!(PeriodHash::begin(None).finish(), (first, 0));
    }
}
