//! Why a domain is refused.

use super::rules::{HostFault, MAX_CLAIMS};
use crate::{
    policy::Denied,
    ports::PortError,
    report::{Explain, Kind, Report, StoreError},
};

/// Why a domain is refused.
#[derive(Debug, thiserror::Error)]
pub enum DomainError {
    /// The actor may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// It is no domain that a studio can have.
    #[error(transparent)]
    Host(#[from] HostFault),
    /// Another studio has proved that it is theirs.
    #[error("another studio has shown that {host} is theirs")]
    Taken {
        /// The domain.
        host: String,
    },
    /// The studio has another domain.
    #[error("the shop is at {host}, and it is at one domain at a time")]
    HasAnother {
        /// That domain.
        host: String,
    },
    /// The studio claims too many.
    #[error("a studio claims {MAX_CLAIMS} domains at the most")]
    TooMany,
    /// No such domain of this studio.
    #[error("there is no such domain")]
    NotFound,
    /// The record is not there.
    #[error("there is no TXT record {record} that says {token}")]
    NotProved {
        /// The record's name.
        record: String,
        /// What it must say.
        token: String,
    },
    /// The record could not be looked up.
    #[error("the records of this domain could not be looked up")]
    Unreachable(#[from] PortError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

crate::from_db_err!(DomainError);

impl Explain for DomainError {
    fn explain(&self) -> Report {
        let report = |kind, code| Report::new(kind, code, self.to_string());
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::Host(fault) => {
                let (code, remedy) = match fault {
                    HostFault::Form => ("BAD_DOMAIN", "write the name alone, without https:// and without a path"),
                    HostFault::Address => ("BAD_DOMAIN", "give a name that you own, and let it point to that machine"),
                    HostFault::Ours => ("PLATFORM_DOMAIN", "give a domain of your own"),
                };
                report(Kind::Invalid, code).field("host").remedy(remedy)
            }
            Self::Taken { .. } => report(Kind::Conflict, "DOMAIN_TAKEN")
                .field("host")
                .remedy("give another one; if both studios are yours, remove it there first"),
            Self::HasAnother { .. } => report(Kind::Conflict, "HAS_ANOTHER_DOMAIN").remedy("remove that one first"),
            Self::TooMany => report(Kind::Conflict, "TOO_MANY_DOMAINS").field("host").remedy("remove one first"),
            Self::NotFound => report(Kind::NotFound, "NOT_FOUND"),
            Self::NotProved { .. } => report(Kind::Conflict, "DOMAIN_NOT_PROVED").remedy(
                "set it where the domain's records are kept, and check again: it can take an hour until it is seen everywhere",
            ),
            Self::Unreachable(_) => report(Kind::Conflict, "DNS_FAILED").remedy("check again in a few minutes"),
            Self::Store(error) => error.explain(),
        }
    }
}
