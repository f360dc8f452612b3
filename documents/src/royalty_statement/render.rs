//! The statement as PDF.

use serde::Serialize;

use super::model::RoyaltyStatement;
use super::text::{RoyaltyStatementText, royalty_statement_text};
use crate::error::DocumentError;
use crate::legible::breakable;
use crate::words::map_strings;
use crate::world::{Metadata, Typesetter};

/// The typst source of payees' statements.
const TEMPLATE: &str = include_str!("../../templates/royalty_statement.typ");

/// Longest words that fit the narrowest of the template's columns, in capitals of usual width.
const LONGEST_WORD: usize = 14;

/// What the typst template reads from `/data.json`.
#[derive(Serialize)]
struct Data<'a> {
    families: &'a [String],
    text: RoyaltyStatementText,
    author: String,
}

/// Typesets a payee's statement as PDF/A-2b with the bundled fonts. The same statement gives the same bytes.
///
/// # Errors
/// As [`royalty_statement_text`].
pub fn to_pdf(statement: &RoyaltyStatement) -> Result<Vec<u8>, DocumentError> {
    let typesetter = Typesetter::worldwide();
    let text = map_strings(&royalty_statement_text(statement)?, &|value| breakable(value, LONGEST_WORD).into_owned())?;
    let author = typesetter.legible(&statement.payer.name);
    let data = Data { families: typesetter.families(), text, author };
    let ident = format!("{} royalties", statement.reference);
    typesetter.render(TEMPLATE, &data, &Metadata { ident: &ident, created_at: statement.issued_at })
}
