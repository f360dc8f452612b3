//! Why licensing refuses.

use super::{
    meter::UsageFault,
    rules::{ChannelFault, TierFault},
    terms::TierCode,
};
use crate::{
    delivery::error::DeliveryError,
    policy::Denied,
    report::{Explain, Kind, Report, StoreError},
};

/// Why licensing refuses.
#[derive(Debug, thiserror::Error)]
pub enum LicensingError {
    /// The actor may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such studio.
    #[error("there is no such studio")]
    NoStudio,
    /// No such beat in this studio.
    #[error("there is no such beat")]
    NoBeat,
    /// The tier has not been set up.
    #[error("the studio has no {0} tier")]
    NoTier(TierCode),
    /// The tier itself is wrong.
    #[error(transparent)]
    Fault(#[from] TierFault),
    /// No such licence that the caller may know of.
    #[error("there is no such licence")]
    NoLicence,
    /// The licence's files may not be fetched, nor anything else be had of it.
    #[error(transparent)]
    Closed(#[from] DeliveryError),
    /// The address itself is wrong, or one too many.
    #[error(transparent)]
    Channel(#[from] ChannelFault),
    /// The report itself is wrong, or one too many.
    #[error(transparent)]
    Usage(#[from] UsageFault),
    /// Two set the same tier at once.
    #[error("somebody else has just set this tier")]
    Raced,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

crate::from_db_err!(LicensingError);

impl Explain for LicensingError {
    fn explain(&self) -> Report {
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::NoStudio => Report::new(Kind::NotFound, "NOT_FOUND", self.to_string()).field("studio"),
            Self::NoBeat => Report::new(Kind::NotFound, "NOT_FOUND", self.to_string()).field("beat"),
            Self::NoTier(_) => {
                Report::new(Kind::Conflict, "NO_TIER", self.to_string()).field("code").remedy("set the tier first")
            }
            Self::Fault(fault) => fault.explain(),
            Self::NoLicence => Report::new(Kind::NotFound, "NOT_FOUND", self.to_string()).field("licence"),
            Self::Closed(closed) => closed.explain(),
            Self::Channel(fault) => fault.explain(),
            Self::Usage(fault) => fault.explain(),
            Self::Raced => {
                Report::new(Kind::Conflict, "RACED", self.to_string()).remedy("look at what they set, then try again")
            }
            Self::Store(error) => error.explain(),
        }
    }
}
