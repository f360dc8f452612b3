//! From a certificate to its root, and what revocation lists say about it.

use chrono::{DateTime, Utc};
use const_oid::AssociatedOid;
use der::{Encode, asn1::ObjectIdentifier};
use x509_cert::{
    Certificate,
    crl::CertificateList,
    ext::pkix::{BasicConstraints, CrlNumber, ExtendedKeyUsage, KeyUsage, SubjectAltName, SubjectKeyIdentifier},
};

use super::{signature, x509};

/// Most certificates from the first to the root.
const MAX_LENGTH: usize = 8;

/// Critical extensions that are understood: what they say is checked here or by the caller, or concerns nobody.
const UNDERSTOOD: [ObjectIdentifier; 4] =
    [BasicConstraints::OID, KeyUsage::OID, ExtendedKeyUsage::OID, SubjectAltName::OID];

/// A path from a certificate upwards.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    /// The certificate itself, then its issuers.
    pub(super) certificates: Vec<Certificate>,
    /// Whether the last is a root: one that issued itself.
    pub(super) complete: bool,
}

/// What is known about the revocation of one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Revocation {
    /// A list that covers the time does not name it.
    Good,
    /// It is revoked since then.
    Revoked(DateTime<Utc>),
    /// No list of its issuer covers the time.
    Unknown,
}

/// Whether `issuer` issued `certificate`: by name, by right, and by signature.
pub(super) fn issued(issuer: &Certificate, certificate: &Certificate) -> bool {
    x509::is_authority(issuer) && signed_by(issuer, certificate)
}

fn signed_by(issuer: &Certificate, certificate: &Certificate) -> bool {
    if issuer.tbs_certificate.subject != certificate.tbs_certificate.issuer {
        return false;
    }
    let (Ok(bytes), Some(signature)) = (certificate.tbs_certificate.to_der(), certificate.signature.as_bytes()) else {
        return false;
    };
    certificate.signature_algorithm == certificate.tbs_certificate.signature
        && signature::verify(
            &issuer.tbs_certificate.subject_public_key_info,
            &certificate.signature_algorithm,
            None,
            &bytes,
            signature,
        )
        .is_ok()
}

/// Builds the path from `certificate` upwards out of what is at hand.
pub(super) fn build(certificate: &Certificate, pool: &[Certificate]) -> Chain {
    let mut certificates = vec![certificate.clone()];
    loop {
        let last = &certificates[certificates.len() - 1];
        if x509::is_self_issued(last) {
            let complete = signed_by(last, last);
            return Chain { certificates, complete };
        }
        let next = pool.iter().find(|candidate| !certificates.contains(candidate) && issued(candidate, last));
        match next {
            Some(next) if certificates.len() < MAX_LENGTH => certificates.push(next.clone()),
            _ => return Chain { certificates, complete: false },
        }
    }
}

impl Chain {
    /// The first certificate that is not valid at this time.
    pub(super) fn invalid_at(&self, at: DateTime<Utc>) -> Option<&Certificate> {
        self.certificates.iter().find(|certificate| {
            let validity = &certificate.tbs_certificate.validity;
            at < x509::instant(validity.not_before) || at > x509::instant(validity.not_after)
        })
    }

    /// The first certificate that asks for what is not understood, or stands under an issuer that allows fewer below it.
    pub(super) fn breaks_its_rules(&self) -> Option<&Certificate> {
        self.certificates.iter().enumerate().find_map(|(depth, certificate)| {
            let extensions = certificate.tbs_certificate.extensions.as_deref().unwrap_or_default();
            let strange =
                extensions.iter().any(|extension| extension.critical && !UNDERSTOOD.contains(&extension.extn_id));
            let most =
                x509::find::<BasicConstraints>(certificate).and_then(|constraints| constraints.path_len_constraint);
            // Between an authority and the first certificate stand `depth - 1` others.
            let too_deep = most.is_some_and(|most| depth > usize::from(most) + 1);
            (strange || too_deep).then_some(certificate)
        })
    }

    /// Whether the path reaches one of these certificates.
    pub(super) fn reaches(&self, trusted: &[Certificate]) -> bool {
        self.certificates.iter().any(|certificate| trusted.contains(certificate))
            || self.certificates.last().is_some_and(|last| trusted.iter().any(|root| issued(root, last)))
    }

    /// For each certificate below the root, with its place in the path, what the lists say of it at a time.
    pub(super) fn revocations<'a>(
        &'a self,
        lists: &'a [CertificateList],
        at: DateTime<Utc>,
    ) -> impl Iterator<Item = (&'a Certificate, Revocation)> {
        self.certificates.iter().enumerate().filter(|(_, certificate)| !x509::is_self_issued(certificate)).map(
            move |(depth, certificate)| {
                let known = self.certificates.get(depth + 1).map(|issuer| revocation(certificate, issuer, lists, at));
                (certificate, known.unwrap_or(Revocation::Unknown))
            },
        )
    }
}

fn revocation(
    certificate: &Certificate,
    issuer: &Certificate,
    lists: &[CertificateList],
    at: DateTime<Utc>,
) -> Revocation {
    let mut known = Revocation::Unknown;
    for list in lists.iter().filter(|list| lists_for(list, issuer)) {
        let entries = list.tbs_cert_list.revoked_certificates.as_deref().unwrap_or_default();
        let serial = &certificate.tbs_certificate.serial_number;
        if let Some(entry) = entries.iter().find(|entry| entry.serial_number == *serial) {
            return Revocation::Revoked(x509::instant(entry.revocation_date));
        }
        // A list is made after the fact: it covers all time until its successor is due.
        if list.tbs_cert_list.next_update.is_some_and(|next| at <= x509::instant(next)) {
            known = Revocation::Good;
        }
    }
    known
}

/// Whether a list is the issuer's own, complete and signed.
fn lists_for(list: &CertificateList, issuer: &Certificate) -> bool {
    let extensions = list.tbs_cert_list.crl_extensions.as_deref().unwrap_or_default();
    let plain = extensions.iter().all(|extension| {
        !extension.critical || [CrlNumber::OID, SubjectKeyIdentifier::OID].contains(&extension.extn_id)
    });
    let may = x509::find::<KeyUsage>(issuer).is_none_or(|usage| usage.crl_sign());
    let (Ok(bytes), Some(signature)) = (list.tbs_cert_list.to_der(), list.signature.as_bytes()) else { return false };
    plain
        && may
        && list.tbs_cert_list.issuer == issuer.tbs_certificate.subject
        && signature::verify(
            &issuer.tbs_certificate.subject_public_key_info,
            &list.signature_algorithm,
            None,
            &bytes,
            signature,
        )
        .is_ok()
}
