//! A studio's own certificate authority, and the key that seals.

use chrono::{DateTime, Utc};
use der::{
    Encode,
    asn1::{BitString, Uint},
    flagset::FlagSet,
    pem::LineEnding,
};
use p256::{
    SecretKey,
    ecdsa::SigningKey,
    elliptic_curve::zeroize::Zeroizing,
    pkcs8::{DecodePrivateKey, EncodePrivateKey},
};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::{
    Certificate, TbsCertificate, Version,
    crl::{CertificateList, RevokedCert, TbsCertList},
    ext::{
        Extensions,
        pkix::{
            AuthorityKeyIdentifier, BasicConstraints, CrlNumber, ExtendedKeyUsage, KeyUsage, KeyUsages,
            SubjectKeyIdentifier,
        },
    },
    name::Name,
    serial_number::SerialNumber,
};

use super::{SealError, chain, oids, x509};

/// Bytes of randomness in a serial number.
const SERIAL_BYTES: usize = 16;

/// A period of validity, both ends included, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First instant.
    pub from: DateTime<Utc>,
    /// Last instant.
    pub until: DateTime<Utc>,
}

/// Whom a certificate names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject<'a> {
    /// The studio.
    pub organization: &'a str,
    /// What the certificate is, such as `Nova Studio seal 2026`.
    pub common_name: &'a str,
}

/// A sealing certificate that no longer holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoked {
    /// Its serial number, as [`Sealer::serial`] gives it.
    pub serial: Vec<u8>,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// A self-issued root on P-256 that issues sealing certificates and says which of them are revoked.
///
/// No reader trusts it until somebody compares its [fingerprint](Self::sha256) and installs it.
#[derive(Clone)]
pub struct Authority {
    key: SigningKey,
    certificate: Certificate,
}

/// A key that seals, with its certificate and the issuers of it, the root last.
#[derive(Clone)]
pub struct Sealer {
    pub(super) key: SigningKey,
    pub(super) chain: Vec<Certificate>,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").field("sha256", &self.sha256()).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer").field("sha256", &self.sha256()).finish_non_exhaustive()
    }
}

impl Authority {
    /// Makes an authority. `random` fills bytes from a source fit for keys.
    ///
    /// # Errors
    /// [`SealError::Validity`] for an impossible period, [`SealError::Encoding`] for a name that no certificate can hold.
    pub fn create(subject: Subject<'_>, period: Period, mut random: impl FnMut(&mut [u8])) -> Result<Self, SealError> {
        let key = new_key(&mut random);
        let name = x509::name(subject.organization, subject.common_name)?;
        let public_key = public_key(&key)?;
        let own_id = x509::key_identifier(&public_key.subject_public_key)?;
        let extensions = vec![
            x509::extension(&BasicConstraints { ca: true, path_len_constraint: Some(0) }, true)?,
            x509::extension(&KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign), true)?,
            x509::extension(&SubjectKeyIdentifier(own_id), false)?,
        ];
        let certificate = issue(&key, &name, &name, public_key, period, extensions, &mut random)?;
        Ok(Self { key, certificate })
    }

    /// Issues a certificate for a new key that may seal documents and nothing else. `crl_url` is where the studio publishes its
    /// revocation list, if it does.
    ///
    /// # Errors
    /// As [`Self::create`]; [`SealError::OutlivesAuthority`] for a period that ends after the authority's own.
    pub fn issue_sealer(
        &self,
        subject: Subject<'_>,
        period: Period,
        crl_url: Option<&str>,
        random: impl FnMut(&mut [u8]),
    ) -> Result<Sealer, SealError> {
        let purposes = vec![oids::DOCUMENT_SIGNING, oids::EMAIL_PROTECTION];
        let usages = KeyUsages::DigitalSignature | KeyUsages::NonRepudiation;
        self.issue_for(subject, period, usages, &ExtendedKeyUsage(purposes), false, crl_url, random)
    }

    /// Issues a certificate for a new key that may stamp the time (RFC 3161) and nothing else. `crl_url` is as in [`Self::issue_sealer`].
    ///
    /// # Errors
    /// As [`Self::issue_sealer`].
    pub fn issue_timestamper(
        &self,
        subject: Subject<'_>,
        period: Period,
        crl_url: Option<&str>,
        random: impl FnMut(&mut [u8]),
    ) -> Result<Sealer, SealError> {
        let purpose = ExtendedKeyUsage(vec![oids::TIME_STAMPING]);
        self.issue_for(subject, period, KeyUsages::DigitalSignature.into(), &purpose, true, crl_url, random)
    }

    #[expect(clippy::too_many_arguments, reason = "each is one field of the certificate")]
    fn issue_for(
        &self,
        subject: Subject<'_>,
        period: Period,
        usages: FlagSet<KeyUsages>,
        purposes: &ExtendedKeyUsage,
        purposes_are_critical: bool,
        crl_url: Option<&str>,
        mut random: impl FnMut(&mut [u8]),
    ) -> Result<Sealer, SealError> {
        let authority = x509::instant(self.certificate.tbs_certificate.validity.not_after);
        if period.until > authority {
            return Err(SealError::OutlivesAuthority { until: period.until, authority });
        }
        let key = new_key(&mut random);
        let name = x509::name(subject.organization, subject.common_name)?;
        let public_key = public_key(&key)?;
        let own_id = x509::key_identifier(&public_key.subject_public_key)?;
        let mut extensions = vec![
            x509::extension(&BasicConstraints { ca: false, path_len_constraint: None }, true)?,
            x509::extension(&KeyUsage(usages), true)?,
            x509::extension(purposes, purposes_are_critical)?,
            x509::extension(&SubjectKeyIdentifier(own_id), false)?,
            x509::extension(&self.key_id()?, false)?,
        ];
        if let Some(url) = crl_url {
            extensions.push(x509::extension(&x509::published_at(url)?, false)?);
        }
        let issuer = &self.certificate.tbs_certificate.subject;
        let certificate = issue(&self.key, issuer, &name, public_key, period, extensions, &mut random)?;
        Ok(Sealer { key, chain: vec![certificate, self.certificate.clone()] })
    }

    /// The list of revoked certificates, as DER. `number` grows with each list; a new one is due before `period` ends.
    ///
    /// # Errors
    /// [`SealError::Validity`] for an impossible time.
    pub fn revocation_list(&self, number: u64, period: Period, revoked: &[Revoked]) -> Result<Vec<u8>, SealError> {
        let validity = x509::validity(period.from, period.until)?;
        let entries = revoked.iter().map(|revoked| {
            let date = x509::time(revoked.at);
            let revocation_date = date.ok_or(SealError::Validity { from: revoked.at, until: revoked.at })?;
            let serial_number = SerialNumber::new(&revoked.serial)?;
            Ok(RevokedCert { serial_number, revocation_date, crl_entry_extensions: None })
        });
        let entries = entries.collect::<Result<Vec<_>, SealError>>()?;
        let list = TbsCertList {
            version: Version::V2,
            signature: ecdsa_sha256(),
            issuer: self.certificate.tbs_certificate.subject.clone(),
            this_update: validity.not_before,
            next_update: Some(validity.not_after),
            // An empty list is written as none.
            revoked_certificates: Some(entries).filter(|entries| !entries.is_empty()),
            crl_extensions: Some(vec![
                x509::extension(&self.key_id()?, false)?,
                x509::extension(&CrlNumber(Uint::new(&number.to_be_bytes())?), false)?,
            ]),
        };
        let signature = x509::sign(&self.key, &list.to_der()?)?;
        let list = CertificateList { tbs_cert_list: list, signature_algorithm: ecdsa_sha256(), signature };
        Ok(list.to_der()?)
    }

    fn key_id(&self) -> Result<AuthorityKeyIdentifier, SealError> {
        let public_key = &self.certificate.tbs_certificate.subject_public_key_info.subject_public_key;
        Ok(AuthorityKeyIdentifier {
            key_identifier: Some(x509::key_identifier(public_key)?),
            authority_cert_issuer: None,
            authority_cert_serial_number: None,
        })
    }

    /// The root's certificate as PEM: what people who verify install or name.
    ///
    /// # Errors
    /// [`SealError::Encoding`], which does not happen to a certificate that was made or read here.
    pub fn certificate_pem(&self) -> Result<String, SealError> {
        x509::to_pem(std::slice::from_ref(&self.certificate))
    }

    /// Whom the root's certificate names, as [`super::RevocationSource::issuer`] says it.
    pub fn subject(&self) -> String {
        self.certificate.tbs_certificate.subject.to_string()
    }

    /// SHA-256 over the root's certificate, lower-case hexadecimal.
    pub fn sha256(&self) -> String {
        x509::fingerprint(&self.certificate)
    }

    /// The last instant at which the root is valid.
    pub fn valid_until(&self) -> DateTime<Utc> {
        x509::instant(self.certificate.tbs_certificate.validity.not_after)
    }

    /// Key and certificate as PEM, to be encrypted before it is stored.
    ///
    /// # Errors
    /// As [`Self::certificate_pem`].
    pub fn to_pem(&self) -> Result<Zeroizing<String>, SealError> {
        key_and_chain(&self.key, std::slice::from_ref(&self.certificate))
    }

    /// Reads what [`Self::to_pem`] wrote.
    ///
    /// # Errors
    /// [`SealError::Key`] or [`SealError::Certificate`] for anything else.
    pub fn from_pem(pem: &str) -> Result<Self, SealError> {
        let (key, mut certificates) = read_key_and_chain(pem)?;
        let certificate = certificates.remove(0);
        if !x509::is_authority(&certificate) {
            return Err(SealError::Certificate("it may not issue others".to_owned()));
        }
        Ok(Self { key, certificate })
    }
}

impl Sealer {
    /// Takes an operator's own key and certificate: `key_pem` as PKCS#8 or SEC 1, `chain_pem` the sealing certificate, then its
    /// issuers in order, the root last if it is known.
    ///
    /// # Errors
    /// [`SealError::Key`] for a key that is not P-256 or not the certificate's, [`SealError::Certificate`] for a certificate that
    /// may not seal or was not issued by the one behind it.
    pub fn from_key_and_chain(key_pem: &str, chain_pem: &str) -> Result<Self, SealError> {
        let key = read_key(key_pem)?;
        let certificates = x509::from_pem(chain_pem)?;
        check_key(&key, &certificates[0])?;
        if !x509::may_seal(&certificates[0]) {
            return Err(SealError::Certificate("it may not sign documents".to_owned()));
        }
        Self::linked(key, certificates)
    }

    /// Reads what [`Self::to_pem`] wrote.
    ///
    /// # Errors
    /// [`SealError::Key`] or [`SealError::Certificate`] for anything else.
    pub fn from_pem(pem: &str) -> Result<Self, SealError> {
        let (key, certificates) = read_key_and_chain(pem)?;
        Self::linked(key, certificates)
    }

    fn linked(key: SigningKey, chain: Vec<Certificate>) -> Result<Self, SealError> {
        for pair in chain.windows(2) {
            if !chain::issued(&pair[1], &pair[0]) {
                let subject = &pair[0].tbs_certificate.subject;
                return Err(SealError::Certificate(format!("“{subject}” was not issued by the one behind it")));
            }
        }
        Ok(Self { key, chain })
    }

    /// Key and chain as PEM, to be encrypted before it is stored.
    ///
    /// # Errors
    /// [`SealError::Encoding`], which does not happen to what was made or read here.
    pub fn to_pem(&self) -> Result<Zeroizing<String>, SealError> {
        key_and_chain(&self.key, &self.chain)
    }

    /// The certificates as PEM, the sealing one first.
    ///
    /// # Errors
    /// As [`Self::to_pem`].
    pub fn chain_pem(&self) -> Result<String, SealError> {
        x509::to_pem(&self.chain)
    }

    /// Whom the certificate names.
    pub fn subject(&self) -> String {
        self.certificate().tbs_certificate.subject.to_string()
    }

    /// SHA-256 over the sealing certificate, lower-case hexadecimal.
    pub fn sha256(&self) -> String {
        x509::fingerprint(self.certificate())
    }

    /// The serial number, for a revocation list.
    pub fn serial(&self) -> &[u8] {
        self.certificate().tbs_certificate.serial_number.as_bytes()
    }

    /// The last instant at which every certificate of the chain is valid.
    pub fn valid_until(&self) -> DateTime<Utc> {
        let ends = self.chain.iter().map(|certificate| x509::instant(certificate.tbs_certificate.validity.not_after));
        ends.min().unwrap_or(DateTime::<Utc>::MIN_UTC)
    }

    pub(super) fn certificate(&self) -> &Certificate {
        // A sealer is never made without its certificate.
        &self.chain[0]
    }
}

fn ecdsa_sha256() -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid: oids::ECDSA_SHA_256, parameters: None }
}

fn new_key(random: &mut impl FnMut(&mut [u8])) -> SigningKey {
    loop {
        let mut scalar = Zeroizing::new([0; 32]);
        random(scalar.as_mut_slice());
        // One in four thousand million is not below the order of the curve.
        if let Ok(key) = SigningKey::from_slice(scalar.as_slice()) {
            return key;
        }
    }
}

fn public_key(key: &SigningKey) -> Result<SubjectPublicKeyInfoOwned, SealError> {
    SubjectPublicKeyInfoOwned::from_key(*key.verifying_key())
        .map_err(|_| SealError::Key("its public half cannot be written"))
}

fn issue(
    key: &SigningKey,
    issuer: &Name,
    subject: &Name,
    subject_public_key_info: SubjectPublicKeyInfoOwned,
    period: Period,
    extensions: Extensions,
    random: &mut impl FnMut(&mut [u8]),
) -> Result<Certificate, SealError> {
    let mut serial = [0; SERIAL_BYTES];
    random(&mut serial);
    // Positive, and never zero.
    serial[0] = serial[0] & 0x7f | 0x40;
    let tbs_certificate = TbsCertificate {
        version: Version::V3,
        serial_number: SerialNumber::new(&serial)?,
        signature: ecdsa_sha256(),
        issuer: issuer.clone(),
        validity: x509::validity(period.from, period.until)?,
        subject: subject.clone(),
        subject_public_key_info,
        issuer_unique_id: None,
        subject_unique_id: None,
        extensions: Some(extensions),
    };
    let signature: BitString = x509::sign(key, &tbs_certificate.to_der()?)?;
    Ok(Certificate { tbs_certificate, signature_algorithm: ecdsa_sha256(), signature })
}

fn check_key(key: &SigningKey, certificate: &Certificate) -> Result<(), SealError> {
    if public_key(key)? == certificate.tbs_certificate.subject_public_key_info {
        Ok(())
    } else {
        Err(SealError::Key("it is not the key of the certificate"))
    }
}

fn read_key(pem: &str) -> Result<SigningKey, SealError> {
    let pem = pem.trim();
    SecretKey::from_pkcs8_pem(pem)
        .ok()
        .or_else(|| SecretKey::from_sec1_pem(pem).ok())
        .map(SigningKey::from)
        .ok_or(SealError::Key("it cannot be read as one"))
}

fn key_and_chain(key: &SigningKey, chain: &[Certificate]) -> Result<Zeroizing<String>, SealError> {
    let key = key.to_pkcs8_pem(LineEnding::LF).map_err(|_| SealError::Key("it cannot be written"))?;
    Ok(Zeroizing::new(format!("{}{}", key.as_str(), x509::to_pem(chain)?)))
}

fn read_key_and_chain(pem: &str) -> Result<(SigningKey, Vec<Certificate>), SealError> {
    let begin = pem.find("-----BEGIN CERTIFICATE-----").ok_or(SealError::Key("its certificate is missing"))?;
    let (key, chain) = pem.split_at(begin);
    let (key, chain) = (read_key(key)?, x509::from_pem(chain)?);
    check_key(&key, &chain[0])?;
    Ok((key, chain))
}
