//! The certificate as PDF.

use serde::Serialize;

use super::model::Certificate;
use super::text::{CertificateText, certificate_text};
use crate::error::DocumentError;
use crate::legible::breakable;
use crate::qr::{QrView, qr};
use crate::words::map_strings;
use crate::world::{Metadata, Typesetter};

/// The typst source of certificates.
const TEMPLATE: &str = include_str!("../../templates/certificate.typ");

/// Longest words that fit the template's columns, in capitals of usual width.
const LONGEST_WORD: usize = 30;

/// What the typst template reads from `/data.json`.
#[derive(Serialize)]
struct Data<'a> {
    families: &'a [String],
    text: CertificateText,
    author: String,
    keywords: [&'a str; 2],
    qr: QrView,
}

/// Typesets a certificate as PDF/A-2b with the bundled fonts, on one page. The same certificate gives the same bytes.
///
/// # Errors
/// As [`certificate_text`].
pub fn to_pdf(certificate: &Certificate) -> Result<Vec<u8>, DocumentError> {
    let (sale, terms) = (certificate.sale()?, &certificate.contract.terms);
    let typesetter = Typesetter::worldwide();
    let text = certificate_text(certificate)?;
    let data = Data {
        families: typesetter.families(),
        text: map_strings(&text, &narrowed)?,
        author: typesetter.legible(&terms.licensor.studio_name),
        keywords: [&sale.reference, &terms.beat.audio_sha256],
        qr: qr("verify_url", &certificate.verify_url)?,
    };
    let ident = format!("{} certificate", sale.reference);
    let metadata = Metadata { ident: &ident, created_at: sale.acceptance.accepted_at };
    typesetter.render(TEMPLATE, &data, &metadata)
}

/// The text with break chances in words that no column holds. An address breaks behind its slashes anyway, and is copied: it gets none where its
/// parts are short enough.
fn narrowed(value: &str) -> String {
    value.split_inclusive('/').map(|part| breakable(part, LONGEST_WORD)).collect()
}
