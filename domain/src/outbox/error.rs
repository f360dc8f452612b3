//! What the outbox refuses.

use crate::{
    from_db_err,
    policy::Denied,
    report::{Explain, Kind, Report, StoreError},
};

/// Why a job is not retried or shown.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such job in this studio.
    #[error("there is no such job")]
    NotFound,
    /// It has not been given up.
    #[error("this job has not been given up, so there is nothing to retry")]
    NotDead,
    /// It is done, given up or cancelled already.
    #[error("this job is over, so there is nothing to cancel")]
    NotOpen,
    /// Others depend on it.
    #[error("{0}")]
    Needed(Need),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a job must run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Need {
    /// An order waits for it.
    #[error("somebody has paid for what this job makes")]
    Paid,
    /// Without it an upload would be looked through, or a mix or a master wait to be heard, for ever.
    #[error("an upload is looked through, or a mix or a master made ready, by this job and cannot be used without it")]
    Upload,
    /// It sends what was promised.
    #[error("this job is the business's own: it mails, typesets or moves money")]
    Business,
}

from_db_err!(OutboxError);

impl Explain for OutboxError {
    fn explain(&self) -> Report {
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::NotFound => Report::new(Kind::NotFound, "NOT_FOUND", self.to_string()),
            Self::NotDead => Report::new(Kind::Conflict, "JOB_NOT_DEAD", self.to_string())
                .remedy("list the dead letters again; it may have been retried already"),
            Self::NotOpen => Report::new(Kind::Conflict, "JOB_OVER", self.to_string())
                .remedy("list the open jobs again; only what waits or runs can be cancelled"),
            Self::Needed(Need::Paid) => Report::new(Kind::Conflict, "JOB_PAID", self.to_string())
                .remedy("let it finish; the buyer gets the files by mail"),
            Self::Needed(Need::Upload | Need::Business) => Report::new(Kind::Conflict, "JOB_NEEDED", self.to_string())
                .remedy("let it finish; previews, masters that nobody waits for, and analyses can be cancelled"),
            Self::Store(store) => store.explain(),
        }
    }
}
