//! The receipt as PDF.

use serde::Serialize;

use super::model::Receipt;
use super::text::{ReceiptText, receipt_text};
use crate::error::DocumentError;
use crate::legible::breakable;
use crate::words::map_strings;
use crate::world::{Metadata, Typesetter};

/// The typst source of receipts.
const TEMPLATE: &str = include_str!("../../templates/receipt.typ");

/// Longest words that fit the template's columns, in capitals of usual width.
const LONGEST_WORD: usize = 26;

/// The same where payments stand beside their amounts: a payment service's numbers are kept whole.
const LONGEST_NUMBER: usize = 36;

/// What the typst template reads from `/data.json`.
#[derive(Serialize)]
struct Data<'a> {
    families: &'a [String],
    text: ReceiptText,
    author: String,
}

/// Typesets a receipt as PDF/A-2b with the bundled fonts. The same receipt gives the same bytes.
///
/// # Errors
/// As [`receipt_text`].
pub fn to_pdf(receipt: &Receipt) -> Result<Vec<u8>, DocumentError> {
    let typesetter = Typesetter::worldwide();
    let whole = receipt_text(receipt)?;
    let payments = map_strings(&whole.payments, &|value| breakable(value, LONGEST_NUMBER).into_owned())?;
    let narrow = map_strings(&whole, &|value| breakable(value, LONGEST_WORD).into_owned())?;
    let text = ReceiptText { payments, ..narrow };
    let author = typesetter.legible(&receipt.seller.name);
    let data = Data { families: typesetter.families(), text, author };
    let ident = format!("{} receipt", receipt.reference);
    typesetter.render(TEMPLATE, &data, &Metadata { ident: &ident, created_at: receipt.paid_at })
}
