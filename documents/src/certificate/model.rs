//! What a certificate is made of.

use crate::error::DocumentError;
use crate::faults::Faults;
use crate::licence::{LicenceContract, Sale, Stage};
use crate::qr::check_url;

/// A certificate of a licence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The contract, as it was sold. An offer has no certificate.
    pub contract: LicenceContract,
    /// Where anybody can verify the sealed contract.
    pub verify_url: String,
}

impl Certificate {
    /// The sale, and an address that fits into a code; the contract is checked where its clauses are written.
    pub(super) fn sale(&self) -> Result<&Sale, DocumentError> {
        let mut faults = Faults::default();
        check_url(&mut faults, "verify_url", &self.verify_url);
        faults.done()?;
        match &self.contract.stage {
            Stage::Sold(sale) => Ok(sale),
            Stage::Offered => Err(DocumentError::NotAccepted),
        }
    }
}
