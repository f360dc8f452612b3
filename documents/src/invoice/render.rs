//! The invoice as PDF.

use serde::Serialize;

use super::model::Invoice;
use super::text::{InvoiceText, invoice_text};
use crate::error::DocumentError;
use crate::legible::breakable;
use crate::words::map_strings;
use crate::world::{Metadata, Typesetter};

/// The typst source of invoices.
const TEMPLATE: &str = include_str!("../../templates/invoice.typ");

/// Longest words that fit the template's columns, in capitals of usual width.
const LONGEST_WORD: usize = 18;

/// What the typst template reads from `/data.json`.
#[derive(Serialize)]
struct Data<'a> {
    families: &'a [String],
    text: InvoiceText,
    author: String,
}

/// Typesets an invoice or a credit note as PDF/A-2b with the bundled fonts. The same invoice gives the same bytes.
///
/// # Errors
/// As [`invoice_text`].
pub fn to_pdf(invoice: &Invoice) -> Result<Vec<u8>, DocumentError> {
    let typesetter = Typesetter::worldwide();
    let text = map_strings(&invoice_text(invoice)?, &|value| breakable(value, LONGEST_WORD).into_owned())?;
    let author = typesetter.legible(&invoice.seller.name);
    let data = Data { families: typesetter.families(), text, author };
    typesetter.render(TEMPLATE, &data, &Metadata { ident: &invoice.reference, created_at: invoice.issued_at })
}
