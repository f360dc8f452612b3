//! Asking a timestamp authority (RFC 3161 over HTTP), and fetching revocation lists.
//!
//! Plain HTTP is enough and what authorities offer: a timestamp and a list are signed, a timestamp answers the very request by its nonce, and
//! what is asked about is a digest. Whom to believe is another question, which `timestamp_root` answers.

use std::time::Duration;

use documents::seal::REQUEST_MEDIA_TYPE;
use reqwest::{StatusCode, header};
use url::Url;

use super::SealConfigError;

/// The most bytes of a timestamp.
const MAX_ANSWER_BYTES: usize = 256 << 10;

/// The most bytes of a revocation list.
const MAX_LIST_BYTES: usize = 8 << 20;

/// Why an authority's answer is not there: a sentence for whoever waits for the timestamp.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The address cannot be asked.
    #[error("{0} is no address that can be asked")]
    Address(String),
    /// No connection, or one that broke.
    #[error("{host} cannot be reached")]
    Unreachable {
        /// Whom was asked.
        host: String,
        /// Why.
        #[source]
        cause: reqwest::Error,
    },
    /// No answer in time.
    #[error("{0} did not answer in time")]
    Late(String),
    /// An answer of another status.
    #[error("{host} answered {status}")]
    Status {
        /// Whom was asked.
        host: String,
        /// What it answered.
        status: StatusCode,
    },
    /// An answer that does not end.
    #[error("{host} answered with more than {most} bytes")]
    TooLong {
        /// Whom was asked.
        host: String,
        /// How many there may be.
        most: usize,
    },
}

/// The client of a timestamp authority.
pub(super) struct Client {
    http: reqwest::Client,
    authority: Url,
}

impl Client {
    pub(super) fn new(url: &str, patience: Duration) -> Result<Self, SealConfigError> {
        let authority = Url::parse(url).map_err(|_| SealConfigError::Address("is no address"))?;
        if authority.scheme() != "http" || authority.host().is_none() {
            return Err(SealConfigError::Address(
                "must begin with http://: timestamps are signed, and authorities offer them without TLS",
            ));
        }
        let mut http = reqwest::Client::builder()
            .timeout(patience)
            .connect_timeout(patience.min(Duration::from_secs(5)))
            .redirect(reqwest::redirect::Policy::none());
        if is_internal(&authority) {
            http = http.no_proxy();
        }
        Ok(Self { http: http.build().map_err(SealConfigError::Client)?, authority })
    }

    /// Whom it asks.
    pub(super) fn authority(&self) -> &str {
        self.authority.host_str().unwrap_or_default()
    }

    /// The authority's answer to a request.
    pub(super) async fn stamp(&self, request: &[u8]) -> Result<Vec<u8>, AskError> {
        let asked = self.http.post(self.authority.clone()).header(header::CONTENT_TYPE, REQUEST_MEDIA_TYPE);
        answer(asked.body(request.to_vec()), &self.authority, MAX_ANSWER_BYTES).await
    }

    /// A revocation list.
    pub(super) async fn list(&self, url: &str) -> Result<Vec<u8>, AskError> {
        let parsed = Url::parse(url).ok().filter(|url| url.scheme() == "http" && url.host().is_some());
        let url = parsed.ok_or_else(|| AskError::Address(url.to_owned()))?;
        // A certificate of somebody out there has no business with what runs on this machine or beside it.
        if is_internal(&url) && !is_internal(&self.authority) {
            return Err(AskError::Address(url.to_string()));
        }
        answer(self.http.get(url.clone()), &url, MAX_LIST_BYTES).await
    }
}

fn is_internal(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => is_internal_v4(ip),
        Some(url::Host::Ipv6(ip)) => {
            let local = ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local();
            local || ip.to_ipv4_mapped().is_some_and(is_internal_v4)
        }
        None => false,
    }
}

fn is_internal_v4(ip: std::net::Ipv4Addr) -> bool {
    ip.is_loopback() || ip.is_link_local() || ip.is_private() || ip.is_unspecified()
}

/// An answer's body, of at most so many bytes.
async fn answer(request: reqwest::RequestBuilder, url: &Url, most: usize) -> Result<Vec<u8>, AskError> {
    let host = || url.host_str().unwrap_or_default().to_owned();
    let failed = |cause: reqwest::Error| {
        if cause.is_timeout() { AskError::Late(host()) } else { AskError::Unreachable { host: host(), cause } }
    };
    let mut response = request.send().await.map_err(failed)?;
    if response.status() != StatusCode::OK {
        return Err(AskError::Status { host: host(), status: response.status() });
    }
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(failed)? {
        if body.len() + piece.len() > most {
            return Err(AskError::TooLong { host: host(), most });
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}
