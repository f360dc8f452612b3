//! Decisions about seals: where one can be verified, when one is looked at again.

use chrono::Duration;

use crate::env::Instant;

/// The wait after a timestamp authority failed for the first time; it doubles with each further failure.
const FIRST_WAIT_MIN: i64 = 1;

/// The longest wait for an authority.
const LONGEST_WAIT_H: i64 = 12;

/// How long whoever took a seal to raise it may take before it is taken again.
pub const TAKEN_MIN: i64 = 30;

/// The page where a sealed document can be verified.
pub fn verify_url(public_url: &str, reference: &str) -> String {
    format!("{public_url}/verify/{reference}")
}

/// When a seal is looked at again: soon while its timestamp is pending, else before its last certificate lapses; never if nothing lapses.
pub fn next_look(now: Instant, is_pending: bool, attempts: i32, renew_before: Option<Instant>) -> Option<Instant> {
    if !is_pending {
        return renew_before;
    }
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(20);
    let wait = Duration::minutes(FIRST_WAIT_MIN << doublings).min(Duration::hours(LONGEST_WAIT_H));
    Some(now + wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_that_fails_is_asked_ever_more_seldom() {
        let now = crate::env::testing::env(1).0.now();
        let waits: Vec<i64> = [1, 2, 3, 10, 11, i32::MAX]
            .into_iter()
            .map(|attempts| (next_look(now, true, attempts, None).unwrap() - now).num_minutes())
            .collect();
        assert_eq!(waits, [1, 2, 4, 512, 720, 720]);
    }

    #[test]
    fn what_is_raised_waits_for_its_renewal() {
        let now = crate::env::testing::env(1).0.now();
        let renewal = now + Duration::days(900);
        assert_eq!(next_look(now, false, 3, Some(renewal)), Some(renewal));
        assert_eq!(next_look(now, false, 0, None), None);
        // Pending outweighs the renewal: what is there already may lapse first, but asking again is due before.
        assert_eq!(next_look(now, true, 1, Some(renewal)), Some(now + Duration::minutes(1)));
    }
}
