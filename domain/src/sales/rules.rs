//! The rules of buying: who a buyer is, how a reference looks, whether a cart still says the truth, how long things hold, and what is done next of what
//! the gateway says. What is given back and disputed, and upgrades, have rules of their own beside these.

pub mod money_back;
pub mod paying;
pub mod upgrade;

use chrono::Duration;

use super::{
    SalesError,
    entity::{OrderState, PaymentState},
    error::StaleLine,
};
use crate::{
    email::EmailAddress,
    env::{Env, Instant},
    identity::rules::Allowance,
    ids::CartLineId,
    licensing::{queries::Offer, terms::Terms},
    money::Money,
    ports::PaymentStanding,
    reach::is_loopback,
    visible::{has_visible, is_steering},
};

/// Orders from one network address.
pub const ORDERS_PER_IP: Allowance = Allowance { what: "order:ip", attempts: 30, window: Duration::hours(1) };
/// Orders of one e-mail address.
pub const ORDERS_PER_ADDRESS: Allowance = Allowance { what: "order:address", attempts: 10, window: Duration::hours(1) };
/// Coupons that are tried at one studio from one network address.
pub const COUPONS_PER_IP: Allowance = Allowance { what: "coupon:ip", attempts: 20, window: Duration::hours(1) };
/// How long an untouched cart is kept.
pub const CART_DAYS: i64 = 30;
/// How many lines a cart has at the most.
pub const MAX_CART_LINES: usize = 50;
/// How long a pay page stays open, counted from the order. Short, so that a price is not held for long, and long enough for a bank's checks.
pub const CHECKOUT_MINUTES: i64 = 60;
/// How long after it was placed an order's checkout can first be opened; what is left of [`CHECKOUT_MINUTES`] is the least that gateways take.
pub const OPENING_MINUTES: i64 = 25;
/// The longest name of a buyer, in characters.
pub const MAX_BUYER_CHARS: usize = 200;
/// The longest reason for a refund, in characters.
pub const MAX_REASON_CHARS: usize = 500;
/// The longest key under which something is asked for once, in characters.
pub const MAX_KEY_CHARS: usize = 255;
/// How often in a row the gateway may fail to answer before a loop over many questions is left.
pub const MAX_SILENCES: usize = 3;
/// The longest statement that answers a dispute, in characters.
pub const MAX_STATEMENT_CHARS: usize = 10_000;

/// Crockford's base 32: no I, L, O or U, so that a reference survives being read out.
const CROCKFORD: [u8; 32] = *b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A fresh reference of an order, `LL-` and eight characters.
pub fn reference(env: &Env) -> String {
    reference_of("LL-", env)
}

/// A fresh reference: what it begins with, and eight characters, 40 random bits.
pub fn reference_of(prefix: &str, env: &Env) -> String {
    let bits = env.random::<5>().into_iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(byte));
    let digits = (0..8).rev().map(|place| {
        let digit = usize::try_from(bits >> (5 * place) & 31).unwrap_or(0);
        char::from(CROCKFORD[digit])
    });
    prefix.chars().chain(digits).collect()
}

/// When an order's pay page closes.
pub fn checkout_expires_at(placed_at: Instant) -> Instant {
    placed_at + Duration::minutes(CHECKOUT_MINUTES)
}

/// Until when an order's checkout can first be opened.
pub fn opening_ends_at(placed_at: Instant) -> Instant {
    placed_at + Duration::minutes(OPENING_MINUTES)
}

/// What is done next of a checkout that its buyer has gone through with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing: the buyer may still pay.
    Wait,
    /// Nothing: the buyer's bank takes its time.
    WaitForBank,
    /// The works are claimed, and what is held is collected before this instant or let go of.
    Claim {
        /// Until when it can be collected.
        capture_before: Instant,
    },
    /// What was collected is recorded.
    Record,
    /// The order is closed, for nothing was or will be collected.
    Close,
}

/// Decides what is done next. A payment that was declined is waited for until the time to pay is over: the buyer may try again.
pub const fn next_step(standing: PaymentStanding, is_over: bool) -> Step {
    match standing {
        PaymentStanding::Unpaid if is_over => Step::Close,
        PaymentStanding::Unpaid => Step::Wait,
        PaymentStanding::Processing => Step::WaitForBank,
        PaymentStanding::Authorised { capture_before } => Step::Claim { capture_before },
        PaymentStanding::Captured => Step::Record,
        PaymentStanding::Cancelled => Step::Close,
    }
}

/// Whether an order may go from one state to another. A late failure closes no order that is paid, and what is closed is not paid any more: money that
/// comes after all goes back.
pub const fn may_become(from: OrderState, to: OrderState) -> bool {
    matches!(
        (from, to),
        (OrderState::AwaitingPayment, OrderState::Paid | OrderState::Expired | OrderState::Refunded)
            | (OrderState::Paid, OrderState::Delivered)
            | (OrderState::Expired, OrderState::Refunded)
    )
}

/// Where a payment stands, given what was known and what is told: whichever says more, in whatever order it is learned.
pub fn learned(known: PaymentState, told: PaymentState) -> PaymentState {
    known.max(told)
}

/// Counts in a loop how often in a row the gateway did not answer, so that one that hangs does not hold up all that comes after the loop. A single
/// answer that fails time and again does not end it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Silence {
    times: usize,
}

impl Silence {
    /// Takes note of what came of asking; true if the loop is left, and what is left of it put off until the next round.
    pub fn is_kept<T>(&mut self, outcome: &Result<T, SalesError>) -> bool {
        self.note(matches!(outcome, Err(SalesError::Gateway(error)) if error.is_transient()))
    }

    /// Takes note of whether the gateway was silent; true as in [`Self::is_kept`].
    pub const fn note(&mut self, is_silent: bool) -> bool {
        self.times = if is_silent { self.times + 1 } else { 0 };
        self.times >= MAX_SILENCES
    }
}

/// Whether an event, by the gateway's word for it, is about money that goes back.
pub fn is_about_money_back(kind: &str) -> bool {
    kind.contains("refund") || kind.contains("dispute")
}

/// A buyer, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buyer {
    /// The licensee's name.
    pub name: String,
    /// Where the files go.
    pub email: EmailAddress,
}

/// Checks a buyer's name and address.
pub fn check_buyer(name: &str, email: &str) -> Result<Buyer, SalesError> {
    let name = name.trim();
    if !has_visible(name) || name.chars().count() > MAX_BUYER_CHARS || name.chars().any(is_steering) {
        return Err(SalesError::BuyerName);
    }
    let email = email.parse().map_err(|_| SalesError::BuyerEmail)?;
    Ok(Buyer { name: name.to_owned(), email })
}

/// A line of a cart, as the buyer saw it and as it is.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The line.
    pub line: CartLineId,
    /// Its place in the cart, from 0.
    pub position: usize,
    /// The beat's title.
    pub beat_title: &'a str,
    /// The price that the buyer saw.
    pub price: Money,
    /// The terms that the buyer saw.
    pub terms: &'a Terms,
    /// The same tier as it is on sale now, in the cart's currency; none if it is not.
    pub offer: Option<&'a Offer>,
    /// Whether it is on sale at all, in whichever currency.
    pub is_on_sale: bool,
}

/// How a line differs from what its buyer saw; none if it does not.
pub fn staleness(seen: Seen<'_>) -> Option<StaleLine> {
    let same = seen.offer.is_some_and(|offer| offer.price == seen.price && offer.terms == *seen.terms);
    (!same).then(|| StaleLine {
        line: seen.line,
        position: seen.position,
        beat_title: seen.beat_title.to_owned(),
        tier_name: seen.terms.tier_name.clone(),
        seen: seen.price,
        now: seen.offer.map(|offer| offer.price),
        is_sold_otherwise: seen.offer.is_none() && seen.is_on_sale,
    })
}

/// The network address of somebody whose tries are counted. None of who is not told from others by it: it is not known, or it is this very machine's, from
/// which the demo buys, and everybody who comes through a proxy that names no client.
pub fn told_apart(ip: Option<&str>) -> Option<&str> {
    let is_own = |ip: &str| ip.parse().is_ok_and(is_loopback);
    ip.filter(|ip| !ip.is_empty() && !is_own(ip))
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;
    use crate::{env::testing, ports::GatewayError};

    #[test]
    fn references_are_short_legible_and_different() {
        let (env, _) = testing::env(3);
        let many: std::collections::BTreeSet<String> = (0..10_000).map(|_| reference(&env)).collect();
        assert_eq!(many.len(), 10_000);
        for reference in many {
            let digits = reference.strip_prefix("LL-").unwrap();
            assert_eq!(digits.len(), 8);
            assert!(digits.bytes().all(|digit| CROCKFORD.contains(&digit)), "{reference}");
        }
    }

    #[test]
    fn a_late_failure_takes_nothing_from_a_paid_order() {
        for from in [OrderState::Paid, OrderState::Delivered] {
            for to in [OrderState::AwaitingPayment, OrderState::Expired, OrderState::Refunded] {
                assert!(!may_become(from, to), "{from} to {to}");
            }
        }
        assert!(may_become(OrderState::Expired, OrderState::Refunded), "money that came too late goes back");
        assert!(!may_become(OrderState::Expired, OrderState::Paid));
        assert!(OrderState::iter().all(|state| !may_become(state, state)), "standing still is no step");
    }

    #[test]
    fn the_order_in_which_a_payment_is_told_does_not_matter() {
        let told = [PaymentState::Authorised, PaymentState::Captured, PaymentState::Cancelled];
        for first in told {
            for second in told {
                assert_eq!(learned(first, second), learned(second, first));
                assert_eq!(
                    learned(learned(first, second), first),
                    learned(first, second),
                    "told again, it is the same"
                );
            }
            assert_eq!(learned(first, PaymentState::Captured), PaymentState::Captured, "collected is collected");
        }
    }

    #[test]
    fn what_is_done_next_follows_from_the_truth() {
        let (env, _) = testing::env(1);
        let capture_before = env.now();
        for is_over in [false, true] {
            let step = |standing| next_step(standing, is_over);
            assert_eq!(step(PaymentStanding::Captured), Step::Record);
            assert_eq!(step(PaymentStanding::Processing), Step::WaitForBank, "however long it takes");
            assert_eq!(step(PaymentStanding::Cancelled), Step::Close);
            assert_eq!(step(PaymentStanding::Authorised { capture_before }), Step::Claim { capture_before });
        }
        assert_eq!(next_step(PaymentStanding::Unpaid, false), Step::Wait, "the buyer may try another card");
        assert_eq!(next_step(PaymentStanding::Unpaid, true), Step::Close);
    }

    #[test]
    fn a_gateway_that_is_silent_thrice_in_a_row_is_left_alone() {
        let silent = || Err(SalesError::Gateway(GatewayError::Transient { what: "asking", source: "it hangs".into() }));
        let mut silence = Silence::default();
        let outcomes =
            [silent(), silent(), Ok(()), silent(), silent(), Err(SalesError::NoOrder), silent(), silent(), silent()];
        let left: Vec<bool> = outcomes.iter().map(|outcome| silence.is_kept(outcome)).collect();
        assert_eq!(left.iter().position(|left| *left), Some(8));
    }

    #[test]
    fn refunds_and_disputes_are_told_by_their_words() {
        for kind in ["charge.refunded", "refund.failed", "charge.refund.updated", "charge.dispute.created"] {
            assert!(is_about_money_back(kind), "{kind}");
        }
        for kind in ["checkout.session.completed", "payment_intent.succeeded", "charge.captured"] {
            assert!(!is_about_money_back(kind), "{kind}");
        }
    }

    #[test]
    fn a_buyer_has_a_name_and_an_address() {
        let buyer = check_buyer(" Ada Lovelace ", "ada@example.com").unwrap();
        assert_eq!((buyer.name.as_str(), buyer.email.as_str()), ("Ada Lovelace", "ada@example.com"));
        for name in ["", "  ", "\u{200b}", "a\nb", &"x".repeat(201)] {
            assert!(matches!(check_buyer(name, "ada@example.com"), Err(SalesError::BuyerName)), "{name:?}");
        }
        assert!(matches!(check_buyer("Ada", "ada"), Err(SalesError::BuyerEmail)));
    }
}
