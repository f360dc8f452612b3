//! The document security store: certificates and revocation lists kept in the file (ETSI EN 319 142-1, section 5.4.2).

use std::collections::BTreeSet;

use der::Decode;
use x509_cert::{Certificate, crl::CertificateList};

use super::{
    pdf::{Dict, File, Object, PdfError},
    stream::Budget,
};

/// What the store of a file holds, DER each.
#[derive(Debug, Clone, Default)]
pub(super) struct Dss {
    pub(super) present: bool,
    pub(super) certificates: Vec<Vec<u8>>,
    pub(super) revocation_lists: Vec<Vec<u8>>,
}

impl Dss {
    /// Whether a file has a store.
    pub(super) fn is_in(file: &File<'_>) -> Result<bool, PdfError> {
        Ok(file.catalog()?.contains_key(b"DSS".as_slice()))
    }

    /// Reads the store; an empty one where there is none.
    pub(super) fn read(file: &File<'_>) -> Result<Self, PdfError> {
        let entries = file.lookup_dict(&file.catalog()?, "DSS")?;
        let mut budget = Budget::new();
        let mut list = |entries: &Dict, key| -> Result<Vec<Vec<u8>>, PdfError> {
            let items = file.lookup_array(entries, key)?;
            let ids: BTreeSet<_> = items.iter().filter_map(Object::as_reference).collect();
            let mut streams = Vec::new();
            for id in ids {
                if let Some(found) = file.get(id)? {
                    streams.extend(budget.decoded(file, &found)?);
                }
            }
            Ok(streams)
        };
        Ok(Self {
            present: Self::is_in(file)?,
            certificates: list(&entries, "Certs")?,
            revocation_lists: list(&entries, "CRLs")?,
        })
    }

    /// Those certificates that are ones.
    pub(super) fn readable_certificates(&self) -> impl Iterator<Item = Certificate> {
        self.certificates.iter().filter_map(|der| Certificate::from_der(der).ok())
    }

    /// Those lists that are ones.
    pub(super) fn readable_revocation_lists(&self) -> Vec<CertificateList> {
        self.revocation_lists.iter().filter_map(|der| CertificateList::from_der(der).ok()).collect()
    }
}
