//! Timestamps (RFC 3161): the request, and the answer read and checked. Who asks the authority is somebody else's business.

use chrono::{DateTime, NaiveDateTime, Utc};
use cms::content_info::ContentInfo;
use der::{
    Any, Decode, Encode, Sequence, Tag, Tagged,
    asn1::{BitString, Int, ObjectIdentifier, OctetString, Uint},
};
use spki::AlgorithmIdentifierOwned;
use x509_cert::ext::Extensions;

use super::{
    oids,
    signature::DigestAlgorithm,
    signed_data::{CmsFault, Signed, check, read},
    x509,
};

/// Bytes of randomness that tie an answer to its request.
const NONCE_BYTES: usize = 16;

/// Media type of a request, for `Content-Type`.
pub const REQUEST_MEDIA_TYPE: &str = "application/timestamp-query";

/// Media type of a response.
pub const RESPONSE_MEDIA_TYPE: &str = "application/timestamp-reply";

/// What an authority is asked to stamp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimestampRequest {
    der: Vec<u8>,
    sha256: Vec<u8>,
    nonce: Vec<u8>,
}

/// Why an answer is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimestampError {
    /// The answer is not a response of RFC 3161.
    #[error("the timestamp authority did not answer with a timestamp; check its address")]
    Unreadable,
    /// The authority refused.
    #[error("the timestamp authority refused: {0}")]
    Refused(String),
    /// The token stamps something else.
    #[error("the timestamp is not of these bytes")]
    OtherBytes,
    /// The token answers another request.
    #[error("the timestamp answers another request; ask again")]
    OtherRequest,
    /// The token does not hold.
    #[error("the timestamp does not hold: {0}")]
    Cms(#[from] CmsFault),
    /// The certificate is not one of a timestamp authority.
    #[error("the timestamp was signed with a certificate that is not for timestamps")]
    Purpose,
    /// The certificate was not valid at the stamped time.
    #[error("the certificate of the timestamp authority is not valid at the time that it states")]
    Expired,
}

#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(super) struct MessageImprint {
    pub(super) hash_algorithm: AlgorithmIdentifierOwned,
    pub(super) hashed_message: OctetString,
}

#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(super) struct Request {
    pub(super) version: u8,
    pub(super) message_imprint: MessageImprint,
    #[asn1(optional = "true")]
    pub(super) req_policy: Option<ObjectIdentifier>,
    #[asn1(optional = "true")]
    pub(super) nonce: Option<Int>,
    #[asn1(default = "Default::default")]
    pub(super) cert_req: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(super) struct PkiStatusInfo {
    pub(super) status: u32,
    #[asn1(optional = "true")]
    pub(super) status_string: Option<Vec<String>>,
    #[asn1(optional = "true")]
    pub(super) fail_info: Option<BitString>,
}

#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(super) struct Response {
    pub(super) status: PkiStatusInfo,
    #[asn1(optional = "true")]
    pub(super) token: Option<ContentInfo>,
}

#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(super) struct Accuracy {
    #[asn1(optional = "true")]
    seconds: Option<u64>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    millis: Option<u16>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    micros: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(super) struct TstInfo {
    pub(super) version: u8,
    pub(super) policy: ObjectIdentifier,
    pub(super) message_imprint: MessageImprint,
    pub(super) serial_number: Int,
    /// A generalised time that may carry a fraction of a second, which the type for it refuses.
    pub(super) gen_time: Any,
    #[asn1(optional = "true")]
    pub(super) accuracy: Option<Accuracy>,
    #[asn1(default = "Default::default")]
    pub(super) ordering: bool,
    #[asn1(optional = "true")]
    pub(super) nonce: Option<Int>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) tsa: Option<Any>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) extensions: Option<Extensions>,
}

/// A token that holds.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) signed: Signed,
    pub(super) at: DateTime<Utc>,
    nonce: Option<Vec<u8>>,
}

impl TimestampRequest {
    /// Asks for a timestamp over a SHA-256. `random` fills bytes from a source that nobody can guess.
    pub(super) fn of(sha256: Vec<u8>, mut random: impl FnMut(&mut [u8])) -> Result<Self, der::Error> {
        let mut nonce = [0; NONCE_BYTES];
        random(&mut nonce);
        let nonce = Int::from(Uint::new(&nonce)?);
        let request = Request {
            version: 1,
            message_imprint: MessageImprint {
                hash_algorithm: AlgorithmIdentifierOwned { oid: oids::SHA_256, parameters: None },
                hashed_message: OctetString::new(sha256.clone())?,
            },
            req_policy: None,
            nonce: Some(nonce.clone()),
            cert_req: true,
        };
        Ok(Self { der: request.to_der()?, sha256, nonce: nonce.as_bytes().to_vec() })
    }

    /// The body to post to the authority, of [`REQUEST_MEDIA_TYPE`].
    pub fn bytes(&self) -> &[u8] {
        &self.der
    }

    /// Whether it asks for a timestamp over this digest.
    pub(super) fn is_for(&self, sha256: &[u8]) -> bool {
        self.sha256 == sha256
    }

    /// Reads the body that the authority answered with.
    pub(super) fn token(&self, response: &[u8]) -> Result<(ContentInfo, Token), TimestampError> {
        let response = Response::from_der(response).map_err(|_| TimestampError::Unreadable)?;
        // Granted, or granted with modifications.
        if response.status.status > 1 {
            let said = response.status.status_string.unwrap_or_default().join("; ");
            let said = if said.is_empty() { format!("status {}", response.status.status) } else { said };
            return Err(TimestampError::Refused(said));
        }
        let content = response.token.ok_or(TimestampError::Unreadable)?;
        let token =
            check_token(&content, |algorithm| (algorithm == DigestAlgorithm::Sha256).then(|| self.sha256.clone()))?;
        if token.nonce.as_ref() != Some(&self.nonce) {
            return Err(TimestampError::OtherRequest);
        }
        Ok((content, token))
    }
}

/// Checks a token: that it stamps what `digest` gives for its algorithm, and that its certificate may say so.
pub(super) fn check_token(
    content: &ContentInfo,
    digest: impl FnOnce(DigestAlgorithm) -> Option<Vec<u8>>,
) -> Result<Token, TimestampError> {
    let signed = read(content)?;
    let carried = signed.encap_content_info.econtent.as_ref().ok_or(TimestampError::Unreadable)?;
    let carried: OctetString = carried.decode_as().map_err(|_| TimestampError::Unreadable)?;
    let info = TstInfo::from_der(carried.as_bytes()).map_err(|_| TimestampError::Unreadable)?;
    let imprint = &info.message_imprint;
    let algorithm = DigestAlgorithm::of(&imprint.hash_algorithm).ok_or(CmsFault::Unsupported)?;
    if digest(algorithm).is_none_or(|digest| digest != imprint.hashed_message.as_bytes()) {
        return Err(TimestampError::OtherBytes);
    }
    let at = generalized_time(&info.gen_time).ok_or(TimestampError::Unreadable)?;
    let signed = check(&signed, oids::TST_INFO, &[carried.as_bytes()])?;
    if !x509::may_timestamp(&signed.certificate) {
        return Err(TimestampError::Purpose);
    }
    let validity = &signed.certificate.tbs_certificate.validity;
    if at < x509::instant(validity.not_before) || at > x509::instant(validity.not_after) {
        return Err(TimestampError::Expired);
    }
    Ok(Token { signed, at, nonce: info.nonce.map(|nonce| nonce.as_bytes().to_vec()) })
}

fn generalized_time(value: &Any) -> Option<DateTime<Utc>> {
    if value.tag() != Tag::GeneralizedTime {
        return None;
    }
    let text = std::str::from_utf8(value.value()).ok()?;
    Some(NaiveDateTime::parse_from_str(text, "%Y%m%d%H%M%S%.fZ").ok()?.and_utc())
}
