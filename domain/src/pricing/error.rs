//! Why pricing refuses.

use super::rules::settings::SettingFault;
use crate::{
    policy::Denied,
    report::{Explain, Kind, Report, StoreError},
};

/// Why pricing refuses.
#[derive(Debug, thiserror::Error)]
pub enum PricingError {
    /// The actor may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such studio.
    #[error("there is no such studio")]
    NoStudio,
    /// No such bundle of this studio.
    #[error("there is no such bundle")]
    NoBundle,
    /// What was to be set is wrong.
    #[error(transparent)]
    Fault(#[from] SettingFault),
    /// Two set the same at once.
    #[error("somebody else has just set this")]
    Raced,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

crate::from_db_err!(PricingError);

impl Explain for PricingError {
    fn explain(&self) -> Report {
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::NoStudio => Report::new(Kind::NotFound, "NOT_FOUND", self.to_string()).field("studio"),
            Self::NoBundle => Report::new(Kind::NotFound, "NOT_FOUND", self.to_string()).field("id"),
            Self::Fault(fault) => fault.explain(),
            Self::Raced => {
                Report::new(Kind::Conflict, "RACED", self.to_string()).remedy("look at what they set, then try again")
            }
            Self::Store(error) => error.explain(),
        }
    }
}
