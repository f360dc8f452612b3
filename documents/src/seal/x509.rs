//! What sealing and verifying ask of certificates.

use std::time::Duration;

use chrono::{DateTime, Utc};
use const_oid::AssociatedOid;
use der::{
    Any, Decode, Encode,
    asn1::{BitString, GeneralizedTime, ObjectIdentifier, OctetString, SetOfVec, UtcTime, Utf8StringRef},
};
use p256::ecdsa::{DerSignature, SigningKey, signature::Signer};
use sha1::Digest as _;
use x509_cert::{
    Certificate,
    attr::AttributeTypeAndValue,
    ext::{
        Extension,
        pkix::{
            BasicConstraints, CrlDistributionPoints, ExtendedKeyUsage, KeyUsage,
            crl::dp::DistributionPoint,
            name::{DistributionPointName, GeneralName},
        },
    },
    name::{Name, RdnSequence, RelativeDistinguishedName},
    time::{Time, Validity},
};

use super::{SealError, oids};
use crate::world::sha256_hex;

/// The last year that UTC time can say; later ones are written as generalised time.
const LAST_UTC_YEAR: i32 = 2049;

/// A distinguished name of organisation and common name.
pub(super) fn name(organization: &str, common_name: &str) -> Result<Name, SealError> {
    let part = |oid, value: &str| -> Result<_, SealError> {
        let value = Any::from(Utf8StringRef::new(value)?);
        Ok(RelativeDistinguishedName(SetOfVec::try_from(vec![AttributeTypeAndValue { oid, value }])?))
    };
    Ok(RdnSequence(vec![part(oids::ORGANIZATION, organization)?, part(oids::COMMON_NAME, common_name)?]))
}

/// An instant as certificates and revocation lists say it.
pub(super) fn time(at: DateTime<Utc>) -> Option<Time> {
    use chrono::Datelike;
    let since_epoch = Duration::from_secs(u64::try_from(at.timestamp()).ok()?);
    if at.year() <= LAST_UTC_YEAR {
        UtcTime::from_unix_duration(since_epoch).ok().map(Time::UtcTime)
    } else {
        GeneralizedTime::from_unix_duration(since_epoch).ok().map(Time::GeneralTime)
    }
}

/// A period as a certificate says it.
pub(super) fn validity(from: DateTime<Utc>, until: DateTime<Utc>) -> Result<Validity, SealError> {
    match (time(from), time(until)) {
        (Some(not_before), Some(not_after)) if from < until => Ok(Validity { not_before, not_after }),
        _ => Err(SealError::Validity { from, until }),
    }
}

/// The instant that a certificate or revocation list says.
pub(super) fn instant(time: Time) -> DateTime<Utc> {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// An extension of a type that knows its identifier.
pub(super) fn extension<T: Encode + AssociatedOid>(value: &T, critical: bool) -> Result<Extension, SealError> {
    extension_of(T::OID, value, critical)
}

/// An extension under an identifier.
pub(super) fn extension_of(
    extn_id: ObjectIdentifier,
    value: &impl Encode,
    critical: bool,
) -> Result<Extension, SealError> {
    Ok(Extension { extn_id, critical, extn_value: OctetString::new(value.to_der()?)? })
}

/// Where a certificate's revocation list is published.
pub(super) fn published_at(crl_url: &str) -> Result<CrlDistributionPoints, SealError> {
    let address = GeneralName::UniformResourceIdentifier(der::asn1::Ia5String::new(crl_url)?);
    Ok(CrlDistributionPoints(vec![DistributionPoint {
        distribution_point: Some(DistributionPointName::FullName(vec![address])),
        reasons: None,
        crl_issuer: None,
    }]))
}

/// Signs bytes with ECDSA over P-256 and SHA-256; the same bytes give the same signature (RFC 6979).
pub(super) fn sign(key: &SigningKey, bytes: &[u8]) -> Result<BitString, der::Error> {
    let signature: DerSignature = key.sign(bytes);
    BitString::from_bytes(signature.as_bytes())
}

/// The key identifier of RFC 5280, section 4.2.1.2, method 1: SHA-1 over the public key's bits.
pub(super) fn key_identifier(public_key: &BitString) -> Result<OctetString, der::Error> {
    OctetString::new(sha1::Sha1::digest(public_key.raw_bytes()).to_vec())
}

/// A certificate's extension, if it has it and it can be read.
pub(super) fn find<T: for<'a> Decode<'a> + AssociatedOid>(certificate: &Certificate) -> Option<T> {
    let extensions = certificate.tbs_certificate.extensions.as_deref().unwrap_or_default();
    let found = extensions.iter().find(|extension| extension.extn_id == T::OID)?;
    T::from_der(found.extn_value.as_bytes()).ok()
}

/// Whether a certificate issued itself, by its names.
pub(super) fn is_self_issued(certificate: &Certificate) -> bool {
    certificate.tbs_certificate.subject == certificate.tbs_certificate.issuer
}

/// Whether a certificate may issue others.
pub(super) fn is_authority(certificate: &Certificate) -> bool {
    find::<BasicConstraints>(certificate).is_some_and(|constraints| constraints.ca)
        && find::<KeyUsage>(certificate).is_none_or(|usage| usage.key_cert_sign())
}

/// Whether a certificate may sign documents: by its key usage, and by its extended one where it has any.
pub(super) fn may_seal(certificate: &Certificate) -> bool {
    let usage = find::<KeyUsage>(certificate).is_none_or(|usage| usage.digital_signature() || usage.non_repudiation());
    let purposes =
        [oids::DOCUMENT_SIGNING, oids::DOCUMENT_SIGNING_MS, oids::EMAIL_PROTECTION, oids::ANY_EXTENDED_KEY_USAGE];
    usage
        && find::<ExtendedKeyUsage>(certificate)
            .is_none_or(|extended| extended.0.iter().any(|purpose| purposes.contains(purpose)))
}

/// Whether a certificate is one of a timestamp authority (RFC 3161, section 2.3).
pub(super) fn may_timestamp(certificate: &Certificate) -> bool {
    find::<ExtendedKeyUsage>(certificate).is_some_and(|extended| extended.0 == [oids::TIME_STAMPING])
}

/// The addresses where a certificate's revocation list is published.
pub(super) fn crl_urls(certificate: &Certificate) -> Vec<String> {
    let points = find::<CrlDistributionPoints>(certificate).map(|points| points.0).unwrap_or_default();
    let names = points.into_iter().filter_map(|point| match point.distribution_point {
        Some(DistributionPointName::FullName(names)) => Some(names),
        _ => None,
    });
    names
        .flatten()
        .filter_map(|name| match name {
            GeneralName::UniformResourceIdentifier(address) => Some(address.to_string()),
            _ => None,
        })
        .collect()
}

/// SHA-256 over a certificate, lower-case hexadecimal: what people compare.
pub(super) fn fingerprint(certificate: &Certificate) -> String {
    certificate.to_der().map(|der| sha256_hex(&der)).unwrap_or_default()
}

/// The certificates of a PEM text, in its order.
pub(super) fn from_pem(pem: &str) -> Result<Vec<Certificate>, SealError> {
    let pem = pem.trim();
    // The reader of chains takes an empty text badly.
    let certificates =
        if pem.is_empty() { Vec::new() } else { Certificate::load_pem_chain(pem.as_bytes()).unwrap_or_default() };
    if certificates.is_empty() {
        return Err(SealError::Certificate("the text holds no readable one".to_owned()));
    }
    Ok(certificates)
}

/// Certificates as PEM text.
pub(super) fn to_pem(certificates: &[Certificate]) -> Result<String, SealError> {
    use der::EncodePem;
    certificates.iter().map(|certificate| Ok(certificate.to_pem(der::pem::LineEnding::LF)?)).collect()
}
