//! The rules of reviews: what their terms may be, how a round ends, when silence approves ([`clock`]), and where a comment may point ([`places`]).

pub mod clock;
mod fault;
pub mod places;

pub use fault::ReviewFault;

use chrono::Duration;

use super::entity::{ReviewState, RoundOutcome};
use crate::{
    identity::rules::Allowance,
    licensing::rules::MAX_PRICE_MINOR,
    money::{Currency, Money},
    visible::{has_visible, undirected},
};

/// How many rounds are included if the studio says nothing else.
pub const DEFAULT_ROUNDS: i32 = 3;
/// The most rounds that can be included.
pub const MAX_ROUNDS: i32 = 50;
/// After how many days silence approves if the studio says nothing else.
pub const DEFAULT_SIGN_OFF_DAYS: i32 = 14;
/// The most days after which silence approves.
pub const MAX_SIGN_OFF_DAYS: i32 = 90;
/// For how long a reviewer's link opens the review; each version that is sent begins it anew, and so does being named to decide. Longer than the longest time
/// to decide and what its warnings put off, for the silence of somebody whose link has expired approves nothing.
pub const LINK_LIFE: Duration = Duration::days(120);
/// How long after an invitation the same reviewer is mailed another.
pub const INVITED_AGAIN: Duration = Duration::days(1);
/// The most reviewers of a review whose links stand.
pub const MAX_REVIEWERS: u64 = 30;
/// The longest comment, in characters.
pub const MAX_COMMENT_CHARS: usize = 4_000;
/// The longest words with a decision, in characters.
pub const MAX_WORDS_CHARS: usize = 2_000;
/// The longest name of a reviewer, in characters.
pub const MAX_NAME_CHARS: usize = 200;
/// The most replies to a comment.
pub const MAX_REPLIES: u64 = 100;
/// Comments of one reviewer.
pub const COMMENTS_PER_REVIEWER: Allowance =
    Allowance { what: "review:comment", attempts: 300, window: Duration::hours(1) };
/// Voice notes of one reviewer.
pub const VOICES_PER_REVIEWER: Allowance = Allowance { what: "review:voice", attempts: 40, window: Duration::hours(1) };

/// The terms of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// How many rounds are included.
    pub rounds: i32,
    /// What an extra round costs; none if none is for sale.
    pub extra_price: Option<Money>,
    /// After how many days silence approves; never, if none.
    pub sign_off_days: Option<i32>,
}

impl Default for Terms {
    fn default() -> Self {
        Self { rounds: DEFAULT_ROUNDS, extra_price: None, sign_off_days: Some(DEFAULT_SIGN_OFF_DAYS) }
    }
}

/// Checks terms of a studio that reckons in a currency.
pub fn check_terms(terms: &Terms, studio: Currency) -> Result<(), ReviewFault> {
    if !(1..=MAX_ROUNDS).contains(&terms.rounds) {
        return Err(ReviewFault::Rounds(terms.rounds));
    }
    if let Some(days) = terms.sign_off_days.filter(|days| !(1..=MAX_SIGN_OFF_DAYS).contains(days)) {
        return Err(ReviewFault::SignOffDays(days));
    }
    terms.extra_price.map_or(Ok(()), |price| check_price(price, studio))
}

/// Checks that terms include the rounds that have begun, but for the extra ones.
pub fn check_begun(rounds: i32, begun: i32, extras: i32) -> Result<(), ReviewFault> {
    let least = begun.saturating_sub(extras);
    if rounds < least { Err(ReviewFault::RoundsBegun { given: rounds, least }) } else { Ok(()) }
}

/// Checks what an extra round costs.
pub fn check_price(price: Money, studio: Currency) -> Result<(), ReviewFault> {
    if price.currency != studio {
        return Err(ReviewFault::Currency { studio, given: price.currency });
    }
    (1..=MAX_PRICE_MINOR).contains(&price.minor).then_some(()).ok_or(ReviewFault::Price)
}

/// What somebody says to the version under review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is good.
    Approve,
    /// It is to be revised.
    Revise,
}

/// A review as its rules see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Where it stands.
    pub state: ReviewState,
    /// The number of the last round; 0 if there was none.
    pub round: i32,
    /// The number of the version of that round; 0 if there was none.
    pub version: i32,
    /// How many rounds were agreed upon, extra ones among them.
    pub rounds: i32,
    /// What an extra round costs; none if none is for sale.
    pub extra_price: Option<Money>,
}

/// How a decision ends a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// The outcome.
    pub outcome: RoundOutcome,
    /// The price at which an extra round was agreed upon with it; none if it takes none.
    pub extra: Option<Money>,
}

/// Checks that a version is under review, and no other: what is said to it is said to what was heard.
///
/// # Errors
/// If the round has ended, or another version is under review meanwhile.
pub fn check_current(standing: &Standing, version: i32) -> Result<(), ReviewFault> {
    let current = standing.version;
    match standing.state {
        ReviewState::Preparing => Err(ReviewFault::NothingSent),
        _ if version < current => Err(ReviewFault::OldVersion { given: version, current }),
        _ if version > current => Err(ReviewFault::NoSuchVersion(version)),
        ReviewState::Open => Ok(()),
        ReviewState::Revising => Err(ReviewFault::Decided { version: current, outcome: RoundOutcome::Revision }),
        ReviewState::Approved => Err(ReviewFault::Decided { version: current, outcome: RoundOutcome::Approved }),
    }
}

/// How the decider's word on a version ends the round. A revision leads to another round; where all that were agreed upon are used, it needs an extra one,
/// and the decider agrees to its price by naming it (`agreed`).
///
/// # Errors
/// If another version is under review, the round has ended, or there is no round left for a revision.
pub fn decide(
    standing: &Standing,
    verdict: Verdict,
    version: i32,
    agreed: Option<Money>,
) -> Result<Decision, ReviewFault> {
    check_current(standing, version)?;
    if verdict == Verdict::Approve {
        return Ok(Decision { outcome: RoundOutcome::Approved, extra: None });
    }
    let outcome = RoundOutcome::Revision;
    if standing.round < standing.rounds {
        return Ok(Decision { outcome, extra: None });
    }
    match (standing.extra_price, agreed) {
        (Some(price), Some(agreed)) if price == agreed => Ok(Decision { outcome, extra: Some(price) }),
        (Some(price), Some(seen)) => Err(ReviewFault::PriceChanged { seen, price }),
        (price, _) => Err(ReviewFault::RoundsUsed { rounds: standing.rounds, price }),
    }
}

/// Checks that a version can be sent: it came after all that were sent, and if it begins a round, there is one left. Gives whether it begins one; if not, it
/// takes the place of the version under review.
pub fn check_sending(standing: &Standing, version: i32, last_sent: i32) -> Result<bool, ReviewFault> {
    if version <= last_sent {
        return Err(ReviewFault::SentBefore { given: version, last: last_sent });
    }
    let begins = standing.state != ReviewState::Open;
    if begins && standing.round >= standing.rounds {
        return Err(ReviewFault::NoRoundLeft { rounds: standing.rounds });
    }
    Ok(begins)
}

/// What is said, tidied: line breaks kept, nothing that steers; none if there is nothing to be seen.
pub fn words(text: &str, max: usize) -> Result<Option<String>, ReviewFault> {
    let text: String =
        undirected(text).replace("\r\n", "\n").chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    let text = text.trim();
    if text.chars().count() > max {
        return Err(ReviewFault::Words { max });
    }
    Ok(has_visible(text).then(|| text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    fn open(round: i32, rounds: i32) -> Standing {
        Standing { state: ReviewState::Open, round, version: 4, rounds, extra_price: Some(eur(5_000)) }
    }

    #[test]
    fn a_decision_is_about_the_version_under_review_and_no_other() {
        let approve = |standing: &Standing, version| decide(standing, Verdict::Approve, version, None);
        let approved = Decision { outcome: RoundOutcome::Approved, extra: None };
        assert_eq!(approve(&open(2, 3), 4), Ok(approved));
        assert_eq!(approve(&open(2, 3), 3), Err(ReviewFault::OldVersion { given: 3, current: 4 }));
        assert_eq!(approve(&open(2, 3), 5), Err(ReviewFault::NoSuchVersion(5)));
        for (state, outcome) in
            [(ReviewState::Approved, RoundOutcome::Approved), (ReviewState::Revising, RoundOutcome::Revision)]
        {
            let over = Standing { state, ..open(2, 3) };
            assert_eq!(approve(&over, 4), Err(ReviewFault::Decided { version: 4, outcome }), "decided once");
            assert_eq!(approve(&over, 3), Err(ReviewFault::OldVersion { given: 3, current: 4 }), "by its name");
        }
        let fresh = Standing { state: ReviewState::Preparing, version: 0, round: 0, ..open(0, 3) };
        assert_eq!(approve(&fresh, 1), Err(ReviewFault::NothingSent));
    }

    #[test]
    fn a_revision_beyond_the_last_round_needs_an_extra_one() {
        let revise = |standing: &Standing, agreed| decide(standing, Verdict::Revise, 4, agreed);
        let revision = |extra| Ok(Decision { outcome: RoundOutcome::Revision, extra });
        assert_eq!(revise(&open(2, 3), None), revision(None));
        assert_eq!(revise(&open(2, 3), Some(eur(5_000))), revision(None), "nobody pays for what is included");
        let used = ReviewFault::RoundsUsed { rounds: 3, price: Some(eur(5_000)) };
        assert_eq!(revise(&open(3, 3), None), Err(used));
        assert_eq!(revise(&open(3, 3), Some(eur(5_000))), revision(Some(eur(5_000))));
        let changed = ReviewFault::PriceChanged { seen: eur(4_000), price: eur(5_000) };
        assert_eq!(revise(&open(3, 3), Some(eur(4_000))), Err(changed));
        let unsold = Standing { extra_price: None, ..open(3, 3) };
        assert_eq!(revise(&unsold, Some(eur(1))), Err(ReviewFault::RoundsUsed { rounds: 3, price: None }));
    }

    #[test]
    fn a_later_version_begins_a_round_or_takes_the_place_of_the_one_under_review() {
        assert_eq!(check_sending(&open(2, 3), 5, 4), Ok(false));
        assert_eq!(check_sending(&open(3, 3), 5, 4), Ok(false), "the studio's own correction takes no round");
        assert_eq!(check_sending(&open(2, 3), 4, 4), Err(ReviewFault::SentBefore { given: 4, last: 4 }));
        let revising = Standing { state: ReviewState::Revising, ..open(2, 3) };
        assert_eq!(check_sending(&revising, 5, 4), Ok(true));
        let used = Standing { round: 3, ..revising };
        assert_eq!(check_sending(&used, 5, 4), Err(ReviewFault::NoRoundLeft { rounds: 3 }));
    }

    #[test]
    fn terms_are_sound() {
        let terms = Terms { extra_price: Some(eur(5_000)), ..Terms::default() };
        assert_eq!(check_terms(&terms, Currency::EUR), Ok(()));
        assert!(matches!(check_terms(&terms, Currency::USD), Err(ReviewFault::Currency { .. })));
        for rounds in [0, -1, MAX_ROUNDS + 1] {
            assert_eq!(check_terms(&Terms { rounds, ..terms }, Currency::EUR), Err(ReviewFault::Rounds(rounds)));
        }
        for days in [0, MAX_SIGN_OFF_DAYS + 1] {
            let terms = Terms { sign_off_days: Some(days), ..terms };
            assert_eq!(check_terms(&terms, Currency::EUR), Err(ReviewFault::SignOffDays(days)));
        }
        let free = Terms { extra_price: Some(eur(0)), ..terms };
        assert_eq!(check_terms(&free, Currency::EUR), Err(ReviewFault::Price));
        assert_eq!(check_terms(&Terms { sign_off_days: None, ..terms }, Currency::EUR), Ok(()));
    }

    #[test]
    fn rounds_that_have_begun_stay_included() {
        assert_eq!(check_begun(1, 0, 0), Ok(()));
        assert_eq!(check_begun(2, 3, 1), Ok(()));
        assert_eq!(check_begun(1, 3, 1), Err(ReviewFault::RoundsBegun { given: 1, least: 2 }));
        assert_eq!(check_begun(1, 1, 2), Ok(()));
    }

    #[test]
    fn a_link_outlives_the_longest_time_to_decide() {
        assert!(LINK_LIFE > Duration::days(i64::from(MAX_SIGN_OFF_DAYS)) + clock::EARLIEST);
    }

    #[test]
    fn what_is_said_is_tidied_or_refused() {
        assert_eq!(words(" Louder\r\nplease\u{202e} ", 20), Ok(Some("Louder\nplease".to_owned())));
        assert_eq!(words(" \u{200b} ", 20), Ok(None));
        assert_eq!(words(&"x".repeat(21), 20), Err(ReviewFault::Words { max: 20 }));
    }
}
