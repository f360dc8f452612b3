//! Seals on documents: whose key seals, which authority stamps the time, and what a sealed file is worth.
//!
//! A studio seals with a key of its own, which the installation's authority certifies; both are made by the program and kept in the data
//! folder ([`keys`]). An operator may give a key and certificate instead. The time is stamped by an RFC 3161 authority, if one is configured.

mod client;
mod evidence;
mod examine;
mod keys;
mod raise;
mod references;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use documents::seal::{Level, SealError, SealFacts, Sealer, seal};
use domain::{
    env::{Env, Instant},
    ports::{PortError, Raised, SealRequest, Seals},
    seals::entity::SealLevel,
};

pub use client::AskError;
use client::Client;
pub use documents::licence::Accepted;
pub use documents::seal::{
    Attachment, CertificateReport, Finding, FindingKind, Report, Severity, SignatureKind, SignatureReport, StatedTime,
    TimestampReport, Verdict,
};
pub use evidence::{Evidence, EvidenceDoubt, agrees, evidence};
pub use examine::{Examined, examine};
use keys::House;
pub use references::references;

/// How long one answer of a timestamp authority may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// The most bytes of a PEM file that an operator may name.
const MAX_PEM_BYTES: u64 = 1 << 20;

/// What seals are made with.
#[derive(Debug, Clone)]
pub struct SealConfig {
    /// Where the installation's authority and the studios' keys are kept; made if need be.
    pub folder: PathBuf,
    /// The operator's own key and certificate with its issuers, as PEM files: then nothing is made by the program.
    pub own: Option<(PathBuf, PathBuf)>,
    /// The timestamp authority, an address over plain HTTP; without one seals stay at B-B.
    pub timestamp_url: Option<String>,
    /// The root certificates as a PEM file that its timestamps must lead to.
    pub timestamp_root: Option<PathBuf>,
    /// How long one answer of it may take.
    pub patience: Duration,
}

impl SealConfig {
    /// Keys made by the program in that folder, and no timestamp authority.
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), own: None, timestamp_url: None, timestamp_root: None, patience: PATIENCE }
    }
}

/// Why nothing can be sealed with a configuration: a sentence with the file or the address that it is about.
#[derive(Debug, thiserror::Error)]
pub enum SealConfigError {
    /// A file cannot be read or written.
    #[error("{path}: {cause}")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// A file does not hold what it should.
    #[error("{path}: {cause}")]
    Content {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: SealError,
    },
    /// Something cannot be made.
    #[error("the keys for seals cannot be made")]
    Made(#[from] SealError),
    /// The address of the authority is none that can be asked.
    #[error("timestamp_url {0}")]
    Address(&'static str),
    /// The HTTP client cannot be built.
    #[error("the client of the timestamp authority cannot be built")]
    Client(#[source] reqwest::Error),
}

/// Whose key seals.
enum Keys {
    /// A key for each studio, certified by the installation's own authority.
    House(Box<House>),
    /// The operator's.
    Operator(Box<Sealer>),
}

/// Seals documents with what is configured.
pub struct StudioSeals {
    keys: Keys,
    client: Option<Client>,
    timestamp_root: Option<String>,
    authority_pem: String,
    own_pem: String,
    env: Env,
}

impl std::fmt::Debug for StudioSeals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StudioSeals").field("timestamps", &self.client.is_some()).finish_non_exhaustive()
    }
}

impl StudioSeals {
    /// Reads the keys, or makes them where there are none yet.
    ///
    /// # Errors
    /// [`SealConfigError`], which names the file or the address.
    pub fn open(config: &SealConfig, env: Env) -> Result<Self, SealConfigError> {
        let (keys, authority_pem, own_pem) = if let Some((key, certificate)) = &config.own {
            let (key_pem, chain_pem) = (read_pem(key)?, read_pem(certificate)?);
            let sealer = Sealer::from_key_and_chain(&key_pem, &chain_pem)
                .map_err(|cause| SealConfigError::Content { path: certificate.clone(), cause })?;
            // What was sealed before the operator gave their own still leads to the authority in the folder.
            let house = keys::authority_in(&config.folder)?.map(|authority| authority.certificate_pem()).transpose()?;
            let (chain, house) = (sealer.chain_pem()?, house.unwrap_or_default());
            let roots = format!("{}{house}", last_certificate(&chain));
            // The operator's root may certify half the world: what was sealed here is known by the sealing certificate itself.
            let own = format!("{}{house}", first_certificate(&chain));
            (Keys::Operator(Box::new(sealer)), roots, own)
        } else {
            let house = House::open(&config.folder, env.clone())?;
            let root = house.authority.certificate_pem()?;
            (Keys::House(Box::new(house)), root.clone(), root)
        };
        let timestamp_root = match &config.timestamp_root {
            Some(path) => {
                let pem = read_pem(path)?;
                documents::seal::Options::default()
                    .trusting_timestamps(&pem)
                    .map_err(|cause| SealConfigError::Content { path: path.clone(), cause })?;
                Some(pem)
            }
            None => None,
        };
        let client = config.timestamp_url.as_deref().map(|url| Client::new(url, config.patience)).transpose()?;
        Ok(Self { keys, client, timestamp_root, authority_pem, own_pem, env })
    }

    /// Who seals, and until when: for a look at the configuration.
    pub fn describe(&self) -> String {
        match &self.keys {
            Keys::House(house) => format!(
                "each studio has a key, certified by the installation's own authority until {}, SHA-256 {}",
                house.authority.valid_until().format("%-d %B %Y"),
                house.authority.sha256(),
            ),
            Keys::Operator(sealer) => format!(
                "sealed with “{}”, valid until {}, SHA-256 {}",
                sealer.subject(),
                sealer.valid_until().format("%-d %B %Y"),
                sealer.sha256(),
            ),
        }
    }

    /// Until when what seals is valid.
    pub fn valid_until(&self) -> Instant {
        match &self.keys {
            Keys::House(house) => house.authority.valid_until(),
            Keys::Operator(sealer) => sealer.valid_until(),
        }
    }

    /// Fills bytes that nobody can guess.
    fn random(&self) -> impl FnMut(&mut [u8]) {
        keys::random(self.env.clone())
    }
}

#[async_trait]
impl Seals for StudioSeals {
    fn seal(&self, pdf: Bytes, request: &SealRequest) -> Result<Bytes, PortError> {
        let broken = |cause: SealConfigError| PortError::lasting("taking the studio's key", cause);
        let key = match &self.keys {
            Keys::House(house) => &house.sealer(request.studio, &request.studio_name, request.at).map_err(broken)?,
            Keys::Operator(sealer) if sealer.valid_until() < request.at => {
                return Err(PortError::lasting("sealing a document", Lapsed { until: sealer.valid_until() }));
            }
            Keys::Operator(sealer) => sealer.as_ref(),
        };
        let facts =
            SealFacts { at: request.at, reason: &request.reason, location: None, name: Some(&request.studio_name) };
        let sealed = seal(&pdf, key, &facts).map_err(|cause| PortError::lasting("sealing a document", cause))?;
        Ok(sealed.into())
    }

    async fn raise(&self, pdf: Bytes, now: Instant) -> Result<Raised, PortError> {
        self.raise_as_far_as_it_goes(pdf, now).await
    }

    fn can_raise(&self) -> bool {
        self.client.is_some()
    }

    fn authority_pem(&self) -> String {
        self.authority_pem.clone()
    }

    fn own_pem(&self) -> String {
        self.own_pem.clone()
    }

    fn timestamp_authority_pem(&self) -> Option<String> {
        self.timestamp_root.clone()
    }
}

/// The level as the domain says it.
const fn level(level: Level) -> SealLevel {
    match level {
        Level::BB => SealLevel::BB,
        Level::BT => SealLevel::BT,
        Level::BLT => SealLevel::BLT,
        Level::BLTA => SealLevel::BLTA,
    }
}

fn read_pem(path: &Path) -> Result<String, SealConfigError> {
    let read = || {
        if std::fs::metadata(path)?.len() > MAX_PEM_BYTES {
            return Err(std::io::Error::other("it is too large for a PEM file"));
        }
        std::fs::read_to_string(path)
    };
    read().map_err(|cause| SealConfigError::File { path: path.to_owned(), cause })
}

/// The operator's certificate seals nothing any more. It is read when the program starts, so that waiting changes nothing.
#[derive(Debug, thiserror::Error)]
#[error(
    "the certificate in seal_certificate was valid until {until}; give one that is valid, start the program again, and retry this job"
)]
struct Lapsed {
    until: Instant,
}

/// The first certificate of a PEM text: the one that seals.
fn first_certificate(pem: &str) -> &str {
    const END: &str = "-----END CERTIFICATE-----\n";
    pem.find(END).map_or(pem, |at| &pem[..at + END.len()])
}

/// The last certificate of a PEM text, which holds one at least: the root, if it is known.
fn last_certificate(pem: &str) -> &str {
    pem.rfind("-----BEGIN CERTIFICATE-----").map_or(pem, |at| &pem[at..])
}
