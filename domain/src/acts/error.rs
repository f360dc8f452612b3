//! Why acts are not shown.

use crate::{
    policy::Denied,
    report::{Explain, Report, StoreError},
};

/// Why acts are not shown.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// The actor may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

crate::from_db_err!(ActError);

impl Explain for ActError {
    fn explain(&self) -> Report {
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::Store(store) => store.explain(),
        }
    }
}
