//! The proof that the money is right.

use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, Utc};
use domain::sales::proof;

use crate::graphql::scalars::{Int64, Money};

/// In which way the money is not as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::sales::proof::DriftKind")]
pub enum DriftKind {
    /// A journal's entries do not sum to zero.
    JournalUnbalanced,
    /// A sale or a refund is booked of a payment that is not there.
    JournalUnpaid,
    /// A payment at the gateway names an order that is not here, and something of it is kept. Told of the whole installation alone.
    PaymentUnmatched,
    /// A payment is in no journal.
    PaymentUnbooked,
    /// What was collected by a payment is not what its journal books.
    PaymentAstray,
    /// A refunded payment is in no journal of a refund.
    RefundUnbooked,
    /// A payment that came for nothing sold is to be given back, and nothing that does so is under way.
    RefundForgotten,
    /// What was given back is not what its journal books, or a refund that failed is booked still.
    RefundAstray,
    /// A dispute holds money, has lost it or is over, and no journal says so, or not what the gateway says.
    DisputeUnbooked,
    /// An order is granted, and no payment of its total was collected.
    OrderUnpaid,
    /// A line of a granted order has no licence.
    LineUnlicensed,
    /// A licence belongs to an order that was not granted.
    LicenceUngranted,
    /// A work is claimed, and neither stands a licence of it nor is anything held for one.
    ClaimIdle,
    /// An exclusive has ended, and something of its price is kept, for a refund has failed since.
    ExclusiveKept,
    /// A coupon counts other uses than orders have taken of it.
    CouponAstray,
    /// Two journals stand for the same thing.
    SourceTwice,
    /// A folded balance is not what the entries come to that it was folded of.
    FoldWrong,
    /// A payable is below zero, or a receivable.
    PayeeBelowZero,
    /// The parts of a sale in a journal are not what its entries owe.
    PartsAstray,
    /// More of a sale was given back or lost than it had brought in.
    SaleOverdrawn,
    /// A payout is not booked as it stands, or not what its journal books.
    PayoutUnbooked,
    /// What the gateway has sent to a payee, or what of it came back, is not what the payout says.
    PayoutAstray,
    /// A journal books a payout that is not there.
    PayoutUnknown,
    /// A payout is on its way for more than three days.
    PayoutStuck,
    /// What is kept of an invoice by its payments and transfers is not what the books have of it.
    InvoiceAstray,
    /// A transfer is not booked as it was recorded.
    TransferAstray,
    /// A number of an invoice follows none.
    InvoiceGap,
    /// What a statement says is due, or what of it reached the bank, is not what its journal books.
    StatementAstray,
    /// What was charged against royalties is not booked as it was recorded.
    RoyaltyChargeAstray,
    /// What payees are owed after a run of royalties, or what it has withheld, is not what its journal books.
    RoyaltyRunAstray,
    /// A closed period is not as it was closed.
    PeriodChanged,
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Drift {
    /// In which way.
    pub kind: DriftKind,
    /// Of what: the reference of an order, licence or journal, the gateway's id of a payment, an account's kind and currency, or a closed period.
    pub reference: String,
    /// What is wrong, a sentence that the reference goes before.
    pub said: String,
    /// Since when, at the latest.
    pub since: DateTime<Utc>,
}

/// What was looked at to prove the books, and what of it is wrong.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Proof {
    /// Whether nothing is wrong.
    pub holds: bool,
    /// How many orders there are.
    pub orders: Int64,
    /// How many payments.
    pub payments: Int64,
    /// How many licences.
    pub licences: Int64,
    /// How many journals.
    pub journals: Int64,
    /// What all entries sum to, in each currency: zero.
    pub sums: Vec<Money>,
    /// What is wrong, oldest first: at most a hundred of each kind.
    pub drifts: Vec<Drift>,
}

impl From<proof::Proof> for Proof {
    fn from(proof: proof::Proof) -> Self {
        let number = |count: u64| Int64(count.cast_signed());
        let drift = |drift: proof::Drift| Drift {
            kind: drift.kind.into(),
            reference: drift.reference,
            said: drift.kind.said().to_owned(),
            since: drift.since,
        };
        Self {
            holds: proof.holds(),
            orders: number(proof.orders),
            payments: number(proof.payments),
            licences: number(proof.licences),
            journals: number(proof.journals),
            sums: proof.sums.into_iter().map(Money::from).collect(),
            drifts: proof.drifts.into_iter().map(drift).collect(),
        }
    }
}
