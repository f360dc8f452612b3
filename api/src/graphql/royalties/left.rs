//! What runs leave behind, as the schema has it.

use async_graphql::SimpleObject;
use domain::{
    ids::StatementImportId,
    royalties::queries::left::{Left, LeftSum, LeftThing, Unrated},
};

use crate::graphql::{
    scalars::{Id, Int64},
    statements::SuspenseReason,
};

/// What a run leaves behind.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct RoyaltyLeft {
    /// How much waits for each reason, in the run's currency.
    pub sums: Vec<RoyaltyLeftSum>,
    /// Of what most of it is, the most first: 20 at the most; `suspense` lists all.
    pub things: Vec<RoyaltyLeftThing>,
    /// What no run takes, for nobody has said at which rate: `setStatementRate` does, and `recordStatementReceipt`.
    pub unrated: Vec<UnratedStatement>,
}

/// What waits for one reason.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct RoyaltyLeftSum {
    /// Why it waits.
    pub reason: SuspenseReason,
    /// Of how many things it is.
    pub things: Int64,
    /// How many lines.
    pub lines: Int64,
    /// How much, with all decimals.
    pub amount: String,
}

/// Something that waits.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct RoyaltyLeftThing {
    /// Its title, as the statement has it; empty of what a run has found nobody's.
    pub title: String,
    /// Its artist, likewise.
    pub artist: String,
    /// The recording (`rec_…`), work (`work_…`) or release (`ean_…`), if that is known.
    pub subject: Option<String>,
    /// Why it waits.
    pub reason: SuspenseReason,
    /// How many lines.
    pub lines: Int64,
    /// How much, with all decimals.
    pub amount: String,
}

/// What a statement comes to in a currency without a rate.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct UnratedStatement {
    /// The statement.
    pub statement_id: Id<StatementImportId>,
    /// Its file.
    pub file_name: String,
    /// The currency of the lines.
    pub currency: String,
    /// How many.
    pub lines: Int64,
    /// What they come to, with all decimals.
    pub amount: String,
}

impl From<Left> for RoyaltyLeft {
    fn from(Left { sums, things, unrated }: Left) -> Self {
        Self {
            sums: sums.into_iter().map(RoyaltyLeftSum::from).collect(),
            things: things.into_iter().map(RoyaltyLeftThing::from).collect(),
            unrated: unrated.into_iter().map(UnratedStatement::from).collect(),
        }
    }
}

impl From<LeftSum> for RoyaltyLeftSum {
    fn from(LeftSum { why, things, lines, amount }: LeftSum) -> Self {
        Self {
            reason: why.into(),
            things: Int64(things.cast_signed()),
            lines: Int64(lines),
            amount: amount.to_string(),
        }
    }
}

impl From<LeftThing> for RoyaltyLeftThing {
    fn from(LeftThing { title, artist, subject, why, lines, amount }: LeftThing) -> Self {
        Self {
            title,
            artist,
            subject: subject.map(|subject| subject.to_string()),
            reason: why.into(),
            lines: Int64(lines),
            amount: amount.to_string(),
        }
    }
}

impl From<Unrated> for UnratedStatement {
    fn from(Unrated { import, file_name, currency, lines, amount }: Unrated) -> Self {
        Self {
            statement_id: import.into(),
            file_name,
            currency: currency.code().to_owned(),
            lines: Int64(lines),
            amount: amount.to_string(),
        }
    }
}
