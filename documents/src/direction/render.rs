//! The letter as PDF.

use serde::Serialize;

use super::{Direction, text::DirectionText, text::direction_text};
use crate::error::DocumentError;
use crate::legible::breakable;
use crate::words::map_strings;
use crate::world::{Metadata, Typesetter};

/// The typst source of letters of direction.
const TEMPLATE: &str = include_str!("../../templates/direction.typ");

/// Longest words that fit the template's width, in capitals of usual width.
const LONGEST_WORD: usize = 40;

/// What the typst template reads from `/data.json`.
#[derive(Serialize)]
struct Data<'a> {
    families: &'a [String],
    text: DirectionText,
    author: String,
}

/// Typesets a letter of direction as PDF/A-2b with the bundled fonts. The same letter gives the same bytes.
///
/// # Errors
/// As [`direction_text`].
pub fn to_pdf(letter: &Direction) -> Result<Vec<u8>, DocumentError> {
    let typesetter = Typesetter::worldwide();
    let text = map_strings(&direction_text(letter)?, &|value| breakable(value, LONGEST_WORD).into_owned())?;
    let author = typesetter.legible(&letter.payer);
    let data = Data { families: typesetter.families(), text, author };
    let ident = format!("{} letter of direction", letter.reference);
    typesetter.render(TEMPLATE, &data, &Metadata { ident: &ident, created_at: letter.written_at })
}
