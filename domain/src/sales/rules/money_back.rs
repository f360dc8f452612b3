//! The rules of giving back: how much can be, what a payment is after it, and what a buyer may do meanwhile.

use super::MAX_REASON_CHARS;
use crate::{
    money::Money,
    ports::{DisputeStanding, GatewayPayment, PaymentStanding, RefundStanding},
    sales::{
        SalesError,
        entity::{DisputeState, OrderState, PaymentState, RefundState},
    },
    visible::undirected,
};

/// What came of the payments that an order was granted for, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OrderMoney {
    /// Collected.
    pub captured_minor: i64,
    /// Given back, as far as it is booked.
    pub given_back_minor: i64,
    /// What of that has not arrived: it may fail to.
    pub under_way_minor: i64,
    /// Lost in disputes.
    pub lost_minor: i64,
    /// What of that is not booked, as when the gateway has taken more than the books say remains.
    pub unbooked_minor: i64,
    /// Whether some of it is disputed now.
    pub is_disputed: bool,
    /// How much of it is.
    pub disputed_minor: i64,
    /// Whether an exclusive of the order has ended: its work may be somebody else's by now.
    pub has_ended: bool,
}

impl OrderMoney {
    /// What is gone of what was collected.
    const fn gone_minor(&self) -> i64 {
        self.given_back_minor.saturating_add(self.lost_minor)
    }
}

/// What has become of the money that an order was paid with. The order itself stays paid, or delivered, whatever becomes of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoneyState {
    /// Nothing was collected: it is not paid, or costs nothing.
    Nothing,
    /// All of it is kept.
    Kept,
    /// A part has gone back, or was lost to the buyer's bank; the rest is kept.
    PartlyReturned,
    /// The buyer's bank disputes it, or a part of it, and has not decided.
    Disputed,
    /// All of it has gone back, is on its way there, or was lost to the buyer's bank.
    Returned,
}

/// What a buyer may do with what an order has bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entitlement {
    /// Nothing: the order is not paid.
    Unpaid,
    /// All that was licensed.
    Stands,
    /// Nothing while the buyer's bank disputes the payment.
    Suspended,
    /// Nothing any more: the money went back.
    Revoked,
}

/// Derives what a buyer may do from the order and the money that is kept for it; it is written down nowhere, so whatever becomes of the money counts at
/// once. A refund in part leaves the licence; one of all that was paid ends it, and so does a dispute that was lost over all of it. What a second
/// charge brought and took again changes nothing.
pub const fn entitlement(state: OrderState, money: &OrderMoney) -> Entitlement {
    match state {
        OrderState::AwaitingPayment | OrderState::Expired => Entitlement::Unpaid,
        OrderState::Refunded => Entitlement::Revoked,
        OrderState::Paid | OrderState::Delivered => {
            if money.has_ended || money.gone_minor() > 0 && money.captured_minor.saturating_sub(money.gone_minor()) <= 0
            {
                Entitlement::Revoked
            } else if money.is_disputed {
                Entitlement::Suspended
            } else {
                Entitlement::Stands
            }
        }
    }
}

/// What has become of an order's money, of an order that stands so.
pub const fn money_state(state: OrderState, money: &OrderMoney) -> MoneyState {
    match state {
        OrderState::AwaitingPayment | OrderState::Expired => MoneyState::Nothing,
        // What came could not be granted.
        OrderState::Refunded => MoneyState::Returned,
        OrderState::Paid | OrderState::Delivered => {
            if money.captured_minor <= 0 {
                MoneyState::Nothing
            } else if money.gone_minor() >= money.captured_minor {
                MoneyState::Returned
            } else if money.is_disputed {
                MoneyState::Disputed
            } else if money.gone_minor() > 0 {
                MoneyState::PartlyReturned
            } else {
                MoneyState::Kept
            }
        }
    }
}

/// Whether nothing is kept of what was paid for an order, and all of that is booked and has arrived where it went. What cost nothing is not returned.
pub const fn is_returned(money: &OrderMoney) -> bool {
    let settled_minor = money.gone_minor().saturating_sub(money.under_way_minor).saturating_sub(money.unbooked_minor);
    money.captured_minor > 0 && settled_minor >= money.captured_minor
}

/// What the buyer of an upgrade may do, given what they might by its own order alone and what they may by those whose payments were credited to it: the
/// upgrade stands on their money too.
pub fn standing_on(own: Entitlement, credited: impl IntoIterator<Item = Entitlement>) -> Entitlement {
    if own == Entitlement::Unpaid {
        return own;
    }
    credited.into_iter().fold(own, |worst, of_credited| match (worst, of_credited) {
        (Entitlement::Revoked, _) | (_, Entitlement::Revoked | Entitlement::Unpaid) => Entitlement::Revoked,
        (Entitlement::Suspended, _) | (_, Entitlement::Suspended) => Entitlement::Suspended,
        (worst, Entitlement::Stands) => worst,
    })
}

/// Checks how much shall be given back against what remains: all of that if no amount is named.
pub fn check_amount(asked: Option<Money>, rest: Money) -> Result<Money, SalesError> {
    let asked = asked.unwrap_or(rest);
    if asked.currency != rest.currency {
        return Err(SalesError::RefundCurrency { asked: asked.currency, paid: rest.currency });
    }
    if asked.minor > rest.minor {
        return Err(SalesError::BeyondRest { asked, rest });
    }
    if asked.minor <= 0 {
        // Nothing was named and nothing remains.
        return Err(if rest.minor <= 0 { SalesError::NothingPaid } else { SalesError::RefundNothing });
    }
    Ok(asked)
}

/// Checks why something is given back.
pub fn check_reason(reason: &str) -> Result<String, SalesError> {
    let reason = undirected(reason.trim());
    let length = reason.chars().count();
    if (1..=MAX_REASON_CHARS).contains(&length) { Ok(reason) } else { Err(SalesError::RefundReason) }
}

/// What the gateway keeps of a payment, in minor units: collected or held, and neither given back nor with the buyer's bank.
pub fn kept_minor(payment: &GatewayPayment) -> i64 {
    let came_minor = match payment.standing {
        PaymentStanding::Captured => payment.captured.minor,
        PaymentStanding::Authorised { .. } => payment.amount.minor,
        PaymentStanding::Unpaid | PaymentStanding::Processing | PaymentStanding::Cancelled => 0,
    };
    let refunds = payment.refunds.iter().filter(|refund| refund.standing != RefundStanding::Failed);
    let disputes = payment.disputes.iter().filter(|dispute| {
        let state = dispute_state(dispute.standing);
        holds_money(state) || state == DisputeState::Lost
    });
    let gone = refunds.map(|refund| refund.amount).chain(disputes.map(|dispute| dispute.amount));
    let gone_minor = gone.map(|amount| amount.minor).fold(0, i64::saturating_add);
    came_minor.saturating_sub(gone_minor).max(0)
}

/// Where a payment stands when so much of it has been given back. One of which a refund has failed after all is collected again; what came for nothing
/// sold stays to be given back.
pub const fn after_refunds(
    known: PaymentState,
    amount_minor: i64,
    given_back_minor: i64,
    is_owed_back: bool,
) -> PaymentState {
    match known {
        PaymentState::Authorised | PaymentState::Cancelled => known,
        _ if given_back_minor >= amount_minor => PaymentState::Refunded,
        _ if is_owed_back => PaymentState::Refunding,
        _ => PaymentState::Captured,
    }
}

/// Where a refund stands, given what was known and what the gateway says: whichever is further.
pub fn refund_learned(known: RefundState, told: RefundStanding) -> RefundState {
    known.max(match told {
        RefundStanding::Pending => RefundState::Requested,
        RefundStanding::Succeeded => RefundState::Succeeded,
        RefundStanding::Failed => RefundState::Failed,
    })
}

/// Where a dispute stands, given what was known and what the gateway says: whichever is further, and once it is decided, that.
pub fn dispute_learned(known: DisputeState, told: DisputeStanding) -> DisputeState {
    if is_decided(known) { known } else { known.max(dispute_state(told)) }
}

/// The state that the gateway tells of.
pub const fn dispute_state(told: DisputeStanding) -> DisputeState {
    match told {
        DisputeStanding::Inquiry => DisputeState::Inquiry,
        DisputeStanding::NeedsResponse => DisputeState::NeedsResponse,
        DisputeStanding::UnderReview => DisputeState::UnderReview,
        DisputeStanding::Won => DisputeState::Won,
        DisputeStanding::Lost => DisputeState::Lost,
    }
}

/// Whether a dispute is over.
pub const fn is_decided(state: DisputeState) -> bool {
    matches!(state, DisputeState::Won | DisputeState::Lost)
}

/// Whether a dispute holds money back: it has begun and is not decided.
pub const fn holds_money(state: DisputeState) -> bool {
    matches!(state, DisputeState::NeedsResponse | DisputeState::UnderReview)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn euros(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    #[test]
    fn a_licence_stands_while_any_of_its_price_is_kept() {
        let paid = OrderMoney { captured_minor: 3000, ..OrderMoney::default() };
        let at = |money: OrderMoney| entitlement(OrderState::Delivered, &money);
        assert_eq!(at(paid), Entitlement::Stands);
        assert_eq!(at(OrderMoney { given_back_minor: 2999, ..paid }), Entitlement::Stands, "a part is a courtesy");
        assert_eq!(at(OrderMoney { given_back_minor: 3000, ..paid }), Entitlement::Revoked);
        assert_eq!(at(OrderMoney { given_back_minor: 1000, lost_minor: 2000, ..paid }), Entitlement::Revoked);
        assert_eq!(at(OrderMoney { is_disputed: true, ..paid }), Entitlement::Suspended);
        assert_eq!(at(OrderMoney { lost_minor: 500, ..paid }), Entitlement::Stands, "lost in part, it stands again");
        let twice = OrderMoney { captured_minor: 6000, given_back_minor: 3000, ..OrderMoney::default() };
        assert_eq!(at(twice), Entitlement::Stands, "a second charge that went back took nothing along");
        assert_eq!(at(OrderMoney::default()), Entitlement::Stands, "what costs nothing is not taken back");
        assert_eq!(entitlement(OrderState::Expired, &paid), Entitlement::Unpaid);
        assert_eq!(entitlement(OrderState::Refunded, &OrderMoney::default()), Entitlement::Revoked);
        assert_eq!(at(OrderMoney { has_ended: true, ..paid }), Entitlement::Revoked, "whatever comes back later");
    }

    #[test]
    fn a_delivered_order_says_what_has_become_of_its_money() {
        let paid = OrderMoney { captured_minor: 3000, ..OrderMoney::default() };
        let at = |money: OrderMoney| money_state(OrderState::Delivered, &money);
        assert_eq!(at(paid), MoneyState::Kept);
        assert_eq!(at(OrderMoney { given_back_minor: 2999, ..paid }), MoneyState::PartlyReturned);
        assert_eq!(at(OrderMoney { lost_minor: 500, ..paid }), MoneyState::PartlyReturned);
        assert_eq!(at(OrderMoney { is_disputed: true, given_back_minor: 1, ..paid }), MoneyState::Disputed);
        assert_eq!(at(OrderMoney { given_back_minor: 1000, lost_minor: 2000, ..paid }), MoneyState::Returned);
        let whole = OrderMoney { given_back_minor: 3000, under_way_minor: 3000, ..paid };
        assert_eq!(at(whole), MoneyState::Returned, "it is on its way");
        assert_eq!(at(OrderMoney { has_ended: true, ..paid }), MoneyState::Kept, "a refund that failed in the end");
        assert_eq!(at(OrderMoney::default()), MoneyState::Nothing, "it costs nothing");
        assert_eq!(money_state(OrderState::Expired, &paid), MoneyState::Nothing);
        assert_eq!(money_state(OrderState::Refunded, &OrderMoney::default()), MoneyState::Returned);
    }

    #[test]
    fn an_order_is_returned_when_all_of_it_has_arrived() {
        let paid = OrderMoney { captured_minor: 3000, ..OrderMoney::default() };
        assert!(!is_returned(&paid));
        assert!(!is_returned(&OrderMoney { given_back_minor: 2999, ..paid }));
        assert!(!is_returned(&OrderMoney { given_back_minor: 3000, under_way_minor: 1, ..paid }), "it may come back");
        assert!(is_returned(&OrderMoney { given_back_minor: 3000, ..paid }));
        let lost = OrderMoney { given_back_minor: 1000, lost_minor: 2000, ..paid };
        assert!(is_returned(&lost));
        assert!(!is_returned(&OrderMoney { unbooked_minor: 2000, ..lost }), "the books say that it is kept");
        assert!(!is_returned(&OrderMoney::default()), "what costs nothing is not taken back");
    }

    #[test]
    fn an_upgrade_stands_on_all_that_was_paid_towards_it() {
        use Entitlement::{Revoked, Stands, Suspended, Unpaid};
        assert_eq!(standing_on(Stands, []), Stands);
        assert_eq!(standing_on(Stands, [Stands, Stands]), Stands);
        assert_eq!(standing_on(Stands, [Stands, Suspended]), Suspended);
        assert_eq!(standing_on(Suspended, [Stands]), Suspended);
        for credited in [[Suspended, Revoked], [Revoked, Suspended], [Revoked, Stands]] {
            assert_eq!(standing_on(Stands, credited), Revoked);
        }
        assert_eq!(standing_on(Revoked, [Stands]), Revoked);
        assert_eq!(standing_on(Unpaid, [Revoked]), Unpaid, "what is not paid yet can still be");
    }

    #[test]
    fn no_more_is_given_back_than_remains() {
        assert_eq!(check_amount(None, euros(700)).unwrap(), euros(700));
        assert_eq!(check_amount(Some(euros(700)), euros(700)).unwrap(), euros(700));
        let beyond = check_amount(Some(euros(701)), euros(700)).unwrap_err();
        assert_eq!(beyond.to_string(), "EUR 7.01 is more than the EUR 7.00 that can still be given back");
        assert!(matches!(check_amount(Some(euros(0)), euros(700)), Err(SalesError::RefundNothing)));
        assert!(matches!(check_amount(Some(euros(-1)), euros(700)), Err(SalesError::RefundNothing)));
        assert!(matches!(check_amount(None, euros(0)), Err(SalesError::NothingPaid)));
        let yen = Money::new(1, Currency::JPY);
        assert!(matches!(check_amount(Some(yen), euros(700)), Err(SalesError::RefundCurrency { .. })));
    }

    #[test]
    fn a_reason_is_some_text() {
        assert_eq!(check_reason(" sold twice ").unwrap(), "sold twice");
        for reason in ["", "  ", &"x".repeat(501)] {
            assert!(matches!(check_reason(reason), Err(SalesError::RefundReason)), "{reason:?}");
        }
    }

    #[test]
    fn a_refund_that_fails_gives_the_payment_back_its_state() {
        use PaymentState::{Cancelled, Captured, Refunded, Refunding};
        assert_eq!(after_refunds(Captured, 3000, 2999, false), Captured);
        assert_eq!(after_refunds(Captured, 3000, 3000, false), Refunded);
        assert_eq!(after_refunds(Refunded, 3000, 0, false), Captured);
        assert_eq!(after_refunds(Refunded, 3000, 0, true), Refunding);
        assert_eq!(after_refunds(Cancelled, 3000, 3000, false), Cancelled, "nothing was ever collected");
    }

    #[test]
    fn what_is_told_late_changes_nothing() {
        assert_eq!(refund_learned(RefundState::Succeeded, RefundStanding::Pending), RefundState::Succeeded);
        assert_eq!(refund_learned(RefundState::Succeeded, RefundStanding::Failed), RefundState::Failed);
        assert_eq!(refund_learned(RefundState::Failed, RefundStanding::Succeeded), RefundState::Failed);
        assert_eq!(dispute_learned(DisputeState::Won, DisputeStanding::NeedsResponse), DisputeState::Won);
        assert_eq!(dispute_learned(DisputeState::Won, DisputeStanding::Lost), DisputeState::Won, "decided once");
        assert_eq!(dispute_learned(DisputeState::UnderReview, DisputeStanding::Inquiry), DisputeState::UnderReview);
        assert_eq!(dispute_learned(DisputeState::Inquiry, DisputeStanding::Lost), DisputeState::Lost);
    }
}
