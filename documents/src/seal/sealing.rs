//! Sealing, and raising a seal from B-B to B-T, B-LT and B-LTA (ETSI EN 319 142-1).

use std::ops::Range;

use chrono::{DateTime, Utc};
use cms::signed_data::SignedData;
use der::{Any, Decode, Encode};
use sha2::{Digest, Sha256};
use x509_cert::{Certificate, crl::CertificateList};

use super::{
    SealError, Sealer, TimestampRequest, chain,
    dss::Dss,
    fields::{self, signature_fields},
    oids,
    pdf::{Body, Dict, File, Id, Object, Parser, PdfError, Revision},
    signed_data::{self, Content},
    x509,
};

/// Bytes kept free for a signature: the seal with its chain, and a timestamp token with the chain of its authority.
const ROOM: usize = 16 << 10;

/// Stands for an offset until it is known: as wide as any of them.
const UNKNOWN_OFFSET: i64 = 9_999_999_999;

/// What a seal states beside the signature itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealFacts<'a> {
    /// When it is made, by the clock of whoever seals; only a timestamp proves it.
    pub at: DateTime<Utc>,
    /// Why, such as `Signed by all four parties`.
    pub reason: &'a str,
    /// Where, if that matters.
    pub location: Option<&'a str>,
    /// Who seals, in a reader's words; the certificate's subject is what counts.
    pub name: Option<&'a str>,
}

/// What proves a seal after its certificates have lapsed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValidationData {
    /// Certificates beyond those that the signatures carry, such as the root of a timestamp authority; DER each.
    pub certificates: Vec<Vec<u8>>,
    /// Revocation lists, DER each.
    pub revocation_lists: Vec<Vec<u8>>,
}

impl ValidationData {
    /// Adds the certificates of a PEM text.
    ///
    /// # Errors
    /// [`SealError::Certificate`] for what is no PEM certificate.
    pub fn add_certificates(&mut self, pem: &str) -> Result<(), SealError> {
        for certificate in x509::from_pem(pem)? {
            self.certificates.push(certificate.to_der()?);
        }
        Ok(())
    }
}

/// A certificate, and where its revocation list is to be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationSource {
    /// Whom it names.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// Where it says that the list is published.
    pub crl_urls: Vec<String>,
    /// Whether the issuer's certificate is missing too.
    pub issuer_missing: bool,
}

/// A revision with room for an archive timestamp, and the request for it.
#[derive(Debug, Clone)]
pub struct ArchiveTimestamp {
    bytes: Vec<u8>,
    room: Range<usize>,
    request: TimestampRequest,
}

/// Seals a PDF at level B-B: one revision behind it, nobody may change anything afterwards but add timestamps and what proves them.
/// The same arguments give the same bytes.
///
/// # Errors
/// [`SealError::AlreadySealed`] for a document with a signature, [`SealError::Pdf`] for one that is no well-formed PDF with plain
/// cross-reference tables, [`SealError::NoRoom`] for a chain of certificates that is too long.
pub fn seal(pdf: &[u8], sealer: &Sealer, facts: &SealFacts<'_>) -> Result<Vec<u8>, SealError> {
    let file = File::open(pdf)?;
    let catalog = file.catalog()?;
    if !signature_fields(&file)?.is_empty() || catalog.contains_key(b"Perms".as_slice()) {
        return Err(SealError::AlreadySealed);
    }
    let lock = dict([
        ("Type", Object::name("SigRef")),
        ("TransformMethod", Object::name("DocMDP")),
        (
            "TransformParams",
            Object::Dict(dict([
                ("Type", Object::name("TransformParams")),
                // 2: signing and filling in forms. 1 would forbid the archive timestamps that keep the seal alive.
                ("P", Object::Integer(2)),
                ("V", Object::name("1.2")),
            ])),
        ),
    ]);
    let mut entries = dict([
        ("Type", Object::name("Sig")),
        ("SubFilter", Object::name("ETSI.CAdES.detached")),
        ("M", Object::text(&facts.at.format("D:%Y%m%d%H%M%SZ").to_string())),
        ("Reason", Object::text(facts.reason)),
        ("Reference", Object::Array(vec![Object::Dict(lock)])),
    ]);
    for (key, value) in [("Location", facts.location), ("Name", facts.name)] {
        if let Some(value) = value {
            entries.insert(key.into(), Object::text(value));
        }
    }
    let (mut out, covered) = with_room(&file, catalog, entries, "Seal", true)?;
    let content = signed_data::sign(&Content::Detached { sha256: &covered.sha256 }, sealer)?;
    covered.fill(&mut out, &content.to_der()?)?;
    Ok(out)
}

/// The file as it was before it was sealed: its first revision, of which nothing is changed by what comes behind it.
///
/// # Errors
/// [`PdfError`] for what is no well-formed PDF with plain cross-reference tables.
pub fn unsealed(pdf: &[u8]) -> Result<&[u8], PdfError> {
    File::open(pdf)?.first_revision()
}

/// Asks for a timestamp over the seal, to raise it to B-T. `random` fills bytes from a source that nobody can guess.
///
/// # Errors
/// [`SealError::NotSealed`], [`SealError::AlreadyTimestamped`], or [`SealError::RevisionsFollow`] where something relies on the seal
/// as it is.
pub fn request_timestamp(sealed: &[u8], random: impl FnMut(&mut [u8])) -> Result<TimestampRequest, SealError> {
    let seal = lone_seal(sealed)?;
    let signature = seal.signed.signer_infos.0.as_slice().first().ok_or(SealError::NotSealed)?.signature.as_bytes();
    Ok(TimestampRequest::of(Sha256::digest(signature).to_vec(), random)?)
}

/// Puts the answer to [`request_timestamp`] into the seal: B-T. The bytes that the seal covers stay as they are.
///
/// # Errors
/// [`SealError::Timestamp`] for an answer that is refused; otherwise as [`request_timestamp`].
pub fn add_timestamp(sealed: &[u8], request: &TimestampRequest, response: &[u8]) -> Result<Vec<u8>, SealError> {
    let seal = lone_seal(sealed)?;
    let (token, _) = request.token(response)?;
    let signed = signed_data::with_unsigned(&seal.signed, oids::SIGNATURE_TIMESTAMP, &Any::encode_from(&token)?)?;
    // The answer may be to an older request for another document.
    let signature = signed.signer_infos.0.as_slice().first().ok_or(SealError::NotSealed)?.signature.as_bytes();
    if !request.is_for(&Sha256::digest(signature)) {
        return Err(super::TimestampError::OtherBytes.into());
    }
    let mut out = sealed.to_vec();
    put(&mut out, seal.room, &signed_data::wrap(&signed)?.to_der()?)?;
    Ok(out)
}

/// Adds what proves the signatures after their certificates have lapsed: B-LT, once [`missing_revocations`] has nothing to say. The
/// certificates that the signatures carry are added by themselves.
///
/// # Errors
/// [`SealError::NotSealed`]; [`SealError::Certificate`] or [`SealError::RevocationList`] for what cannot be read.
pub fn add_validation_data(sealed: &[u8], data: &ValidationData) -> Result<Vec<u8>, SealError> {
    for der in &data.certificates {
        Certificate::from_der(der).map_err(|_| SealError::Certificate("it is not DER".to_owned()))?;
    }
    for der in &data.revocation_lists {
        CertificateList::from_der(der).map_err(|_| SealError::RevocationList)?;
    }
    let file = File::open(sealed)?;
    let mut certificates = data.certificates.clone();
    for certificate in carried(&file)? {
        certificates.push(certificate.to_der()?);
    }
    let known = Dss::read(&file)?;
    let mut catalog = file.catalog()?;
    let mut entries = file.lookup_dict(&catalog, "DSS")?;
    let mut revision = Revision::of(&file);
    let mut added = |key: &str, known: &[Vec<u8>], wanted: &[Vec<u8>]| -> Result<(), PdfError> {
        let mut list = file.lookup_array(&entries, key)?;
        let mut new: Vec<&Vec<u8>> = Vec::new();
        for der in wanted {
            if !known.contains(der) && !new.contains(&der) {
                new.push(der);
                list.push(Object::Reference(revision.add(Body::Stream(der.clone()))));
            }
        }
        entries.insert(key.into(), Object::Array(list));
        Ok(())
    };
    added("Certs", &known.certificates, &certificates)?;
    added("CRLs", &known.revocation_lists, &data.revocation_lists)?;
    entries.insert(b"Type".to_vec(), Object::name("DSS"));
    if let Some(dss) = catalog.get(b"DSS".as_slice()).and_then(Object::as_reference) {
        revision.set(dss, Object::Dict(entries));
    } else {
        let dss = revision.add(Body::Object(Object::Dict(entries)));
        catalog.insert(b"DSS".to_vec(), Object::Reference(dss));
        revision.set(file.root()?, Object::Dict(catalog));
    }
    Ok(revision.write())
}

/// The certificates of all signatures and timestamps that no revocation list in the file speaks of yet: what is to be fetched for
/// [`add_validation_data`].
///
/// # Errors
/// [`SealError::NotSealed`] or [`SealError::Pdf`].
pub fn missing_revocations(sealed: &[u8]) -> Result<Vec<RevocationSource>, SealError> {
    revocations(sealed, |state| state == chain::Revocation::Unknown)
}

/// The certificates of all signatures and timestamps, whatever the lists in the file say of them: what is to be fetched anew before a seal is
/// renewed, for a list that was made before a timestamp says nothing of the time when it was made.
///
/// # Errors
/// [`SealError::NotSealed`] or [`SealError::Pdf`].
pub fn revocation_sources(sealed: &[u8]) -> Result<Vec<RevocationSource>, SealError> {
    revocations(sealed, |_| true)
}

fn revocations(
    sealed: &[u8],
    is_wanted: impl Fn(chain::Revocation) -> bool,
) -> Result<Vec<RevocationSource>, SealError> {
    let file = File::open(sealed)?;
    let dss = Dss::read(&file)?;
    let mut pool = carried(&file)?;
    pool.extend(dss.readable_certificates());
    let lists = dss.readable_revocation_lists();
    let mut found: Vec<RevocationSource> = Vec::new();
    for certificate in &pool {
        let path = chain::build(certificate, &pool);
        let issuer_missing = path.certificates.len() < 2;
        // That some list speaks of it is asked, not whether it still will tomorrow.
        let state = path.revocations(&lists, DateTime::<Utc>::MIN_UTC).next();
        let subject = certificate.tbs_certificate.subject.to_string();
        if state.is_some_and(|(_, state)| is_wanted(state)) && found.iter().all(|found| found.subject != subject) {
            found.push(RevocationSource {
                subject,
                issuer: certificate.tbs_certificate.issuer.to_string(),
                crl_urls: x509::crl_urls(certificate),
                issuer_missing,
            });
        }
    }
    Ok(found)
}

/// Prepares an archive timestamp over the whole file: B-LTA, and the seal's renewal before the last timestamp's certificate lapses.
/// Post the [request](ArchiveTimestamp::request), then [complete](ArchiveTimestamp::complete) it with the answer.
///
/// # Errors
/// [`SealError::NotSealed`] or [`SealError::Pdf`].
pub fn prepare_archive_timestamp(sealed: &[u8], random: impl FnMut(&mut [u8])) -> Result<ArchiveTimestamp, SealError> {
    let file = File::open(sealed)?;
    let fields = signature_fields(&file)?;
    if fields.is_empty() {
        return Err(SealError::NotSealed);
    }
    let earlier = fields.iter().filter(|field| field.is_timestamp()).count();
    let entries = dict([("Type", Object::name("DocTimeStamp")), ("SubFilter", Object::name("ETSI.RFC3161"))]);
    let name = format!("ArchiveTimestamp{}", earlier + 1);
    let (bytes, covered) = with_room(&file, file.catalog()?, entries, &name, false)?;
    let request = TimestampRequest::of(covered.sha256.clone(), random)?;
    Ok(ArchiveTimestamp { bytes, room: covered.room, request })
}

impl ArchiveTimestamp {
    /// What to ask the authority.
    pub fn request(&self) -> &TimestampRequest {
        &self.request
    }

    /// The file with the authority's answer in it.
    ///
    /// # Errors
    /// [`SealError::Timestamp`] for an answer that is refused.
    pub fn complete(mut self, response: &[u8]) -> Result<Vec<u8>, SealError> {
        let (token, _) = self.request.token(response)?;
        put(&mut self.bytes, self.room, &token.to_der()?)?;
        Ok(self.bytes)
    }
}

/// A signature's room, and the digest of everything around it.
struct Covered {
    room: Range<usize>,
    sha256: Vec<u8>,
}

impl Covered {
    fn fill(self, file: &mut [u8], signature: &[u8]) -> Result<(), SealError> {
        put(file, self.room, signature)
    }
}

fn put(file: &mut [u8], room: Range<usize>, signature: &[u8]) -> Result<(), SealError> {
    let reserved = (room.len() - 2) / 2;
    if signature.len() > reserved {
        return Err(SealError::NoRoom { needed: signature.len(), reserved });
    }
    fields::fill(file, room, signature);
    Ok(())
}

/// Appends a revision with a signature field and an empty signature, its byte range already true.
fn with_room(
    file: &File<'_>,
    mut catalog: Dict,
    mut entries: Dict,
    name: &str,
    locks: bool,
) -> Result<(Vec<u8>, Covered), SealError> {
    entries.insert(b"Filter".to_vec(), Object::name("Adobe.PPKLite"));
    entries.insert(b"Contents".to_vec(), Object::Text(vec![0; ROOM]));
    let unknown = Object::Integer(UNKNOWN_OFFSET);
    let range = vec![Object::Integer(0), unknown.clone(), unknown.clone(), unknown];
    entries.insert(b"ByteRange".to_vec(), Object::Array(range));

    let page = *file.pages()?.0.first().ok_or(PdfError::Broken { at: 0, problem: "there is no page" })?;
    let mut revision = Revision::of(file);
    let signature = revision.add(Body::Object(Object::Dict(entries)));
    let field = revision.add(Body::Object(Object::Dict(dict([
        ("Type", Object::name("Annot")),
        ("Subtype", Object::name("Widget")),
        ("FT", Object::name("Sig")),
        ("T", Object::text(name)),
        ("V", Object::Reference(signature)),
        ("P", Object::Reference(page)),
        // Printed and locked, as PDF/A asks; without extent it shows nothing.
        ("F", Object::Integer(132)),
        ("Rect", Object::Array(vec![Object::Integer(0); 4])),
    ]))));
    annotate(file, &mut revision, page, field)?;

    let mut form = file.lookup_dict(&catalog, "AcroForm")?;
    let mut all = file.lookup_array(&form, "Fields")?;
    all.push(Object::Reference(field));
    form.insert(b"Fields".to_vec(), Object::Array(all));
    // Signatures exist, and the file may only be appended to.
    form.insert(b"SigFlags".to_vec(), Object::Integer(3));
    catalog.insert(b"AcroForm".to_vec(), Object::Dict(form));
    if locks {
        let lock = dict([("DocMDP", Object::Reference(signature))]);
        catalog.insert(b"Perms".to_vec(), Object::Dict(lock));
    }
    revision.set(file.root()?, Object::Dict(catalog));

    let mut out = revision.write();
    let (room, range) = places(&out, signature)?;
    let numbers = format!("[0 {} {} {}]", room.start, room.end, out.len() - room.end);
    let width = range.len();
    out[range].copy_from_slice(format!("{numbers:<width$}").as_bytes());
    let sha256 = digest_around(&out, &room);
    Ok((out, Covered { room, sha256 }))
}

/// SHA-256 over everything but a signature's room.
fn digest_around(file: &[u8], room: &Range<usize>) -> Vec<u8> {
    let mut hasher = Sha256::new();
    hasher.update(&file[..room.start]);
    hasher.update(&file[room.end..]);
    hasher.finalize().to_vec()
}

/// Where the contents and the byte range of a signature stand.
fn places(file: &[u8], signature: Id) -> Result<(Range<usize>, Range<usize>), SealError> {
    let file = File::open(file)?;
    match (file.place(signature, "Contents")?, file.place(signature, "ByteRange")?) {
        (Some(contents), Some(range)) => Ok((contents, range)),
        _ => Err(SealError::NotSealed),
    }
}

/// Adds an annotation to a page.
fn annotate(file: &File<'_>, revision: &mut Revision<'_, '_>, page: Id, annotation: Id) -> Result<(), PdfError> {
    let Object::Dict(mut entries) = file.resolve(&Object::Reference(page))? else {
        return Err(PdfError::Broken { at: 0, problem: "a page is no dictionary" });
    };
    let mut annotations = file.lookup_array(&entries, "Annots")?;
    annotations.push(Object::Reference(annotation));
    entries.insert(b"Annots".to_vec(), Object::Array(annotations));
    revision.set(page, Object::Dict(entries));
    Ok(())
}

fn dict<const N: usize>(entries: [(&str, Object); N]) -> Dict {
    entries.into_iter().map(|(key, value)| (key.as_bytes().to_vec(), value)).collect()
}

/// A seal without timestamp that nothing stands behind.
struct LoneSeal {
    signed: SignedData,
    room: Range<usize>,
}

fn lone_seal(sealed: &[u8]) -> Result<LoneSeal, SealError> {
    let file = File::open(sealed)?;
    let fields = signature_fields(&file)?;
    let seal = fields.iter().find(|field| !field.is_timestamp()).ok_or(SealError::NotSealed)?;
    let signed = seal.signed_data().ok_or(SealError::NotSealed)?;
    if !fields::tokens(&signed).is_empty() {
        return Err(SealError::AlreadyTimestamped);
    }
    let (room, range) = places(sealed, seal.signature)?;
    let range = Parser::new(sealed, range.start).object()?;
    let numbers: Vec<i64> = range.as_array().unwrap_or_default().iter().filter_map(Object::as_integer).collect();
    let covers_all = matches!(numbers.as_slice(), [_, _, start, length]
        if start.checked_add(*length).and_then(|end| usize::try_from(end).ok()) == Some(sealed.len()));
    if covers_all { Ok(LoneSeal { signed, room }) } else { Err(SealError::RevisionsFollow) }
}

/// The certificates that the signatures of a file carry.
fn carried(file: &File<'_>) -> Result<Vec<Certificate>, SealError> {
    let fields = signature_fields(file)?;
    if fields.is_empty() {
        return Err(SealError::NotSealed);
    }
    Ok(fields::carried_certificates(&fields))
}

#[cfg(test)]
mod tests;
