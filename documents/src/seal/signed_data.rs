//! CMS `SignedData` (RFC 5652) with one signer, as `CAdES` seals and RFC 3161 tokens are: made and checked.

use cms::{
    cert::{CertificateChoices, IssuerAndSerialNumber},
    content_info::{CmsVersion, ContentInfo},
    signed_data::{CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos},
};
use der::{
    Any, Decode, Encode, Sequence,
    asn1::{ObjectIdentifier, OctetString, OctetStringRef, SetOfVec},
};
use p256::ecdsa::{DerSignature, signature::Signer};
use sha1::Digest as _;
use sha2::Sha256;
use spki::AlgorithmIdentifierOwned;
use x509_cert::{
    Certificate,
    attr::{Attribute, Attributes},
    ext::pkix::SubjectKeyIdentifier,
};

use super::{
    Sealer, oids,
    signature::{self, DigestAlgorithm, SignatureFault},
    x509,
};

/// Names the certificate that signs within what is signed, so that no other with the same key can take its place (RFC 5035).
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
struct SigningCertificate {
    certs: Vec<CertificateId>,
    #[asn1(optional = "true")]
    policies: Option<Any>,
}

#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
struct CertificateId {
    /// SHA-256 where it is absent; in the first version of the attribute it is always absent and means SHA-1.
    #[asn1(optional = "true")]
    hash_algorithm: Option<AlgorithmIdentifierOwned>,
    hash: OctetString,
    #[asn1(optional = "true")]
    issuer_serial: Option<Any>,
}

/// What is signed.
pub(super) enum Content<'a> {
    /// The digest of bytes that stand elsewhere.
    Detached {
        /// SHA-256 of them.
        sha256: &'a [u8],
    },
    /// Bytes of a type, carried along.
    Within {
        /// Their type.
        content_type: ObjectIdentifier,
        /// The bytes.
        bytes: &'a [u8],
    },
}

/// Signs with a sealer's key; the certificates of its chain are carried along.
pub(super) fn sign(content: &Content<'_>, sealer: &Sealer) -> Result<ContentInfo, der::Error> {
    let (content_type, digest, carried) = match content {
        Content::Detached { sha256 } => (oids::DATA, sha256.to_vec(), None),
        Content::Within { content_type, bytes } => {
            let carried = Any::encode_from(&OctetStringRef::new(bytes)?)?;
            (*content_type, Sha256::digest(bytes).to_vec(), Some(carried))
        }
    };
    let certificate = sealer.certificate();
    let signing_certificate = SigningCertificate {
        certs: vec![CertificateId {
            hash_algorithm: None,
            hash: OctetString::new(Sha256::digest(certificate.to_der()?).to_vec())?,
            issuer_serial: None,
        }],
        policies: None,
    };
    let attributes = SetOfVec::try_from(vec![
        attribute(oids::CONTENT_TYPE, Any::from(content_type))?,
        attribute(oids::MESSAGE_DIGEST, Any::encode_from(&OctetString::new(digest)?)?)?,
        attribute(oids::SIGNING_CERTIFICATE_V2, Any::encode_from(&signing_certificate)?)?,
    ])?;
    let signature: DerSignature = sealer.key.sign(&attributes.to_der()?);
    let sha256 = AlgorithmIdentifierOwned { oid: oids::SHA_256, parameters: None };
    let signer = SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: certificate.tbs_certificate.issuer.clone(),
            serial_number: certificate.tbs_certificate.serial_number.clone(),
        }),
        digest_alg: sha256.clone(),
        signed_attrs: Some(attributes),
        signature_algorithm: AlgorithmIdentifierOwned { oid: oids::ECDSA_SHA_256, parameters: None },
        signature: OctetString::new(signature.as_bytes())?,
        unsigned_attrs: None,
    };
    let certificates: Vec<_> = sealer.chain.iter().cloned().map(CertificateChoices::Certificate).collect();
    let whole = SignedData {
        // Content other than plain data asks for version 3.
        version: if content_type == oids::DATA { CmsVersion::V1 } else { CmsVersion::V3 },
        digest_algorithms: SetOfVec::try_from(vec![sha256])?,
        encap_content_info: EncapsulatedContentInfo { econtent_type: content_type, econtent: carried },
        certificates: Some(CertificateSet(SetOfVec::try_from(certificates)?)),
        crls: None,
        signer_infos: SignerInfos(SetOfVec::try_from(vec![signer])?),
    };
    wrap(&whole)
}

/// `SignedData` as content that says what it is.
pub(super) fn wrap(signed: &SignedData) -> Result<ContentInfo, der::Error> {
    Ok(ContentInfo { content_type: oids::SIGNED_DATA, content: Any::encode_from(signed)? })
}

/// Reads `SignedData`; the bytes may be padded behind.
pub(super) fn read(content: &ContentInfo) -> Result<SignedData, CmsFault> {
    if content.content_type != oids::SIGNED_DATA {
        return Err(CmsFault::Unreadable);
    }
    content.content.decode_as().map_err(|_| CmsFault::Unreadable)
}

fn attribute(oid: ObjectIdentifier, value: Any) -> Result<Attribute, der::Error> {
    Ok(Attribute { oid, values: SetOfVec::try_from(vec![value])? })
}

/// The signature with an unsigned attribute more.
pub(super) fn with_unsigned(signed: &SignedData, oid: ObjectIdentifier, value: &Any) -> Result<SignedData, der::Error> {
    let mut signers = signed.signer_infos.0.clone().into_vec();
    for signer in &mut signers {
        let mut attributes = signer.unsigned_attrs.clone().map(SetOfVec::into_vec).unwrap_or_default();
        attributes.push(attribute(oid, value.clone())?);
        signer.unsigned_attrs = Some(SetOfVec::try_from(attributes)?);
    }
    Ok(SignedData { signer_infos: SignerInfos(SetOfVec::try_from(signers)?), ..signed.clone() })
}

/// The certificates that are carried along.
pub(super) fn certificates(signed: &SignedData) -> Vec<Certificate> {
    let carried = signed.certificates.as_ref().map(|set| set.0.as_slice()).unwrap_or_default();
    carried
        .iter()
        .filter_map(|choice| match choice {
            CertificateChoices::Certificate(certificate) => Some(certificate.clone()),
            CertificateChoices::Other(_) => None,
        })
        .collect()
}

/// A signature that holds.
#[derive(Debug, Clone)]
pub(super) struct Signed {
    pub(super) certificate: Certificate,
    pub(super) signature: Vec<u8>,
}

/// Why a signature does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CmsFault {
    /// It is no `SignedData`, or has more than one signer or none.
    #[error("it is not a signature of one signer")]
    Unreadable,
    /// It signs another type of content than is expected here.
    #[error("it signs another kind of content")]
    WrongContent,
    /// An attribute is missing or there twice.
    #[error("its attribute {0} is missing or there twice")]
    Attribute(&'static str),
    /// The bytes have another digest.
    #[error("the bytes that it covers are not those that were signed")]
    DigestMismatch,
    /// The signing certificate is not carried along.
    #[error("its certificate is missing")]
    NoCertificate,
    /// The certificate is not the one that the signer named.
    #[error("its certificate is not the one that was named when it was signed")]
    CertificateSubstituted,
    /// The signature was not made with the certificate's key.
    #[error("it was not made with the key of its certificate")]
    Invalid,
    /// The algorithm is not supported.
    #[error("it uses an algorithm that is unknown here or not safe")]
    Unsupported,
}

/// Checks the one signature of `data` over content of a type, given as pieces one behind the other.
pub(super) fn check(data: &SignedData, content_type: ObjectIdentifier, content: &[&[u8]]) -> Result<Signed, CmsFault> {
    let [signer] = data.signer_infos.0.as_slice() else { return Err(CmsFault::Unreadable) };
    if data.encap_content_info.econtent_type != content_type {
        return Err(CmsFault::WrongContent);
    }
    let attributes = signer.signed_attrs.as_ref().ok_or(CmsFault::Attribute("message-digest"))?;
    let named: ObjectIdentifier = single(attributes, oids::CONTENT_TYPE, "content-type")?;
    if named != content_type {
        return Err(CmsFault::WrongContent);
    }
    let algorithm = DigestAlgorithm::of(&signer.digest_alg).ok_or(CmsFault::Unsupported)?;
    let digest: OctetString = single(attributes, oids::MESSAGE_DIGEST, "message-digest")?;
    if digest.as_bytes() != algorithm.digest(content) {
        return Err(CmsFault::DigestMismatch);
    }
    let certificate = certificates(data)
        .into_iter()
        .find(|certificate| is_named(&signer.sid, certificate))
        .ok_or(CmsFault::NoCertificate)?;
    check_signing_certificate(attributes, &certificate)?;
    let message = attributes.to_der().map_err(|_| CmsFault::Unreadable)?;
    let key = &certificate.tbs_certificate.subject_public_key_info;
    signature::verify(key, &signer.signature_algorithm, Some(algorithm), &message, signer.signature.as_bytes())
        .map_err(|fault| match fault {
            SignatureFault::Invalid => CmsFault::Invalid,
            SignatureFault::Unsupported => CmsFault::Unsupported,
        })?;
    Ok(Signed { certificate, signature: signer.signature.as_bytes().to_vec() })
}

fn is_named(by: &SignerIdentifier, certificate: &Certificate) -> bool {
    match by {
        SignerIdentifier::IssuerAndSerialNumber(named) => {
            named.issuer == certificate.tbs_certificate.issuer
                && named.serial_number == certificate.tbs_certificate.serial_number
        }
        SignerIdentifier::SubjectKeyIdentifier(named) => {
            x509::find::<SubjectKeyIdentifier>(certificate).is_some_and(|own| own == *named)
        }
    }
}

fn check_signing_certificate(attributes: &Attributes, certificate: &Certificate) -> Result<(), CmsFault> {
    let der = certificate.to_der().map_err(|_| CmsFault::NoCertificate)?;
    let name = "signing-certificate-v2";
    let second: Result<SigningCertificate, _> = single(attributes, oids::SIGNING_CERTIFICATE_V2, name);
    let (named, digest) = if let Ok(second) = second {
        let first = second.certs.into_iter().next().ok_or(CmsFault::Attribute(name))?;
        let algorithm = first.hash_algorithm.as_ref().map_or(Some(DigestAlgorithm::Sha256), DigestAlgorithm::of);
        (first.hash, algorithm.ok_or(CmsFault::Unsupported)?.digest(&[&der]))
    } else {
        // Its first version, which timestamp authorities still use; a second preimage of SHA-1 is out of reach.
        let first: SigningCertificate = single(attributes, oids::SIGNING_CERTIFICATE, name)?;
        let first = first.certs.into_iter().next().ok_or(CmsFault::Attribute(name))?;
        (first.hash, sha1::Sha1::digest(&der).to_vec())
    };
    if named.as_bytes() == digest { Ok(()) } else { Err(CmsFault::CertificateSubstituted) }
}

/// The one value of an attribute.
fn single<T: for<'a> Decode<'a>>(
    attributes: &Attributes,
    oid: ObjectIdentifier,
    name: &'static str,
) -> Result<T, CmsFault> {
    let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
    let (Some(attribute), None) = (found.next(), found.next()) else { return Err(CmsFault::Attribute(name)) };
    let [value] = attribute.values.as_slice() else { return Err(CmsFault::Attribute(name)) };
    value.to_der().and_then(|der| T::from_der(&der)).map_err(|_| CmsFault::Attribute(name))
}
