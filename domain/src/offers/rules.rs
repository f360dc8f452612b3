//! The rules of offers: whose turn it is, what an amount may be, how long each side has, and what becomes of one that is below the minimum.
//!
//! **Below the minimum.** An offer below the studio's minimum is taken in as any other and declined by itself some time within the days to answer, in the
//! words in which studios decline. To refuse it at once would give the minimum away: with a few addresses it could be found within a minute by halving. So
//! the answer to every offer looks the same when it is made, each try costs hours or days, and only one offer per beat and tier is under way of one
//! address, and a few from one network address, so that many amounts are not tried at once. The studio is not
//! mailed about such an offer but sees it in its list, and may still answer until then; the minimum spares it the mail, it does not bind it.

use chrono::Duration;

use super::entity::{OfferAct, OfferSide, OfferState};
use crate::{
    collectable::{self, AmountFault},
    env::Instant,
    identity::rules::Allowance,
    licensing::rules::MAX_PRICE_MINOR,
    money::{Currency, Money},
    report::{Explain, Kind, Report},
    visible::{has_visible, undirected},
};

/// The longest words that go with a step, in characters.
pub const MAX_WORDS_CHARS: usize = 1000;
/// How many steps the two sides can take; then one of them has to decide.
pub const MAX_STEPS: i32 = 20;
/// How long each side can answer if the studio says nothing else, in days.
pub const DEFAULT_ANSWER_DAYS: i32 = 7;
/// The longest that each side can answer, in days.
pub const MAX_ANSWER_DAYS: i32 = 30;
/// The soonest that an offer below the minimum is declined.
pub const QUIET_LEAST: Duration = Duration::hours(3);
/// Offers for one tier of a beat that are under way from one network address.
pub const MAX_OPEN_PER_IP: u64 = 3;
/// Offers of one address.
pub const OFFERS_PER_ADDRESS: Allowance =
    Allowance { what: "offer:address", attempts: 10, window: Duration::hours(24) };
/// Offers from one network address.
pub const OFFERS_PER_IP: Allowance = Allowance { what: "offer:ip", attempts: 30, window: Duration::hours(1) };

/// Why an amount or a step is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OfferFault {
    /// Not an amount of money as it is typed.
    #[error("this is not an amount in {0}")]
    NoAmount(Currency),
    /// Nothing or less, or beyond what anything costs here.
    #[error("an offer is more than nothing, and no more than a licence can cost here")]
    AmountRange,
    /// Collected by no payment service.
    #[error(transparent)]
    Uncollectable(#[from] AmountFault),
    /// Not the currency in which offers are taken: the studio's, whatever else it sells in.
    #[error("offers are taken in {taken} alone, and this is in {given}")]
    OtherCurrency {
        /// What they are taken in.
        taken: Currency,
        /// What was given.
        given: Currency,
    },
    /// No less than what it costs.
    #[error("the licence is on sale for {0}: there is no need to offer as much")]
    AtPrice(Money),
    /// The buyer offers no less than the studio asks.
    #[error("the studio asks no more than {0}")]
    NotBelow(Money),
    /// The studio asks no more than the buyer offers.
    #[error("the buyer offers {0} already")]
    NotAbove(Money),
    /// The buyer takes something of their earlier offer back.
    #[error("{0} was offered before: nobody goes back on that")]
    BelowOwn(Money),
    /// The studio asks more than it has asked already.
    #[error("no more than {0} was asked before: nobody goes back on that")]
    AboveOwn(Money),
    /// Too many words.
    #[error("what goes with an offer has {MAX_WORDS_CHARS} characters at the most")]
    Words,
    /// A minimum that is none.
    #[error("a minimum is more than nothing, and no more than a licence can cost here")]
    Minimum,
    /// Too short or too long a time to answer.
    #[error("offers can be answered for 1 to {MAX_ANSWER_DAYS} days; this is {0}")]
    AnswerDays(i32),
    /// Not the next step.
    #[error("the offer is {state}, and cannot be {act} now")]
    NotNow {
        /// Where it stands.
        state: OfferState,
        /// What was wanted.
        act: OfferAct,
    },
    /// Its time is over.
    #[error("the time to answer this offer is over")]
    Over,
    /// Haggled over for too long.
    #[error("this offer has gone back and forth {MAX_STEPS} times")]
    TooManySteps,
}

impl Explain for OfferFault {
    fn explain(&self) -> Report {
        let report = |kind, code| Report::new(kind, code, self.to_string());
        match self {
            Self::NoAmount(_) => {
                report(Kind::Invalid, "OFFER_AMOUNT").field("amount").remedy("write it in digits, such as 120 or 99.50")
            }
            Self::AmountRange => report(Kind::Invalid, "OFFER_AMOUNT").field("amount").remedy("check the decimals"),
            Self::Uncollectable(fault) => fault.explain().field("amount"),
            Self::OtherCurrency { taken, .. } => {
                report(Kind::Invalid, "OTHER_CURRENCY").field("amount.currency").remedy(format!("offer it in {taken}"))
            }
            Self::AtPrice(_) => {
                report(Kind::Invalid, "OFFER_AT_PRICE").field("amount").remedy("put the licence into the cart instead")
            }
            Self::NotBelow(_) => {
                report(Kind::Invalid, "OFFER_NOT_BELOW").field("amount").remedy("accept what the studio asks")
            }
            Self::NotAbove(_) => {
                report(Kind::Invalid, "OFFER_NOT_ABOVE").field("amount").remedy("accept what the buyer offers")
            }
            Self::BelowOwn(own) => report(Kind::Invalid, "OFFER_BELOW_OWN")
                .field("amount")
                .remedy(format!("offer {own} or more, or decline what the studio asks")),
            Self::AboveOwn(own) => report(Kind::Invalid, "OFFER_ABOVE_OWN")
                .field("amount")
                .remedy(format!("ask {own} or less, or decline the offer")),
            Self::Words => report(Kind::Invalid, "OFFER_WORDS").field("words").remedy("say it in fewer words"),
            Self::Minimum => {
                report(Kind::Invalid, "OFFER_MINIMUM").field("minimum").remedy("leave it out to hear of every offer")
            }
            Self::AnswerDays(_) => report(Kind::Invalid, "ANSWER_DAYS").field("answerDays").remedy("a week is usual"),
            Self::NotNow { .. } => {
                report(Kind::Conflict, "OFFER_NOT_NOW").field("offer").remedy("look at how the offer stands")
            }
            Self::Over => report(Kind::Conflict, "OFFER_OVER").field("offer").remedy("make a new offer"),
            Self::TooManySteps => {
                report(Kind::Conflict, "OFFER_STEPS").field("offer").remedy("accept or decline what was named last")
            }
        }
    }
}

/// Where an offer stands after a step; none if that is not the next one. A counter-offer that was made stands until it is answered or taken back, and
/// what was accepted stands until its time is over.
pub const fn after(state: OfferState, side: OfferSide, act: OfferAct) -> Option<OfferState> {
    use OfferAct::{Accepted, Bought, Declined, Expired, Offered, Sold, Withdrawn};
    use OfferSide::{Buyer, House, Studio};
    match (state, side, act) {
        (OfferState::Open, Studio, Offered) => Some(OfferState::Countered),
        (OfferState::Countered, Buyer, Offered) => Some(OfferState::Open),
        (OfferState::Open, Studio, Accepted) | (OfferState::Countered, Buyer, Accepted) => Some(OfferState::Accepted),
        (OfferState::Open | OfferState::Countered, Studio, Declined)
        | (OfferState::Countered, Buyer, Declined)
        | (OfferState::Open, House, Declined) => Some(OfferState::Declined),
        (OfferState::Open, Buyer, Withdrawn)
        | (OfferState::Open | OfferState::Countered | OfferState::Accepted, House, Sold) => Some(OfferState::Withdrawn),
        (OfferState::Open | OfferState::Countered | OfferState::Accepted, House, Expired) => Some(OfferState::Expired),
        (OfferState::Accepted, House, Bought) => Some(OfferState::Bought),
        _ => None,
    }
}

/// Whether an offer is still under way.
pub const fn is_under_way(state: OfferState) -> bool {
    matches!(state, OfferState::Open | OfferState::Countered | OfferState::Accepted)
}

/// Who is mailed about a step. Of an offer that is below the minimum (`is_quiet`) the studio is told nothing; what ends for want of an answer needs no mail,
/// for each side knew until when.
pub const fn told(side: OfferSide, act: OfferAct, is_first: bool, is_quiet: bool) -> &'static [OfferSide] {
    use OfferSide::{Buyer, House, Studio};
    match (side, act) {
        (Buyer, OfferAct::Offered) if is_first && is_quiet => &[Buyer],
        (Buyer, OfferAct::Offered) if is_first => &[Buyer, Studio],
        (Buyer, _) if is_quiet => &[],
        (Buyer, _) => &[Studio],
        (Studio, _) | (House, OfferAct::Declined | OfferAct::Sold) => &[Buyer],
        (House, _) => &[],
    }
}

/// An offer as its rules see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Where it stands.
    pub state: OfferState,
    /// The amount that was last named.
    pub amount: Money,
    /// The amount that the side which is next had named last; none if it has named none.
    pub own: Option<Money>,
    /// How many steps it has.
    pub steps: i32,
    /// Until when it can be answered.
    pub expires_at: Instant,
}

/// What the buyer or the studio does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    /// Who.
    pub side: OfferSide,
    /// What.
    pub act: OfferAct,
    /// The amount, of who names one.
    pub amount: Option<Money>,
}

/// Where an offer stands after the next step of one of its two sides.
///
/// # Errors
/// If it is not their turn, the time is over, or the amount they name leads away from the other's, or behind their own.
pub fn step(standing: Standing, next: Next, now: Instant) -> Result<OfferState, OfferFault> {
    let Standing { state, amount, own, steps, expires_at } = standing;
    let to = after(state, next.side, next.act).ok_or(OfferFault::NotNow { state, act: next.act })?;
    if now >= expires_at {
        return Err(OfferFault::Over);
    }
    if let Some(named) = next.amount {
        check_amount(named, amount.currency)?;
        match next.side {
            OfferSide::Buyer if named.minor >= amount.minor => return Err(OfferFault::NotBelow(amount)),
            OfferSide::Studio if named.minor <= amount.minor => return Err(OfferFault::NotAbove(amount)),
            _ => {}
        }
        match (next.side, own) {
            (OfferSide::Buyer, Some(own)) if named.minor < own.minor => return Err(OfferFault::BelowOwn(own)),
            (OfferSide::Studio, Some(own)) if named.minor > own.minor => return Err(OfferFault::AboveOwn(own)),
            _ => {}
        }
        if steps >= MAX_STEPS {
            return Err(OfferFault::TooManySteps);
        }
    }
    Ok(to)
}

/// Checks an amount that is named where offers are taken in a currency.
pub fn check_amount(amount: Money, taken: Currency) -> Result<(), OfferFault> {
    check_range(amount, taken)?;
    Ok(collectable::check(amount)?)
}

fn check_range(amount: Money, taken: Currency) -> Result<(), OfferFault> {
    if amount.currency != taken {
        return Err(OfferFault::OtherCurrency { taken, given: amount.currency });
    }
    (1..=MAX_PRICE_MINOR).contains(&amount.minor).then_some(()).ok_or(OfferFault::AmountRange)
}

/// Checks the amount of a new offer: less than what the tier costs.
pub fn check_first(amount: Money, price: Money) -> Result<(), OfferFault> {
    check_amount(amount, price.currency)?;
    if amount.minor >= price.minor { Err(OfferFault::AtPrice(price)) } else { Ok(()) }
}

/// Checks which offers a studio takes.
pub fn check_setting(minimum: Option<Money>, answer_days: i32, studio: Currency) -> Result<(), OfferFault> {
    if let Some(minimum) = minimum {
        check_range(minimum, studio).map_err(|fault| match fault {
            OfferFault::AmountRange => OfferFault::Minimum,
            other => other,
        })?;
    }
    (1..=MAX_ANSWER_DAYS).contains(&answer_days).then_some(()).ok_or(OfferFault::AnswerDays(answer_days))
}

/// The words that go with a step, tidied; none if there are none.
pub fn check_words(words: &str) -> Result<Option<String>, OfferFault> {
    let words: String =
        undirected(words).replace("\r\n", "\n").chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    let words = words.trim();
    if words.chars().count() > MAX_WORDS_CHARS {
        return Err(OfferFault::Words);
    }
    Ok(has_visible(words).then(|| words.to_owned()))
}

/// An amount as people type it into a form: `120`, `99.50`, `1,200`, `99,5`. One comma or point with as many digits behind it as the currency can have at
/// the most parts the decimals, any other parts thousands.
pub fn read_amount(text: &str, currency: Currency) -> Result<Money, OfferFault> {
    let fault = || OfferFault::NoAmount(currency);
    let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\'').collect();
    let decimals = usize::try_from(currency.decimals()).unwrap_or(0);
    let (whole, rest) = match text.rfind(['.', ',']) {
        Some(at) if text.len() - at - 1 <= decimals => (&text[..at], &text[at + 1..]),
        _ => (text.as_str(), ""),
    };
    let groups: Vec<&str> = whole.split(['.', ',']).collect();
    let is_grouped = groups.iter().skip(1).all(|group| group.len() == 3);
    let digits = groups.concat() + rest + &"0".repeat(decimals - rest.len());
    let is_empty = groups.first().is_none_or(|group| group.is_empty());
    if is_empty || !is_grouped || digits.len() > 18 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(fault());
    }
    Ok(Money::new(digits.parse().map_err(|_| fault())?, currency))
}

/// Until when the other side can answer a step.
pub fn expires_at(now: Instant, answer_days: i32) -> Instant {
    now + Duration::days(i64::from(answer_days))
}

/// When an offer below the minimum is declined by itself: hours later at the least, at a moment within its time that nobody can foresee.
pub fn quiet_decline_at(now: Instant, random: [u8; 8], expires_at: Instant) -> Instant {
    let least = now + QUIET_LEAST;
    let spread_s = (expires_at - least).num_seconds().max(1).unsigned_abs();
    let seconds = i64::try_from(u64::from_le_bytes(random) % spread_s).unwrap_or(0);
    least + Duration::seconds(seconds)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sea_orm::Iterable;

    use super::*;
    use crate::env::testing;

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    fn standing(state: OfferState, minor: i64) -> Standing {
        let (env, _) = testing::env(1);
        Standing { state, amount: eur(minor), own: None, steps: 1, expires_at: env.now() + Duration::days(7) }
    }

    #[test]
    fn what_is_over_stays_so_and_nobody_answers_themselves() {
        for (state, side, act) in OfferState::iter()
            .flat_map(|state| OfferSide::iter().map(move |side| (state, side)))
            .flat_map(|(state, side)| OfferAct::iter().map(move |act| (state, side, act)))
        {
            let to = after(state, side, act);
            if !is_under_way(state) {
                assert_eq!(to, None, "{state} {side} {act}");
            }
            if act == OfferAct::Accepted && to.is_some() {
                let others = if side == OfferSide::Buyer { OfferState::Countered } else { OfferState::Open };
                assert_eq!(state, others, "{side} accepts what the other has named");
            }
            if state == OfferState::Accepted {
                assert!(to.is_none() || side == OfferSide::House, "neither side goes back on what was accepted");
            }
        }
    }

    #[test]
    fn the_two_sides_come_closer_and_only_in_time() {
        let (env, clock) = testing::env(1);
        let open = standing(OfferState::Open, 50_000);
        let counter = |minor| Next { side: OfferSide::Studio, act: OfferAct::Offered, amount: Some(eur(minor)) };
        assert_eq!(step(open, counter(70_000), env.now()), Ok(OfferState::Countered));
        assert_eq!(step(open, counter(50_000), env.now()), Err(OfferFault::NotAbove(eur(50_000))));
        let asked = standing(OfferState::Countered, 70_000);
        let again = |minor| Next { side: OfferSide::Buyer, act: OfferAct::Offered, amount: Some(eur(minor)) };
        assert_eq!(step(asked, again(60_000), env.now()), Ok(OfferState::Open));
        assert_eq!(step(asked, again(70_000), env.now()), Err(OfferFault::NotBelow(eur(70_000))));
        assert_eq!(step(asked, again(0), env.now()), Err(OfferFault::AmountRange));
        let long = Standing { steps: MAX_STEPS, ..asked };
        assert_eq!(step(long, again(60_000), env.now()), Err(OfferFault::TooManySteps));
        let accept = Next { side: OfferSide::Buyer, act: OfferAct::Accepted, amount: None };
        assert_eq!(step(long, accept, env.now()), Ok(OfferState::Accepted), "it can still be decided");
        clock.advance(Duration::days(7));
        assert_eq!(step(asked, accept, env.now()), Err(OfferFault::Over));
        let mine = Next { side: OfferSide::Studio, ..accept };
        assert!(matches!(step(asked, mine, env.now()), Err(OfferFault::NotNow { .. })), "its own counter-offer");
    }

    #[test]
    fn nobody_goes_back_on_an_amount_of_their_own() {
        let (env, _) = testing::env(1);
        let names = |side, minor| Next { side, act: OfferAct::Offered, amount: Some(eur(minor)) };
        let asked = Standing { own: Some(eur(50_000)), ..standing(OfferState::Countered, 70_000) };
        let buyer = |minor| step(asked, names(OfferSide::Buyer, minor), env.now());
        let refused = buyer(49_999).unwrap_err();
        assert_eq!(refused, OfferFault::BelowOwn(eur(50_000)));
        let report = refused.explain();
        assert_eq!((report.code, report.field.as_deref()), ("OFFER_BELOW_OWN", Some("amount")));
        assert!(report.remedy.unwrap().contains("offer EUR 500.00 or more"));
        assert_eq!(buyer(50_000), Ok(OfferState::Open), "they may stay with it");
        let offered = Standing { own: Some(eur(70_000)), ..standing(OfferState::Open, 60_000) };
        let studio = |minor| step(offered, names(OfferSide::Studio, minor), env.now());
        assert_eq!(studio(70_001), Err(OfferFault::AboveOwn(eur(70_000))));
        assert_eq!(studio(70_000), Ok(OfferState::Countered));
    }

    #[test]
    fn the_studio_is_not_told_of_what_is_below_its_minimum() {
        use OfferSide::{Buyer, House, Studio};
        assert_eq!(told(Buyer, OfferAct::Offered, true, false), [Buyer, Studio]);
        for act in OfferAct::iter() {
            assert!(!told(Buyer, act, act == OfferAct::Offered, true).contains(&Studio), "{act}");
            assert_eq!(told(Studio, act, false, false), [Buyer]);
        }
        let declined = |side| told(side, OfferAct::Declined, false, true);
        assert_eq!(declined(House), declined(Studio), "the buyer hears the same");
    }

    #[test]
    fn amounts_are_read_as_they_are_typed() {
        for (text, currency, minor) in [
            ("120", Currency::EUR, 12_000),
            (" 99.5 ", Currency::EUR, 9_950),
            ("99,50", Currency::EUR, 9_950),
            ("1,200", Currency::EUR, 120_000),
            ("1.200,50", Currency::EUR, 120_050),
            ("1 200", Currency::EUR, 120_000),
            ("1'200", Currency::EUR, 120_000),
            ("3,000", Currency::JPY, 3_000),
            ("12.345", Currency::BHD, 12_345),
            ("5.", Currency::EUR, 500),
        ] {
            assert_eq!(read_amount(text, currency), Ok(Money::new(minor, currency)), "{text}");
        }
        for text in ["", " ", "-5", "€5", "1.2.3", "12,34,567", "five", "9999999999999999999", ".5"] {
            assert_eq!(read_amount(text, Currency::EUR), Err(OfferFault::NoAmount(Currency::EUR)), "{text}");
        }
        assert!(read_amount("1.5", Currency::JPY).is_err(), "a yen has no decimals");
    }

    #[test]
    fn an_offer_is_less_than_the_price_and_a_setting_sound() {
        assert_eq!(check_first(eur(89_999), eur(90_000)), Ok(()));
        assert_eq!(check_first(eur(90_000), eur(90_000)), Err(OfferFault::AtPrice(eur(90_000))));
        assert!(matches!(check_first(eur(49), eur(90_000)), Err(OfferFault::Uncollectable(_))));
        let yen = Money::new(10, Currency::JPY);
        assert!(matches!(check_first(yen, eur(90_000)), Err(OfferFault::OtherCurrency { .. })));
        assert_eq!(check_setting(None, 7, Currency::EUR), Ok(()));
        assert_eq!(check_setting(Some(eur(0)), 7, Currency::EUR), Err(OfferFault::Minimum));
        assert_eq!(check_setting(Some(eur(1)), 31, Currency::EUR), Err(OfferFault::AnswerDays(31)));
    }

    #[test]
    fn words_are_tidied_or_refused() {
        assert_eq!(check_words(" For my album.\r\nThanks\u{202e} "), Ok(Some("For my album.\nThanks".to_owned())));
        assert_eq!(check_words(" \u{200b} "), Ok(None));
        assert_eq!(check_words(&"x".repeat(MAX_WORDS_CHARS + 1)), Err(OfferFault::Words));
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(minor in 1_i64..1_000_000_000_000) {
            for currency in [Currency::EUR, Currency::JPY, Currency::BHD] {
                let money = Money::new(minor, currency);
                let text = money.to_string();
                let number = text.split(' ').nth(1).unwrap();
                prop_assert_eq!(read_amount(number, currency), Ok(money));
            }
        }

        #[test]
        fn an_offer_below_the_minimum_is_declined_hours_later_and_in_its_time(random in any::<[u8; 8]>(), days in 1..=30) {
            let (env, _) = testing::env(1);
            let (now, until) = (env.now(), expires_at(env.now(), days));
            let at = quiet_decline_at(now, random, until);
            prop_assert!(at >= now + QUIET_LEAST && at < until);
        }
    }
}
