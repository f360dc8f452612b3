//! Object identifiers of RFC 3161, 5280, 5652, 5758, 5816, 8017 and 9336.

use der::asn1::ObjectIdentifier as Oid;

const fn oid(text: &str) -> Oid {
    Oid::new_unwrap(text)
}

pub(super) const DATA: Oid = oid("1.2.840.113549.1.7.1");
pub(super) const SIGNED_DATA: Oid = oid("1.2.840.113549.1.7.2");
pub(super) const CONTENT_TYPE: Oid = oid("1.2.840.113549.1.9.3");
pub(super) const MESSAGE_DIGEST: Oid = oid("1.2.840.113549.1.9.4");
pub(super) const TST_INFO: Oid = oid("1.2.840.113549.1.9.16.1.4");
pub(super) const SIGNING_CERTIFICATE: Oid = oid("1.2.840.113549.1.9.16.2.12");
pub(super) const SIGNATURE_TIMESTAMP: Oid = oid("1.2.840.113549.1.9.16.2.14");
pub(super) const SIGNING_CERTIFICATE_V2: Oid = oid("1.2.840.113549.1.9.16.2.47");

pub(super) const SHA_256: Oid = oid("2.16.840.1.101.3.4.2.1");
pub(super) const SHA_384: Oid = oid("2.16.840.1.101.3.4.2.2");
pub(super) const SHA_512: Oid = oid("2.16.840.1.101.3.4.2.3");

pub(super) const EC_PUBLIC_KEY: Oid = oid("1.2.840.10045.2.1");
pub(super) const P_256: Oid = oid("1.2.840.10045.3.1.7");
pub(super) const P_384: Oid = oid("1.3.132.0.34");
pub(super) const ECDSA_SHA_256: Oid = oid("1.2.840.10045.4.3.2");
pub(super) const ECDSA_SHA_384: Oid = oid("1.2.840.10045.4.3.3");
pub(super) const ECDSA_SHA_512: Oid = oid("1.2.840.10045.4.3.4");
pub(super) const RSA: Oid = oid("1.2.840.113549.1.1.1");
pub(super) const RSA_SHA_256: Oid = oid("1.2.840.113549.1.1.11");
pub(super) const RSA_SHA_384: Oid = oid("1.2.840.113549.1.1.12");
pub(super) const RSA_SHA_512: Oid = oid("1.2.840.113549.1.1.13");

pub(super) const COMMON_NAME: Oid = oid("2.5.4.3");
pub(super) const ORGANIZATION: Oid = oid("2.5.4.10");

pub(super) const EMAIL_PROTECTION: Oid = oid("1.3.6.1.5.5.7.3.4");
pub(super) const TIME_STAMPING: Oid = oid("1.3.6.1.5.5.7.3.8");
pub(super) const DOCUMENT_SIGNING: Oid = oid("1.3.6.1.5.5.7.3.36");
/// Document signing as Microsoft and Adobe have called it since before RFC 9336.
pub(super) const DOCUMENT_SIGNING_MS: Oid = oid("1.3.6.1.4.1.311.10.3.12");
pub(super) const ANY_EXTENDED_KEY_USAGE: Oid = oid("2.5.29.37.0");
