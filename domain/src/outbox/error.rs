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
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

from_db_err!(OutboxError);

impl Explain for OutboxError {
    fn explain(&self) -> Report {
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::NotFound => Report::new(Kind::NotFound, "NOT_FOUND", self.to_string()),
            Self::NotDead => Report::new(Kind::Conflict, "JOB_NOT_DEAD", self.to_string())
                .remedy("list the dead letters again; it may have been retried already"),
            Self::Store(store) => store.explain(),
        }
    }
}
