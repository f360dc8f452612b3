//! Where lines of statements have gone, as the schema has it.

use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use domain::{
    ids::PartyId,
    royalties::rules::{Exact, Subject, Why, explain},
};

use crate::graphql::{
    errors::Failure,
    ledger::PartyName,
    loader,
    scalars::{Id, Int64},
};

/// Why an amount is in an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::royalties::rules::Kind")]
pub enum RoyaltyKind {
    /// A share of income.
    Share,
    /// A royalty under a contract.
    Royalty,
    /// A royalty under a contract, borne by its payer.
    Borne,
    /// Royalties from record one on that had waited for costs to be recouped.
    Retroactive,
    /// A royalty on income that is held back for now, taken out again; given out later, it comes back.
    HeldBase,
}

/// Why money waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::royalties::rules::Why")]
pub enum RoyaltyWhy {
    /// Nobody has said what the lines are of.
    Unmatched,
    /// Nobody has said which tracks the release has.
    NoTracks,
    /// Nobody has signed whose it is.
    NoSplit,
}

/// Somebody's part of a line, before costs, reserves and recoupment, which are of totals.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct RoyaltyTracePart {
    /// Whose.
    pub party_id: Id<PartyId>,
    /// In which cross-collateral group.
    pub group: String,
    /// By which rule.
    pub rule: String,
    /// Which version of it.
    pub rule_number: Int64,
    /// SHA-256 of the document that was signed, in hexadecimal.
    pub document_sha256: Option<String>,
    /// Of which recording or work.
    pub subject: String,
    /// Why.
    pub kind: RoyaltyKind,
    /// What it is reckoned on.
    pub base: String,
    /// Which part of that it is, such as `3/15`, before the contract's escalation.
    pub part: String,
    /// How much, a decimal number of up to 18 decimals; below zero, what is borne.
    pub amount: String,
    #[graphql(skip)]
    party: PartyId,
}

#[ComplexObject]
impl RoyaltyTracePart {
    /// The payee's name.
    async fn party_name(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        loader(ctx)?.load_one(PartyName(self.party)).await
    }
}

/// What of a line waits.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct RoyaltyTraceWaiting {
    /// Of what, if that is known.
    pub subject: Option<String>,
    /// Why.
    pub why: RoyaltyWhy,
    /// How much.
    pub amount: String,
}

/// Where a line of a statement has gone: parts and what waits sum to the line exactly.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct RoyaltyTrace {
    /// Everybody's parts.
    pub parts: Vec<RoyaltyTracePart>,
    /// What of it waits.
    pub waiting: Vec<RoyaltyTraceWaiting>,
}

impl From<explain::Traced> for RoyaltyTrace {
    fn from(traced: explain::Traced) -> Self {
        let part = |part: explain::Trace| RoyaltyTracePart {
            party_id: part.account.payee.into(),
            group: part.account.group.0,
            rule: part.rule.rule.0,
            rule_number: Int64(part.rule.number.into()),
            document_sha256: part.document_sha256.map(|sha256| sha256.to_string()),
            subject: part.subject.to_string(),
            kind: part.kind.into(),
            base: part.base.to_string(),
            part: part.part.to_string(),
            amount: part.amount.to_string(),
            party: part.account.payee,
        };
        let waiting = |(subject, why, amount): (Option<Subject>, Why, Exact)| RoyaltyTraceWaiting {
            subject: subject.map(|subject| subject.to_string()),
            why: why.into(),
            amount: amount.to_string(),
        };
        Self {
            parts: traced.parts.into_iter().map(part).collect(),
            waiting: traced.suspended.into_iter().map(waiting).collect(),
        }
    }
}
