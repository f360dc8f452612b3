//! Why a split is refused.

use super::{entity::Side, rules::MAX_SHARES};
use crate::{
    ids::{AgreementId, PartyId},
    ledger::LedgerError,
    policy::Denied,
    report::{Explain, Kind, Report, StoreError},
    share::ShareError,
};

/// Why a split is refused.
#[derive(Debug, thiserror::Error)]
pub enum SplitError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such work in this studio.
    #[error("there is no such work")]
    NoWork,
    /// A party of the split is not one of this studio.
    #[error("{0} is no party of this studio")]
    NoParty(PartyId),
    /// One side is not exactly the whole.
    #[error("{side}: {problem}")]
    NotWhole {
        /// Which side.
        side: Side,
        /// What is wrong with it.
        problem: ShareError,
    },
    /// One side names nobody, or too many.
    #[error("{side}: a split is between 1 and {MAX_SHARES} parties")]
    Length {
        /// Which side.
        side: Side,
    },
    /// The agreement has been executed as another split already.
    #[error("{0} has been executed as another split already")]
    Elsewhere(AgreementId),
    /// The ledger refused.
    #[error("the parked money could not be booked")]
    Ledger(#[from] LedgerError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

crate::from_db_err!(SplitError);

impl Explain for SplitError {
    fn explain(&self) -> Report {
        let report = |kind, code| Report::new(kind, code, self.to_string());
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::NoWork => report(Kind::NotFound, "NOT_FOUND").field("work"),
            Self::NoParty(_) => report(Kind::NotFound, "NOT_FOUND").field("parties"),
            Self::NotWhole { side, .. } => report(Kind::Invalid, "SHARES_NOT_WHOLE")
                .field(side.word())
                .remedy("make this side total exactly 1000000 parts per million, which is 100 %"),
            Self::Length { side } => {
                report(Kind::Invalid, "BAD_SPLIT").field(side.word()).remedy("name those who have a part of it")
            }
            Self::Elsewhere(_) => {
                report(Kind::Conflict, "SPLIT_EXECUTED").field("agreement").remedy("amend it by another agreement")
            }
            Self::Ledger(error) => Report::within(error),
            Self::Store(error) => error.explain(),
        }
    }
}
