//! The file store on an S3 bucket: which, where, and by whose keys. What lies in it, and how, [`ObjectFiles`] says of every store alike.
//!
//! A file becomes visible whole or not at all: S3 shows an object once its last byte is there, and one sent in parts once they are joined. Parts of a
//! file that was never finished, as a killed process leaves them, are seen by nobody; let the bucket's own rule remove them after seven days.
//!
//! Where it is told how the bucket is reached from outside, the bucket gives files out itself, and takes them in: from and to whoever has an address that was
//! signed here.

mod http;
mod inbox;
mod outside;

use std::{sync::Arc, time::Duration};

use domain::{ports::PortError, reach::names_this_machine};
use object_store::{
    BackoffConfig, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey},
    path::Path as Key,
    prefix::PrefixStore,
};
use url::{Host, Url};

pub(crate) use self::outside::Outside;
use crate::files::ObjectFiles;

/// What is said to have failed where a bucket cannot be opened.
const OPENING: &str = "opening the S3 store";

/// For how long a request is sent again that the store did not answer. Whoever waits for a page waits with it, and jobs come again anyway.
const RETRIES: Duration = Duration::from_secs(20);
/// The longest pause between two of them: who is back is found soon, and the last pause adds little.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// The variables that S3's own tools take their credentials from: keys, or a role that a cluster or a machine is given. They are read by these names
/// alone, never from our settings, and never shown.
const CREDENTIALS: [(&str, AmazonS3ConfigKey); 9] = [
    ("AWS_ACCESS_KEY_ID", AmazonS3ConfigKey::AccessKeyId),
    ("AWS_SECRET_ACCESS_KEY", AmazonS3ConfigKey::SecretAccessKey),
    ("AWS_SESSION_TOKEN", AmazonS3ConfigKey::Token),
    ("AWS_WEB_IDENTITY_TOKEN_FILE", AmazonS3ConfigKey::WebIdentityTokenFile),
    ("AWS_ROLE_ARN", AmazonS3ConfigKey::RoleArn),
    ("AWS_ROLE_SESSION_NAME", AmazonS3ConfigKey::RoleSessionName),
    ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", AmazonS3ConfigKey::ContainerCredentialsRelativeUri),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", AmazonS3ConfigKey::ContainerCredentialsFullUri),
    ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", AmazonS3ConfigKey::ContainerAuthorizationTokenFile),
];

/// A bucket, and how it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Config {
    /// The bucket. It is there already.
    pub bucket: String,
    /// The server's address; none for Amazon's of the region.
    pub endpoint: Option<String>,
    /// The address at which everybody reaches the same server, so that the bucket gives files out and takes them in itself; none if they go through this program.
    pub public_endpoint: Option<String>,
    /// The region that requests are signed for.
    pub region: String,
    /// What every key begins with; empty if the bucket is for these files alone.
    pub prefix: String,
    /// Whether the bucket is named in the path (`server/bucket`) or in the host (`bucket.server`).
    pub path_style: bool,
    /// Whether a server elsewhere may be spoken to unencrypted, as within a private network.
    pub allow_http: bool,
}

/// Why a bucket cannot be reached as it was described.
#[derive(Debug, thiserror::Error)]
pub enum S3ConfigError {
    /// The address.
    #[error("the S3 endpoint {0:?} is no address of a server, such as https://s3.example")]
    Endpoint(String),
    /// Keys stand in the address, which is shown in many places.
    #[error(
        "the S3 endpoint holds keys: give them by AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and leave them out of the address"
    )]
    Keys,
    /// Files and signatures would travel in the clear.
    #[error(
        "the S3 endpoint {0} is not encrypted: use https://, or allow it with s3_allow_http where nobody else listens"
    )]
    Unencrypted(String),
    /// The bucket cannot stand in the host's name.
    #[error("the S3 endpoint {0} has no name that the bucket could be part of: set s3_path_style to true")]
    NoName(String),
}

impl S3Config {
    /// Whether the bucket can be asked for as it is described; nothing is asked yet.
    pub fn check(&self) -> Result<(), S3ConfigError> {
        self.address().map(drop)
    }

    /// Whether it can be asked for from outside, if it is to be.
    pub fn check_public(&self) -> Result<(), S3ConfigError> {
        self.public_address().map(drop)
    }

    fn address(&self) -> Result<Option<Url>, S3ConfigError> {
        self.endpoint.as_deref().map(|endpoint| self.address_at(endpoint)).transpose()
    }

    fn public_address(&self) -> Result<Option<Url>, S3ConfigError> {
        self.public_endpoint.as_deref().map(|endpoint| self.address_at(endpoint)).transpose()
    }

    /// A server's address, with the bucket in it if that is where it belongs.
    fn address_at(&self, endpoint: &str) -> Result<Url, S3ConfigError> {
        let mut url = Url::parse(endpoint).map_err(|_| S3ConfigError::Endpoint(endpoint.to_owned()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(S3ConfigError::Keys);
        }
        let plain = url.query().is_none() && url.fragment().is_none();
        match url.scheme() {
            "https" | "http" if !plain || url.host().is_none() => {
                return Err(S3ConfigError::Endpoint(endpoint.to_owned()));
            }
            "https" => {}
            "http" if names_this_machine(&url) || self.allow_http => {}
            "http" => return Err(S3ConfigError::Unencrypted(endpoint.to_owned())),
            _ => return Err(S3ConfigError::Endpoint(endpoint.to_owned())),
        }
        if !self.path_style {
            let unnamed = || S3ConfigError::NoName(endpoint.to_owned());
            let Some(Host::Domain(name)) = url.host() else { return Err(unnamed()) };
            let name = format!("{}.{name}", self.bucket);
            url.set_host(Some(&name)).map_err(|_| unnamed())?;
        }
        Ok(url)
    }
}

/// The files of a bucket. `variable` gives the environment's variables, of which only those of [`CREDENTIALS`] are asked for.
pub fn open(config: &S3Config, variable: impl Fn(&str) -> Option<String>) -> Result<ObjectFiles, PortError> {
    let address = config.address().map_err(|cause| PortError::lasting(OPENING, cause))?;
    let mut bucket = described(config, address.as_ref());
    for (name, key) in CREDENTIALS {
        if let Some(value) = variable(name) {
            bucket = bucket.with_config(key, value);
        }
    }
    let bucket = bucket.build().map_err(|cause| PortError::lasting(OPENING, cause))?;
    let outside = open_outside(config, &bucket)?;
    let files = ObjectFiles::over(Arc::new(PrefixStore::new(bucket, config.prefix.trim_matches('/'))));
    Ok(match outside {
        Some(outside) => files.given_out(outside),
        None => files,
    })
}

/// The bucket as it is reached from outside, if it is: by another address, with the same keys.
fn open_outside(config: &S3Config, bucket: &AmazonS3) -> Result<Option<Outside>, PortError> {
    let address = config.public_address().map_err(|cause| PortError::lasting(OPENING, cause))?;
    let Some(address) = address else { return Ok(None) };
    let keys = bucket.credentials().clone();
    let signer = described(config, Some(&address)).with_credentials(keys.clone()).build();
    let signer = signer.map_err(|cause| PortError::lasting(OPENING, cause))?;
    let prefix = config.prefix.trim_matches('/');
    let (signer, bucket) = (PrefixStore::new(signer, prefix), PrefixStore::new(bucket.clone(), prefix));
    let root = Key::from(format!("{}/{prefix}", config.bucket));
    Ok(Some(Outside::new(signer, bucket, keys, &address, root)))
}

/// The bucket at an address of its server, not yet with keys.
fn described(config: &S3Config, address: Option<&Url>) -> AmazonS3Builder {
    let bucket = AmazonS3Builder::new()
        .with_http_connector(http::Connector)
        .with_retry(retries())
        .with_region(config.region.as_str())
        .with_bucket_name(config.bucket.as_str())
        .with_virtual_hosted_style_request(!config.path_style)
        .with_allow_http(address.is_some_and(|url| url.scheme() == "http"))
        // Not every server deletes many at once, and nothing here does.
        .with_disable_bulk_delete(true);
    match address {
        Some(address) => bucket.with_endpoint(address.as_str().trim_end_matches('/')),
        None => bucket,
    }
}

/// The time is what ends them: the library's own ten tries may be over within three seconds.
fn retries() -> RetryConfig {
    RetryConfig {
        retry_timeout: RETRIES,
        max_retries: usize::MAX,
        backoff: BackoffConfig { max_backoff: LONGEST_PAUSE, ..BackoffConfig::default() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(endpoint: &str) -> S3Config {
        S3Config {
            bucket: "beats".to_owned(),
            endpoint: Some(endpoint.to_owned()),
            public_endpoint: None,
            region: "us-east-1".to_owned(),
            prefix: String::new(),
            path_style: true,
            allow_http: false,
        }
    }

    #[test]
    fn only_this_machine_is_spoken_to_in_the_clear_unless_it_is_allowed() {
        for endpoint in ["https://s3.example", "http://127.0.0.1:9000", "http://localhost:9000", "http://[::1]:9000"] {
            at(endpoint).check().unwrap();
        }
        let refusal = at("http://s3.example").check().unwrap_err();
        assert!(matches!(refusal, S3ConfigError::Unencrypted(_)), "{refusal}");
        S3Config { allow_http: true, ..at("http://s3.example") }.check().unwrap();
        for endpoint in ["s3.example", "ftp://s3.example", "https://s3.example/?a=b"] {
            assert!(matches!(at(endpoint).check(), Err(S3ConfigError::Endpoint(_))), "{endpoint}");
        }
        for endpoint in ["https://key:secret@s3.example", "https://:secret@s3.example", "http://key@127.0.0.1:9000"] {
            let refusal = at(endpoint).check().unwrap_err();
            assert!(matches!(refusal, S3ConfigError::Keys) && !refusal.to_string().contains("secret@"), "{refusal}");
        }
    }

    #[test]
    fn a_bucket_stands_in_the_path_or_in_the_name() {
        let named = |endpoint: &str| S3Config { path_style: false, ..at(endpoint) }.address();
        let address = named("https://s3.example:8443").unwrap().unwrap();
        assert_eq!(address.as_str(), "https://beats.s3.example:8443/");
        assert!(matches!(named("http://127.0.0.1:9000"), Err(S3ConfigError::NoName(_))));
        assert_eq!(at("https://s3.example").address().unwrap().unwrap().as_str(), "https://s3.example/");
    }

    #[test]
    fn a_secret_is_never_part_of_what_is_shown() {
        let keys = |name: &str| match name {
            "AWS_ACCESS_KEY_ID" => Some("who".to_owned()),
            "AWS_SECRET_ACCESS_KEY" => Some("what-nobody-may-see".to_owned()),
            _ => None,
        };
        let outside = Some("https://s3.example".to_owned());
        let files = open(&S3Config { public_endpoint: outside, ..at("http://127.0.0.1:9000") }, keys).unwrap();
        assert!(!format!("{files:?}").contains("what-nobody-may-see"));
        let half = |name: &str| keys(name).filter(|_| name == "AWS_SECRET_ACCESS_KEY");
        let refusal = open(&at("http://127.0.0.1:9000"), half).unwrap_err();
        assert!(!format!("{refusal:?} {refusal}").contains("what-nobody-may-see"));
    }
}
