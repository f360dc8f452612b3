//! Why the ledger refuses.

use super::rules::{
    JournalFault,
    period::{CLOSES_AFTER_S, MAX_REASON_CHARS},
};
use crate::{
    env::Instant,
    money::Currency,
    policy::Denied,
    report::{Explain, Kind, Report, StoreError},
};

/// Why the ledger refuses.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The actor may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The journal is not one.
    #[error(transparent)]
    Fault(#[from] JournalFault),
    /// The same source, external id and kind stand for another order already.
    #[error("{source_name} {external_id} has been posted for another order")]
    Elsewhere {
        /// The source.
        source_name: String,
        /// Its id.
        external_id: String,
    },
    /// The journal to be undone or carried on is not there, or is none that can be.
    #[error("there is no such journal to be carried on")]
    NoJournal,
    /// The dispute has been decided, or the payout undone, by another journal.
    #[error("this has ended already")]
    EndedAlready,
    /// What is told is in another currency than what it is about.
    #[error("this is in {}, and what it is about was booked in {}", told.code(), booked.code())]
    OtherCurrency {
        /// The currency that was told.
        told: Currency,
        /// The one that was booked.
        booked: Currency,
    },
    /// No such party in this studio.
    #[error("there is no such party")]
    NoParty,
    /// What is to be explained is not there.
    #[error("there is no such entry")]
    NoEntry,
    /// The period has been closed.
    #[error("the books are closed up to {}", last_end.format("%Y-%m-%d %H:%M UTC"))]
    PeriodClosed {
        /// The end of the last closed period.
        last_end: Instant,
    },
    /// The period is not over, or only just.
    #[error("a period is closed {} minutes after its end at the earliest", CLOSES_AFTER_S / 60)]
    PeriodRuns,
    /// No reason was given, or too long a one.
    #[error("a reason has 1 to {MAX_REASON_CHARS} characters")]
    PeriodReason,
    /// A balance does not fit 64 bits.
    #[error("a balance is too large")]
    TooLarge,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

crate::from_db_err!(LedgerError);

impl Explain for LedgerError {
    fn explain(&self) -> Report {
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::Fault(_) => Report::new(Kind::Invalid, "BAD_JOURNAL", self.to_string()),
            Self::Elsewhere { .. } => Report::new(Kind::Conflict, "POSTED_ELSEWHERE", self.to_string()),
            Self::NoJournal => Report::new(Kind::NotFound, "NOT_FOUND", self.to_string()),
            Self::EndedAlready => Report::new(Kind::Conflict, "ENDED_ALREADY", self.to_string()),
            Self::OtherCurrency { .. } => Report::new(Kind::Invalid, "OTHER_CURRENCY", self.to_string()),
            Self::NoParty => Report::new(Kind::NotFound, "NOT_FOUND", self.to_string()).field("party"),
            Self::NoEntry => Report::new(Kind::NotFound, "NOT_FOUND", self.to_string()).field("entry"),
            Self::PeriodClosed { .. } => Report::new(Kind::Conflict, "PERIOD_CLOSED", self.to_string())
                .field("endsAt")
                .remedy("choose a later end; what is closed is not opened again"),
            Self::PeriodRuns => Report::new(Kind::Conflict, "PERIOD_RUNS", self.to_string())
                .field("endsAt")
                .remedy("choose an earlier end"),
            Self::PeriodReason => Report::new(Kind::Invalid, "PERIOD_REASON", self.to_string())
                .field("reason")
                .remedy("say why it is closed"),
            Self::TooLarge => Report::internal(),
            Self::Store(error) => error.explain(),
        }
    }
}
