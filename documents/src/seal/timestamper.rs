//! The other side of RFC 3161: answers requests. A studio without an outside authority, and every test, can stamp with it; whoever
//! trusts its time trusts the clock of the one who runs it.

use chrono::{DateTime, Utc};
use der::{
    Any, Decode, Encode, Tag,
    asn1::{Int, ObjectIdentifier, Uint},
};

use super::{
    SealError, Sealer, TimestampError, oids,
    signature::DigestAlgorithm,
    signed_data::{self, Content},
    timestamp::{PkiStatusInfo, Request, Response, TstInfo},
};

/// The policy that is stated when none is asked for: `anyPolicy`.
const ANY_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32.0");

/// Status of a granted request.
const GRANTED: u32 = 0;

/// Status of a refused request.
const REJECTED: u32 = 2;

/// Answers a timestamp request with the time `at`, signed with a certificate of [`super::Authority::issue_timestamper`]. `serial` is
/// never used twice. A request that is no SHA-2 imprint is answered with a refusal, as the protocol has it.
///
/// # Errors
/// [`SealError::Timestamp`] for bytes that are no request.
pub fn answer_timestamp_request(
    request: &[u8],
    timestamper: &Sealer,
    serial: u64,
    at: DateTime<Utc>,
) -> Result<Vec<u8>, SealError> {
    let request = Request::from_der(request).map_err(|_| TimestampError::Unreadable)?;
    let imprint = &request.message_imprint;
    let fits = DigestAlgorithm::of(&imprint.hash_algorithm)
        .is_some_and(|algorithm| algorithm.digest(&[]).len() == imprint.hashed_message.as_bytes().len());
    if !fits {
        let status_string = Some(vec!["only imprints by SHA-2 are stamped".to_owned()]);
        let status = PkiStatusInfo { status: REJECTED, status_string, fail_info: None };
        return Ok(Response { status, token: None }.to_der()?);
    }
    let info = TstInfo {
        version: 1,
        policy: request.req_policy.unwrap_or(ANY_POLICY),
        message_imprint: request.message_imprint,
        serial_number: Int::from(Uint::new(&serial.to_be_bytes())?),
        gen_time: Any::new(Tag::GeneralizedTime, at.format("%Y%m%d%H%M%SZ").to_string().into_bytes())?,
        accuracy: None,
        ordering: false,
        nonce: request.nonce,
        tsa: None,
        extensions: None,
    };
    let content = Content::Within { content_type: oids::TST_INFO, bytes: &info.to_der()? };
    let token = signed_data::sign(&content, timestamper)?;
    let status = PkiStatusInfo { status: GRANTED, status_string: None, fail_info: None };
    Ok(Response { status, token: Some(token) }.to_der()?)
}
