//! What becomes of each order at the gateway: who pays and how, whose money goes back, whose bank disputes.

use domain::{
    env::Instant,
    ids::OrderId,
    licensing::terms::TierCode,
    money::{Currency, Money},
    ports::{DisputeStanding, GatewayEvent, PaymentStanding},
};

use crate::{gateway::TestGateway, shop::Shop};

/// When something happens, in minutes after all orders were opened: they are paid; pay pages close; a day later what takes days has come, money goes back
/// and banks dispute; and another day later comes the rest.
pub(super) const ROUNDS_MIN: [i64; 4] = [0, 65, 24 * 60, 48 * 60];

/// What a lease costs, in minor units, and how much of it goes back at first.
const LEASE_MINOR: i64 = 3_000;
const PART_MINOR: i64 = 1_000;

/// What an exclusive costs.
const EXCLUSIVE_MINOR: i64 = 90_000;

/// What the gateway tells of a payment at once.
const PAID: [&str; 5] = [
    "payment_intent.created",
    "checkout.session.completed",
    "payment_intent.succeeded",
    "charge.succeeded",
    "charge.updated",
];

/// What it tells of a refund.
const REFUNDED: [&str; 3] = ["refund.created", "charge.refunded", "refund.updated"];

/// What becomes of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Paid.
    Kept,
    /// Never paid.
    Expired,
    /// Paid by a method that takes a day.
    Slow,
    /// Paid by such a method, and the money does not come.
    Bounced,
    /// An exclusive: held, claimed, collected.
    Exclusive,
    /// Paid, and in part given back in the gateway's dashboard.
    RefundedInPart,
    /// Paid, and given back in two parts.
    RefundedTwice,
    /// Paid, and given back whole.
    RefundedWhole,
    /// Disputed, and lost.
    Lost,
    /// Disputed, and won.
    Won,
    /// Disputed, and not decided.
    Disputed,
    /// Charged twice: the second charge goes back.
    ChargedTwice,
}

/// Of a hundred orders so many have each fate.
const FATES: [(usize, Fate); 12] = [
    (44, Fate::Kept),
    (5, Fate::Expired),
    (4, Fate::Slow),
    (2, Fate::Bounced),
    (3, Fate::Exclusive),
    (10, Fate::RefundedInPart),
    (6, Fate::RefundedTwice),
    (6, Fate::RefundedWhole),
    (7, Fate::Lost),
    (7, Fate::Won),
    (3, Fate::Disputed),
    (3, Fate::ChargedTwice),
];

impl Fate {
    /// The fate of an order by its number, well mixed.
    pub(super) fn of(number: usize) -> Self {
        let (slot, mut until) = (number * 37 % 100, 0_usize);
        let found = FATES.into_iter().find(|(many, _)| {
            until += many;
            slot < until
        });
        found.map_or(Self::Kept, |(_, fate)| fate)
    }

    /// Has it happen, as far as this round goes, and gives what the gateway tells of it.
    fn happens(self, gateway: &TestGateway, order: OrderId, round: usize, now: Instant) -> Vec<GatewayEvent> {
        let tell = |kinds: &[&str]| kinds.iter().map(|kind| gateway.tell(kind, order, now)).collect::<Vec<_>>();
        let stand = |standing| gateway.stand(order, Money::new(LEASE_MINOR, Currency::EUR), standing);
        match (round, self) {
            (0, Self::Slow | Self::Bounced) => {
                stand(PaymentStanding::Processing);
                tell(&["checkout.session.completed", "payment_intent.processing", "charge.pending"])
            }
            (0, Self::Exclusive) => {
                gateway.pay(order);
                tell(&["checkout.session.completed", "payment_intent.amount_capturable_updated"])
            }
            (0, Self::ChargedTwice) => {
                gateway.pay(order);
                let mut told = tell(&PAID);
                let second = gateway.charge_again(order);
                let of_second = ["payment_intent.succeeded", "charge.succeeded"];
                told.extend(of_second.map(|kind| gateway.list_second(kind, order, &second, now)));
                told
            }
            (0, _) if self != Self::Expired => {
                gateway.pay(order);
                tell(&PAID)
            }
            (1, Self::Expired) => {
                gateway.expire(order);
                tell(&["checkout.session.expired"])
            }
            (2, Self::Slow) => {
                stand(PaymentStanding::Captured);
                tell(&["checkout.session.async_payment_succeeded", "payment_intent.succeeded", "charge.succeeded"])
            }
            (2, Self::Bounced) => {
                stand(PaymentStanding::Unpaid);
                tell(&["checkout.session.async_payment_failed", "charge.failed"])
            }
            (2, Self::RefundedInPart | Self::RefundedTwice) => {
                gateway.refund_by_hand(order, PART_MINOR);
                tell(&REFUNDED)
            }
            (2, Self::RefundedWhole) => {
                gateway.refund_by_hand(order, LEASE_MINOR);
                tell(&REFUNDED)
            }
            (3, Self::RefundedTwice) => {
                gateway.refund_by_hand(order, LEASE_MINOR - PART_MINOR);
                tell(&REFUNDED)
            }
            (2, Self::Lost | Self::Won | Self::Disputed) => {
                gateway.dispute(order, LEASE_MINOR, now + chrono::Duration::days(7));
                tell(&["charge.dispute.created", "charge.dispute.funds_withdrawn"])
            }
            (3, Self::Lost | Self::Won) => {
                let dispute = gateway.payment(order).disputes[0].id.clone();
                let is_won = self == Self::Won;
                let standing = if is_won { DisputeStanding::Won } else { DisputeStanding::Lost };
                gateway.decide(order, &dispute, standing);
                let mut told = tell(&["charge.dispute.updated", "charge.dispute.closed"]);
                told.extend(is_won.then(|| gateway.tell("charge.dispute.funds_reinstated", order, now)));
                told
            }
            _ => Vec::new(),
        }
    }
}

/// A shop with its orders, each open at the gateway and waiting for its fate.
pub(super) struct Plot {
    pub(super) shop: Shop,
    pub(super) orders: Vec<(OrderId, Fate)>,
    begun_at: Instant,
}

impl Plot {
    /// Opens so many orders.
    pub(super) async fn begin(shop: Shop, number: usize) -> Self {
        let leased = shop.beat("Night Drive", true).await;
        let mut orders = Vec::with_capacity(number);
        for number in 0..number {
            let fate = Fate::of(number);
            let order = if fate == Fate::Exclusive {
                let beat = shop.beat(&format!("Day Walk {number}"), false).await;
                shop.order(&[(beat, TierCode::Exclusive)], EXCLUSIVE_MINOR).await
            } else {
                shop.order(&[(leased, TierCode::Mp3)], LEASE_MINOR).await
            };
            orders.push((order.id, fate));
        }
        let begun_at = shop.services.env.now();
        Self { shop, orders, begun_at }
    }

    /// Whether a round's time has come.
    pub(super) fn is_due(&self, round: usize) -> bool {
        let after = ROUNDS_MIN.get(round).map(|minutes| chrono::Duration::minutes(*minutes));
        after.is_some_and(|after| self.shop.services.env.now() >= self.begun_at + after)
    }

    /// Has a round happen to every order, and gives what the gateway tells of it.
    pub(super) fn happens(&self, round: usize) -> Vec<GatewayEvent> {
        let now = self.shop.services.env.now();
        let happens = |(order, fate): &(OrderId, Fate)| fate.happens(&self.shop.gateway, *order, round, now);
        self.orders.iter().flat_map(happens).collect()
    }
}
