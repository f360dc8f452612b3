//! Digests and signatures, checked. Seals are ECDSA P-256; timestamp authorities also sign with P-384 and RSA.

use p256::ecdsa::signature::hazmat::PrehashVerifier;
use sha2::{Digest, Sha256, Sha384, Sha512};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use super::oids;

/// A digest that can still be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DigestAlgorithm {
    Sha256,
    Sha384,
    Sha512,
}

impl DigestAlgorithm {
    /// The digest of an identifier, or `None` for one that is unknown or broken, such as SHA-1.
    pub(super) fn of(algorithm: &AlgorithmIdentifierOwned) -> Option<Self> {
        match algorithm.oid {
            oids::SHA_256 => Some(Self::Sha256),
            oids::SHA_384 => Some(Self::Sha384),
            oids::SHA_512 => Some(Self::Sha512),
            _ => None,
        }
    }

    /// The digest of pieces, one behind the other.
    pub(super) fn digest(self, pieces: &[&[u8]]) -> Vec<u8> {
        fn over<D: Digest>(pieces: &[&[u8]]) -> Vec<u8> {
            let mut hasher = D::new();
            for piece in pieces {
                hasher.update(piece);
            }
            hasher.finalize().to_vec()
        }
        match self {
            Self::Sha256 => over::<Sha256>(pieces),
            Self::Sha384 => over::<Sha384>(pieces),
            Self::Sha512 => over::<Sha512>(pieces),
        }
    }
}

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignatureFault {
    /// Neither ECDSA over P-256 or P-384, nor RSA of 2048 bits and more with PKCS#1 padding, with SHA-2.
    Unsupported,
    /// It was not made with this key over these bytes.
    Invalid,
}

/// Checks a signature over `message`. `digest` counts where the signature's own identifier names none.
pub(super) fn verify(
    public_key: &SubjectPublicKeyInfoOwned,
    algorithm: &AlgorithmIdentifierOwned,
    digest: Option<DigestAlgorithm>,
    message: &[u8],
    signature: &[u8],
) -> Result<(), SignatureFault> {
    use SignatureFault::{Invalid, Unsupported};
    let named = match algorithm.oid {
        oids::ECDSA_SHA_256 | oids::RSA_SHA_256 => Some(DigestAlgorithm::Sha256),
        oids::ECDSA_SHA_384 | oids::RSA_SHA_384 => Some(DigestAlgorithm::Sha384),
        oids::ECDSA_SHA_512 | oids::RSA_SHA_512 => Some(DigestAlgorithm::Sha512),
        oids::RSA => digest,
        _ => None,
    };
    let used = named.ok_or(Unsupported)?;
    let key = public_key.subject_public_key.as_bytes().ok_or(Invalid)?;
    let by_rsa = matches!(algorithm.oid, oids::RSA | oids::RSA_SHA_256 | oids::RSA_SHA_384 | oids::RSA_SHA_512);
    match (public_key.algorithm.oid, by_rsa) {
        (oids::RSA, true) => {
            let scheme = match used {
                DigestAlgorithm::Sha256 => &ring::signature::RSA_PKCS1_2048_8192_SHA256,
                DigestAlgorithm::Sha384 => &ring::signature::RSA_PKCS1_2048_8192_SHA384,
                DigestAlgorithm::Sha512 => &ring::signature::RSA_PKCS1_2048_8192_SHA512,
            };
            ring::signature::UnparsedPublicKey::new(scheme, key).verify(message, signature).map_err(|_| Invalid)
        }
        (oids::EC_PUBLIC_KEY, false) => {
            let digest = used.digest(&[message]);
            let curve = public_key.algorithm.parameters.as_ref().and_then(|curve| curve.decode_as().ok());
            match curve {
                Some(oids::P_256) => {
                    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(key).map_err(|_| Invalid)?;
                    let signature = p256::ecdsa::Signature::from_der(signature).map_err(|_| Invalid)?;
                    key.verify_prehash(&digest, &signature).map_err(|_| Invalid)
                }
                Some(oids::P_384) => {
                    let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(key).map_err(|_| Invalid)?;
                    let signature = p384::ecdsa::Signature::from_der(signature).map_err(|_| Invalid)?;
                    key.verify_prehash(&digest, &signature).map_err(|_| Invalid)
                }
                _ => Err(Unsupported),
            }
        }
        _ => Err(Unsupported),
    }
}
