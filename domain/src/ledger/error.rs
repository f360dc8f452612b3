//! Why the ledger refuses.

use super::rules::JournalFault;
use crate::{
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
            Self::Store(error) => error.explain(),
        }
    }
}
