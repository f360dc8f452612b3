//! What a bucket gives out itself: by addresses signed as all requests are (AWS Signature Version 4), each for reading one file, for a while.

use std::{sync::Arc, time::Duration};

use domain::ports::{PortError, Presentation};
use object_store::{
    path::Path as Key,
    signer::{Method, SignedUrlOptions, Signer},
};
use url::Url;

/// The bucket as it is reached from outside. Nothing is asked of it here: signing needs the keys alone.
#[derive(Debug)]
pub(crate) struct Outside {
    signer: Arc<dyn Signer>,
    origin: String,
}

impl Outside {
    pub(super) fn new(signer: Arc<dyn Signer>, address: &Url) -> Self {
        Self { signer, origin: address.origin().ascii_serialization() }
    }

    /// The origin of all addresses.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// An address that gives a file out for so long.
    pub(crate) async fn presign(&self, key: &Key, life: Duration, shown: Presentation<'_>) -> Result<Url, PortError> {
        let options = SignedUrlOptions::default().with_query([
            ("response-content-disposition", shown.disposition),
            ("response-content-type", shown.media_type),
        ]);
        let signed = self.signer.signed_url_opts(Method::GET, key, life, &options).await;
        signed.map_err(|cause| PortError::transient("signing the address of a file", cause))
    }
}
