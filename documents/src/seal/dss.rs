//! The document security store: certificates and revocation lists kept in the file (ETSI EN 319 142-1, section 5.4.2).

use der::Decode;
use x509_cert::{Certificate, crl::CertificateList};

use super::{
    pdf::{Dict, File, Object, PdfError},
    stream,
};

/// What the store of a file holds, DER each.
#[derive(Debug, Clone, Default)]
pub(super) struct Dss {
    pub(super) present: bool,
    pub(super) certificates: Vec<Vec<u8>>,
    pub(super) revocation_lists: Vec<Vec<u8>>,
}

impl Dss {
    /// Reads the store; an empty one where there is none.
    pub(super) fn read(file: &File<'_>) -> Result<Self, PdfError> {
        let catalog = file.catalog()?;
        let entries = file.lookup_dict(&catalog, "DSS")?;
        let list = |entries: &Dict, key| -> Result<Vec<Vec<u8>>, PdfError> {
            let items = file.lookup_array(entries, key)?;
            let ids = items.iter().filter_map(Object::as_reference);
            let mut streams = Vec::new();
            for id in ids {
                streams.extend(file.get(id)?.and_then(|found| stream::decoded(file, &found)));
            }
            Ok(streams)
        };
        Ok(Self {
            present: catalog.contains_key(b"DSS".as_slice()),
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
