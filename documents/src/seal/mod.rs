//! Sealing and verifying PDFs: `PAdES` B-B, B-T, B-LT and B-LTA (ETSI EN 319 142-1) on ECDSA P-256, pure and offline.
//!
//! A studio makes an [`Authority`] once and lets it issue a [`Sealer`] each year, or takes the operator's own key and certificate.
//! [`seal()`] appends one revision to a finished PDF. The seal is raised step by step as answers come in; each step takes a file and
//! gives the next one, and every revision can be kept:
//!
//! | Level | What it adds | How |
//! |---|---|---|
//! | B-B | the seal; its time is only claimed | [`seal()`] |
//! | B-T | a timestamp: the seal existed then | [`request_timestamp`], somebody posts it, [`add_timestamp`] |
//! | B-LT | certificates and revocation lists | [`missing_revocations`], somebody fetches them, [`add_validation_data`] |
//! | B-LTA | a timestamp over all of it, renewed before it lapses | [`prepare_archive_timestamp`], [`ArchiveTimestamp::complete`] |
//!
//! [`verify()`] judges a file by itself and names what is wrong with it. It reads only what documents sealed here consist of, and
//! refuses the rest by name: a verifier that guesses can be fooled.
//!
//! Time and randomness come from the caller. Nothing here asks a network; keys are the caller's to encrypt at rest.
//!
//! To add a check: a variant in [`FindingKind`] with its remedy, raised in `verify`, and a tampering in `tests/seal/tampering.rs` that it names.

mod authority;
mod chain;
mod dss;
mod error;
mod fields;
mod oids;
mod pdf;
mod sealing;
mod signature;
mod signed_data;
mod stream;
mod timestamp;
mod timestamper;
mod verify;
mod x509;

pub use authority::{Authority, Period, Revoked, Sealer, Subject};
pub use error::SealError;
pub use pdf::PdfError;
pub use sealing::{
    ArchiveTimestamp, RevocationSource, SealFacts, ValidationData, add_timestamp, add_validation_data,
    missing_revocations, prepare_archive_timestamp, request_timestamp, revocation_sources, seal, unsealed,
};
pub use signed_data::CmsFault;
pub use timestamp::{REQUEST_MEDIA_TYPE, RESPONSE_MEDIA_TYPE, TimestampError, TimestampRequest};
pub use timestamper::answer_timestamp_request;
pub use verify::{
    AttachedFile, Attachment, CertificateReport, Finding, FindingKind, Level, Options, Report, Severity, SignatureKind,
    SignatureReport, StatedTime, TimestampReport, Verdict, attachments, verify,
};
