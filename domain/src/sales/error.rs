//! Why sales refuse.

use std::fmt;

use super::{
    entity::{DisputeState, OrderState, PaymentState},
    rules::{
        MAX_BUYER_CHARS, MAX_CART_LINES, MAX_KEY_CHARS, MAX_REASON_CHARS, MAX_STATEMENT_CHARS, upgrade::UpgradeRefusal,
    },
};
use crate::{
    catalog::CatalogError,
    collectable::AmountFault,
    env::Instant,
    identity::IdentityError,
    ids::{CartLineId, DisputeId},
    ledger::LedgerError,
    legible::Illegible,
    licensing::{LicensingError, terms::TierCode},
    money::{Currency, Money, MoneyError},
    policy::Denied,
    ports::GatewayError,
    pricing::{countries::CountryError, rules::CouponFault},
    report::{Explain, Kind, Report, StoreError},
    splits::SplitError,
};

/// A line of a cart that is no longer what the buyer saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleLine {
    /// The line.
    pub line: CartLineId,
    /// Its place in the cart, from 0.
    pub position: usize,
    /// The beat's title.
    pub beat_title: String,
    /// The tier's name as it was seen.
    pub tier_name: String,
    /// The price that was seen.
    pub seen: Money,
    /// The price now; none if it is not on sale any more, or not in the cart's currency.
    pub now: Option<Money>,
    /// Whether it is on sale, and in other currencies alone.
    pub is_sold_otherwise: bool,
}

impl fmt::Display for StaleLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { beat_title, tier_name, seen, .. } = self;
        match self.now {
            None if self.is_sold_otherwise => {
                write!(f, "{beat_title} ({tier_name}) is not sold in {} any more", seen.currency)
            }
            None => write!(f, "{beat_title} ({tier_name}) is not on sale any more"),
            Some(now) if now == *seen => write!(f, "the terms of {beat_title} ({tier_name}) have changed"),
            Some(now) => write!(f, "{beat_title} ({tier_name}) now costs {now}, you saw {seen}"),
        }
    }
}

/// Prints what has changed, line by line; the sum alone if no line has.
struct Changes<'a>(&'a [StaleLine]);

impl fmt::Display for Changes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("it was changed elsewhere, and its total is another");
        }
        for (index, line) in self.0.iter().enumerate() {
            write!(f, "{}{line}", if index == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

/// Prints which lines are meant.
struct Names<'a>(&'a [StaleLine]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, StaleLine { beat_title, tier_name, .. }) in self.0.iter().enumerate() {
            write!(f, "{}{beat_title} ({tier_name})", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

/// Currencies by their codes, with commas between.
fn codes(currencies: &[Currency]) -> String {
    currencies.iter().map(|currency| currency.code()).collect::<Vec<_>>().join(", ")
}

/// Why sales refuse.
#[derive(Debug, thiserror::Error)]
pub enum SalesError {
    /// The actor may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such studio.
    #[error("there is no such studio")]
    NoStudio,
    /// The beat is not on the storefront.
    #[error("this beat is not on sale")]
    NotOnSale,
    /// Those who made the beat have not signed their split, and the studio waits for that.
    #[error("this beat is not on sale until all who made it have signed their split")]
    SplitUnsigned,
    /// The beat is, but not under this tier.
    #[error("this beat is not sold under the {0} tier")]
    TierNotOffered(TierCode),
    /// The cart does not exist, or its time is over.
    #[error("there is no such cart, or it has been given up")]
    NoCart,
    /// The line is not in the cart.
    #[error("this line is not in the cart")]
    NoLine,
    /// Too many lines.
    #[error("a cart holds {MAX_CART_LINES} lines at the most")]
    CartFull,
    /// Nothing to order.
    #[error("the cart is empty")]
    EmptyCart,
    /// The cart is not what the buyer saw; it has been brought up to date.
    #[error("the cart is not what you saw: {}", Changes(lines))]
    CartStale {
        /// The lines that differ; none if the total alone does.
        lines: Vec<StaleLine>,
        /// What the cart comes to now, without the lines that are not on sale.
        total: Money,
    },
    /// What was agreed upon does not come to what the buyer saw, by the tax of now.
    #[error("this comes to {now} now, and you saw {seen}")]
    TotalChanged {
        /// What the buyer saw.
        seen: Money,
        /// What it comes to.
        now: Money,
    },
    /// Lines in several currencies.
    #[error("the cart has prices in {left} and in {right}")]
    MixedCurrencies {
        /// One currency.
        left: Currency,
        /// Another.
        right: Currency,
    },
    /// Something in another currency is put into a cart that holds something.
    #[error("your cart is in {cart}, and this is in {asked}")]
    CartOtherCurrency {
        /// The cart's currency.
        cart: Currency,
        /// The one that was asked for.
        asked: Currency,
    },
    /// The beat is on sale under this tier, but not in the currency.
    #[error("the {tier} tier of this beat is not sold in {currency}")]
    TierNotSoldIn {
        /// The tier.
        tier: TierCode,
        /// The currency.
        currency: Currency,
        /// Those that it is sold in.
        sold_in: Vec<Currency>,
    },
    /// The bundle is on sale, but not in the currency.
    #[error("this bundle is not sold in {0}")]
    BundleNotSoldIn(Currency),
    /// The studio sells nothing in the currency.
    #[error("the studio sells nothing in {currency}")]
    CurrencyNotSold {
        /// The currency.
        currency: Currency,
        /// Those that it sells in.
        sold_in: Vec<Currency>,
    },
    /// A cart that shall change its currency holds what is not sold in the other one; it stays as it is.
    #[error("this is not sold in {asked}: {}", Names(lines))]
    LinesNotSoldIn {
        /// The cart's currency.
        cart: Currency,
        /// The one that it should change to.
        asked: Currency,
        /// The lines.
        lines: Vec<StaleLine>,
    },
    /// The coupon that the buyer saw takes nothing off any more, or there is no such.
    #[error(transparent)]
    Coupon(#[from] CouponFault),
    /// The studio's sales are taxed by where the buyer is, and they have not said.
    #[error("the studio needs to know your country to reckon the tax")]
    CountryNeeded,
    /// No such country.
    #[error(transparent)]
    Country(#[from] CountryError),
    /// No such bundle on sale.
    #[error("this bundle is not on sale")]
    NoBundle,
    /// What it comes to is collected by no payment service.
    #[error("this cannot be paid: {0}")]
    Uncollectable(AmountFault),
    /// The cart's total does not fit.
    #[error("the total is too large")]
    TotalTooLarge,
    /// The buyer's name is missing, too long or no text.
    #[error(
        "a name has 1 to {MAX_BUYER_CHARS} characters that are seen, and none that ends a line or turns the direction of writing"
    )]
    BuyerName,
    /// Contracts cannot show the buyer's name.
    #[error(transparent)]
    Illegible(#[from] Illegible),
    /// The buyer's address is none.
    #[error("this is not an e-mail address")]
    BuyerEmail,
    /// Too many tries.
    #[error("this was tried too often; it can be tried again after {}", retry_at.format("%-d %B %Y, %H:%M UTC"))]
    TooMany {
        /// When it can be.
        retry_at: Instant,
    },
    /// Counting tries failed.
    #[error("the try could not be counted")]
    Counting(#[source] IdentityError),
    /// No such order.
    #[error("there is no such order")]
    NoOrder,
    /// Whoever holds a lease of the work may buy its exclusive first.
    #[error("those who hold a lease of this beat may buy it exclusively first, until {}", until.format("%-d %B %Y, %H:%M UTC"))]
    FirstRefusal {
        /// Until when others wait.
        until: Instant,
    },
    /// The order is not awaiting payment.
    #[error("the order is {0} and cannot be paid")]
    OrderClosed(OrderState),
    /// The time to open the order's pay page is over.
    #[error("the order was placed too long ago to be paid")]
    OrderTooOld,
    /// The gateway does not collect what the order comes to, such as less than its least.
    #[error("the payment service does not collect {total} for this order ({code})")]
    NotCollectable {
        /// What the order comes to.
        total: Money,
        /// The gateway's word for why, such as `amount_too_small`.
        code: String,
    },
    /// The order is collected by another gateway than the one at hand.
    #[error("the order is collected by the gateway {order}, and {present} is at hand")]
    OtherGateway {
        /// The order's gateway.
        order: String,
        /// The one at hand.
        present: &'static str,
    },
    /// No such payment.
    #[error("there is no such payment")]
    NoPayment,
    /// The payment is recorded for another order.
    #[error("the payment {payment} belongs to another order")]
    PaymentElsewhere {
        /// The gateway's id for it.
        payment: String,
    },
    /// A receipt that cannot be: below zero, or a fee above the amount.
    #[error("the gateway's receipt for {payment} does not add up: {amount}, of which {fee} are its fee")]
    OddReceipt {
        /// The gateway's id for the payment.
        payment: String,
        /// What it says was paid.
        amount: Money,
        /// What it says it keeps.
        fee: Money,
    },
    /// The payment is not one of which anything can be given back.
    #[error("the payment is {0}, and nothing of it can be given back")]
    NotRefundable(PaymentState),
    /// The order has no payment of which anything can be given back.
    #[error("nothing was collected for this order, or all of it goes back already")]
    NothingPaid,
    /// The order has several payments that are kept, and none was named.
    #[error("the order has several payments")]
    SeveralPayments,
    /// An amount to be given back that is nothing or less.
    #[error("what is given back is more than nothing")]
    RefundNothing,
    /// More than what remains of the payment.
    #[error("{asked} is more than the {rest} that can still be given back")]
    BeyondRest {
        /// What was asked for.
        asked: Money,
        /// What remains: collected, not given back, and not disputed.
        rest: Money,
    },
    /// The buyer's bank has not decided yet.
    #[error("the payment is disputed, and nothing of it can be given back before that is decided")]
    RefundDisputed {
        /// The dispute.
        dispute: DisputeId,
    },
    /// What was paid is credited to an upgrade that stands, which would end with it.
    #[error("what was paid is credited to {by}, which would end with it")]
    Credited {
        /// The reference of the licence that it is credited to.
        by: String,
    },
    /// A refund in another currency than the payment's.
    #[error("this is in {asked}, and what was paid is in {paid}")]
    RefundCurrency {
        /// The currency of what was asked for.
        asked: Currency,
        /// The payment's.
        paid: Currency,
    },
    /// No reason was given, or too long a one.
    #[error("a reason has 1 to {MAX_REASON_CHARS} characters")]
    RefundReason,
    /// A key that is empty or too long.
    #[error("an idempotency key has 1 to {MAX_KEY_CHARS} characters")]
    RequestKey,
    /// The key was used for another refund.
    #[error("this idempotency key was used for another refund")]
    KeyTaken,
    /// No such refund.
    #[error("there is no such refund")]
    NoRefund,
    /// No such dispute.
    #[error("there is no such dispute")]
    NoDispute,
    /// The dispute takes no answer any more.
    #[error("the dispute is {0} and takes no answer")]
    DisputeClosed(DisputeState),
    /// A dispute is answered once.
    #[error("the dispute has been answered")]
    DisputeAnswered,
    /// No statement was given, or too long a one.
    #[error("a statement has 1 to {MAX_STATEMENT_CHARS} characters")]
    Statement,
    /// The gateway has not done what the job is about, and has not refused either.
    #[error("the payment {payment} is still as it was at the gateway")]
    StillUndecided {
        /// The gateway's id for the payment.
        payment: String,
    },
    /// The licence is not upgraded, or not so.
    #[error(transparent)]
    Upgrade(#[from] UpgradeRefusal),
    /// The licence is not the caller's, or does not stand.
    #[error(transparent)]
    Licensing(#[from] LicensingError),
    /// The gateway failed.
    #[error("the payment service did not answer as expected")]
    Gateway(#[source] GatewayError),
    /// The ledger refused.
    #[error("the sale could not be booked")]
    Ledger(#[from] LedgerError),
    /// What was parked could not be followed.
    #[error("the parked money of the sale could not be booked")]
    Split(#[from] SplitError),
    /// The catalogue refused to withdraw the work.
    #[error("the work could not be withdrawn from sale")]
    Catalog(#[from] CatalogError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

crate::from_db_err!(SalesError);

impl From<MoneyError> for SalesError {
    fn from(error: MoneyError) -> Self {
        match error {
            MoneyError::CurrencyMismatch { left, right } => Self::MixedCurrencies { left, right },
            _ => Self::TotalTooLarge,
        }
    }
}

impl From<IdentityError> for SalesError {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::Throttled { retry_at } => Self::TooMany { retry_at },
            other => Self::Counting(other),
        }
    }
}

impl SalesError {
    /// Whether the same call may succeed later, without anything else being changed.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Gateway(error) => error.is_transient(),
            Self::StillUndecided { .. } | Self::Store(_) => true,
            _ => false,
        }
    }
}

impl Explain for SalesError {
    #[expect(clippy::too_many_lines, reason = "one explanation for each refusal, all in one place")]
    fn explain(&self) -> Report {
        let report = |kind, code| Report::new(kind, code, self.to_string());
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::NoStudio => report(Kind::NotFound, "NOT_FOUND").field("studio"),
            Self::NotOnSale => report(Kind::Conflict, "NOT_ON_SALE").field("beat").remedy("choose another beat"),
            Self::SplitUnsigned => {
                report(Kind::Conflict, "SPLIT_UNSIGNED").field("beat").remedy("choose another beat, or come back later")
            }
            Self::TierNotOffered(_) => {
                report(Kind::Conflict, "TIER_NOT_OFFERED").field("tier").remedy("choose one of the tiers offered")
            }
            Self::NoCart => report(Kind::Conflict, "NO_CART").field("cart").remedy("begin a new cart"),
            Self::NoLine => report(Kind::Conflict, "NO_LINE").field("line").remedy("look at the cart again"),
            Self::CartFull => report(Kind::Conflict, "CART_FULL").field("cart").remedy("place an order first"),
            Self::EmptyCart => report(Kind::Conflict, "CART_EMPTY").field("cart").remedy("put a beat into it"),
            Self::CartStale { lines, .. } => {
                let field = lines.first().map_or("total".to_owned(), |line| format!("lines.{}", line.position));
                report(Kind::Conflict, "CART_STALE")
                    .field(field)
                    .remedy("look at the cart again: it is up to date now; remove what is gone, then order")
            }
            Self::TotalChanged { .. } => report(Kind::Conflict, "TOTAL_CHANGED")
                .field("total")
                .remedy("look at the total and the contract again, then order"),
            Self::MixedCurrencies { .. } => {
                report(Kind::Conflict, "MIXED_CURRENCIES").field("lines").remedy("order them one currency at a time")
            }
            Self::CartOtherCurrency { asked, .. } => {
                report(Kind::Conflict, "CART_OTHER_CURRENCY").field("currency").remedy(format!(
                    "change the cart's currency to {asked}, or order what is in it, or take it out, first"
                ))
            }
            Self::TierNotSoldIn { sold_in, .. } => report(Kind::Conflict, "TIER_NOT_SOLD_IN_CURRENCY")
                .field("currency")
                .remedy(format!("choose a currency that it is sold in: {}", codes(sold_in))),
            Self::BundleNotSoldIn(_) => report(Kind::Conflict, "BUNDLE_NOT_SOLD_IN_CURRENCY")
                .field("currency")
                .remedy("choose its beats one by one, or another currency"),
            Self::CurrencyNotSold { sold_in, .. } => report(Kind::Conflict, "CURRENCY_NOT_SOLD")
                .field("currency")
                .remedy(format!("choose a currency that it sells in: {}", codes(sold_in))),
            Self::LinesNotSoldIn { cart, lines, .. } => {
                let field = lines.first().map_or("currency".to_owned(), |line| format!("lines.{}", line.position));
                report(Kind::Conflict, "LINES_NOT_SOLD_IN_CURRENCY")
                    .field(field)
                    .remedy(format!("take that out first, or stay with {cart}"))
            }
            Self::Coupon(fault) => fault.explain(),
            Self::CountryNeeded => {
                report(Kind::Conflict, "COUNTRY_NEEDED").field("country").remedy("say where you are, then order")
            }
            Self::Country(_) => report(Kind::Invalid, "COUNTRY")
                .field("country")
                .remedy("choose a country of the list, or give its code such as DE or US"),
            Self::NoBundle => report(Kind::Conflict, "NO_BUNDLE").field("bundle").remedy("choose its beats one by one"),
            Self::Uncollectable(AmountFault::TooSmall { .. }) => {
                report(Kind::Conflict, "TOTAL_TOO_SMALL").field("lines").remedy("order more at once, or ask the studio")
            }
            Self::Uncollectable(AmountFault::Digits { .. }) => report(Kind::Conflict, "PRICE_DIGITS")
                .field("lines")
                .remedy("ask the studio to set a price that can be paid"),
            Self::TotalTooLarge => report(Kind::Invalid, "TOTAL_TOO_LARGE").field("lines").remedy("order in parts"),
            Self::BuyerName => report(Kind::Invalid, "BUYER_NAME")
                .field("buyerName")
                .remedy("give the licensee's name as it shall stand in the contract"),
            Self::Illegible(illegible) => illegible.explain(),
            Self::BuyerEmail => report(Kind::Invalid, "BUYER_EMAIL")
                .field("buyerEmail")
                .remedy("give the address that the files shall be sent to"),
            Self::FirstRefusal { .. } => report(Kind::Conflict, "FIRST_REFUSAL")
                .field("lines")
                .remedy("order it after that; if you hold a lease of it, use the link that was mailed to you"),
            Self::TooMany { .. } => report(Kind::TooMany, "TOO_MANY_TRIES").remedy("wait until then, then try again"),
            Self::NoOrder => report(Kind::NotFound, "NOT_FOUND").field("order"),
            Self::OrderClosed(_) => report(Kind::Conflict, "ORDER_CLOSED").field("order").remedy("place a new order"),
            Self::OrderTooOld => report(Kind::Conflict, "ORDER_TOO_OLD").field("order").remedy("place a new order"),
            Self::NotCollectable { .. } => {
                report(Kind::Conflict, "NOT_COLLECTABLE").field("order").remedy("order more at once, or ask the studio")
            }
            Self::NoPayment => report(Kind::NotFound, "NOT_FOUND").field("payment"),
            Self::NotRefundable(_) => report(Kind::Conflict, "NOT_REFUNDABLE").field("payment"),
            Self::NothingPaid => report(Kind::Conflict, "NOTHING_PAID").field("orderId"),
            Self::SeveralPayments => {
                report(Kind::Conflict, "SEVERAL_PAYMENTS").field("paymentId").remedy("name the one that shall go back")
            }
            Self::RefundNothing => report(Kind::Invalid, "REFUND_NOTHING").field("amount").remedy("give an amount"),
            Self::BeyondRest { rest, .. } => report(Kind::Conflict, "BEYOND_REST")
                .field("amount")
                .remedy(format!("give back {rest} at the most, or leave the amount out to give back all that remains")),
            Self::RefundDisputed { dispute } => report(Kind::Conflict, "DISPUTED")
                .field("orderId")
                .remedy(format!("answer the dispute {dispute}, and give back what then remains")),
            Self::Credited { by } => report(Kind::Conflict, "CREDITED")
                .field("amount")
                .remedy(format!("give back {by} first, or less than all that remains")),
            Self::RefundCurrency { paid, .. } => {
                report(Kind::Invalid, "OTHER_CURRENCY").field("amount").remedy(format!("give an amount in {paid}"))
            }
            Self::RefundReason => report(Kind::Invalid, "REFUND_REASON").field("reason").remedy("say why it goes back"),
            Self::RequestKey => report(Kind::Invalid, "IDEMPOTENCY_KEY").field("idempotencyKey"),
            Self::KeyTaken => report(Kind::Conflict, "IDEMPOTENCY_KEY_TAKEN")
                .field("idempotencyKey")
                .remedy("use a new key for a new refund"),
            Self::NoRefund => report(Kind::NotFound, "NOT_FOUND").field("refund"),
            Self::NoDispute => report(Kind::NotFound, "NOT_FOUND").field("dispute"),
            Self::DisputeClosed(_) => report(Kind::Conflict, "DISPUTE_CLOSED").field("dispute"),
            Self::DisputeAnswered => report(Kind::Conflict, "DISPUTE_ANSWERED").field("dispute"),
            Self::Statement => report(Kind::Invalid, "STATEMENT").field("statement").remedy("say what speaks for you"),
            Self::Gateway(error) if error.is_transient() => {
                let said = "the payment service does not answer just now; nothing is lost by that";
                Report::new(Kind::Unavailable, "GATEWAY_FAILED", said).remedy(
                    "try again in a moment: what was begun is gone on with, and you are charged once at the most",
                )
            }
            Self::Gateway(_) => Report::new(Kind::Internal, "GATEWAY_FAILED", self.to_string())
                .remedy("try again in a moment; you are charged once at the most"),
            Self::Upgrade(refusal) => refusal.explain(),
            Self::Licensing(refusal) => refusal.explain(),
            Self::Store(error) => error.explain(),
            Self::Counting(error) => Report::within(error),
            Self::Ledger(error) => Report::within(error),
            Self::Split(error) => Report::within(error),
            Self::Catalog(error) => Report::within(error),
            Self::OtherGateway { .. }
            | Self::PaymentElsewhere { .. }
            | Self::OddReceipt { .. }
            | Self::StillUndecided { .. } => Report::internal(),
        }
    }
}
