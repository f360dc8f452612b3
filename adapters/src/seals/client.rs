//! Asking a timestamp authority (RFC 3161 over HTTP), and fetching revocation lists.
//!
//! Plain HTTP is enough and what authorities offer: a timestamp and a list are signed, a timestamp answers the very request by its nonce, and
//! what is asked about is a digest. Whom to believe is another question, which `timestamp_root` answers.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use documents::seal::REQUEST_MEDIA_TYPE;
use domain::reach::admits;
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
    /// A name that leads nowhere.
    #[error("{0} has no address")]
    Nowhere(String),
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
    patience: Duration,
}

impl Client {
    pub(super) fn new(url: &str, patience: Duration) -> Result<Self, SealConfigError> {
        let authority = Url::parse(url).map_err(|_| SealConfigError::Address("is no address"))?;
        if authority.scheme() != "http" || authority.host().is_none() {
            return Err(SealConfigError::Address(
                "must begin with http://: timestamps are signed, and authorities offer them without TLS",
            ));
        }
        let mut http = builder(patience);
        if is_internal(&authority) {
            http = http.no_proxy();
        }
        Ok(Self { http: http.build().map_err(SealConfigError::Client)?, authority, patience })
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
        let http = if is_internal(&self.authority) { self.http.clone() } else { self.outside(&url).await? };
        answer(http.get(url.clone()), &url, MAX_LIST_BYTES).await
    }

    /// What asks an address that a certificate of somebody out there names: it has no business with what runs on this machine or beside it, and no
    /// name leads there either. Asked is where the name was found to lead, whatever it is said to lead to a moment later.
    async fn outside(&self, url: &Url) -> Result<reqwest::Client, AskError> {
        if is_internal(url) {
            return Err(AskError::Address(url.to_string()));
        }
        let Some(url::Host::Domain(name)) = url.host() else { return Ok(self.http.clone()) };
        let host = || name.to_owned();
        let looked_up = tokio::net::lookup_host((name, url.port_or_known_default().unwrap_or(80)));
        let found = tokio::time::timeout(self.patience, looked_up).await.map_err(|_| AskError::Late(host()))?;
        let found: Vec<SocketAddr> = found.map_err(|_| AskError::Nowhere(host()))?.collect();
        if found.is_empty() {
            return Err(AskError::Nowhere(host()));
        }
        if found.iter().any(|address| is_internal_ip(address.ip())) {
            return Err(AskError::Address(url.to_string()));
        }
        let pinned = builder(self.patience).resolve_to_addrs(name, &found).build();
        pinned.map_err(|cause| AskError::Unreachable { host: host(), cause })
    }
}

fn builder(patience: Duration) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .timeout(patience)
        .connect_timeout(patience.min(Duration::from_secs(5)))
        .redirect(reqwest::redirect::Policy::none())
}

fn is_internal(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => is_internal_ip(ip.into()),
        Some(url::Host::Ipv6(ip)) => is_internal_ip(ip.into()),
        None => false,
    }
}

fn is_internal_ip(ip: IpAddr) -> bool {
    !admits(ip, false)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_within_is_known_by_its_address() {
        for inner in ["127.0.0.1", "169.254.169.254", "10.0.0.8", "0.0.0.0", "::1", "fd00::1", "::ffff:192.168.1.1"] {
            assert!(is_internal_ip(inner.parse().unwrap()), "{inner}");
        }
        for outer in ["8.8.8.8", "2606:4700:4700::1111"] {
            assert!(!is_internal_ip(outer.parse().unwrap()), "{outer}");
        }
    }

    #[tokio::test]
    async fn no_name_leads_within() {
        let client = Client::new("http://time.example/tsr", Duration::from_secs(2)).unwrap();
        for url in ["http://localhost/list", "http://127.0.0.1/list", "http://[::ffff:127.0.0.1]/list", "ftp://x/"] {
            assert!(matches!(client.list(url).await, Err(AskError::Address(_))), "{url}");
        }
        // The same name written otherwise: looked up before anybody is asked, and led there by none.
        let refused = client.list("http://localhost.:9/list").await.unwrap_err();
        assert!(matches!(refused, AskError::Address(_) | AskError::Nowhere(_) | AskError::Late(_)), "{refused}");
    }
}
