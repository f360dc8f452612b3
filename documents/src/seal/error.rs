//! Why something was not sealed, issued or taken.

use super::pdf::PdfError;

/// Why a step of sealing was refused. `Display` says what to do about it where somebody can.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The bytes are not a PDF that can be sealed.
    #[error("the PDF cannot be used: {0}")]
    Pdf(#[from] PdfError),
    /// The document carries a seal already; a second one would forbid what the first allows.
    #[error("the document is sealed already; seal the unsealed file instead")]
    AlreadySealed,
    /// There is no seal to be upgraded.
    #[error("the document carries no seal; seal it first")]
    NotSealed,
    /// A timestamp was asked for a seal that has one.
    #[error("the seal has a timestamp already; add an archive timestamp instead")]
    AlreadyTimestamped,
    /// Something stands behind the seal that relies on it as it is.
    #[error("revisions stand behind the seal; its timestamp must be added before them")]
    RevisionsFollow,
    /// A signature with its certificates is larger than the room left for it.
    #[error(
        "the signature takes {needed} bytes and the document has room for {reserved}; use a shorter chain of certificates"
    )]
    NoRoom {
        /// Bytes of the signature.
        needed: usize,
        /// Bytes that are reserved.
        reserved: usize,
    },
    /// The validity begins after it ends, or at a time that a certificate cannot say.
    #[error("the validity from {from} until {until} is no period between 1970 and 9999")]
    Validity {
        /// First instant.
        from: chrono::DateTime<chrono::Utc>,
        /// Last instant.
        until: chrono::DateTime<chrono::Utc>,
    },
    /// A certificate outlives the authority that issues it.
    #[error(
        "the certificate would be valid until {until}, longer than the authority's own, {authority}; renew the authority first"
    )]
    OutlivesAuthority {
        /// Asked end of the certificate.
        until: chrono::DateTime<chrono::Utc>,
        /// End of the authority's certificate.
        authority: chrono::DateTime<chrono::Utc>,
    },
    /// A key is not one that can seal.
    #[error("the key cannot be used: {0}; give an ECDSA P-256 key as PEM (PKCS#8 or SEC 1)")]
    Key(&'static str),
    /// A certificate is unreadable or cannot seal.
    #[error(
        "the certificate cannot be used: {0}; give PEM certificates, the sealing one first, each followed by its issuer"
    )]
    Certificate(String),
    /// A list of revoked certificates is unreadable.
    #[error("the revocation list cannot be read; give it as DER")]
    RevocationList,
    /// An answer of a timestamp authority was refused.
    #[error(transparent)]
    Timestamp(#[from] super::timestamp::TimestampError),
    /// A value does not fit into its encoding.
    #[error("a value cannot be encoded")]
    Encoding(#[from] der::Error),
}
