//! The words of a letter of direction.

use serde::{Deserialize, Serialize};

use super::Direction;
use crate::error::DocumentError;
use crate::format;
use crate::words::{Voice, clean, map_strings};
use crate::world::Typesetter;

/// Everything that a reader of the letter sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectionText {
    /// BCP 47 code of the language.
    pub language: String,
    /// What kind of document this is.
    pub kind: String,
    /// What it is written of.
    pub reference: String,
    /// To whom it goes, to be filled in.
    pub recipient: String,
    /// What is directed, in paragraphs.
    pub paragraphs: Vec<String>,
    /// Heading of the titles; empty of all of them.
    pub titles_heading: String,
    /// The titles.
    pub titles: Vec<String>,
    /// Below which lines it is signed.
    pub signatures: Vec<String>,
    /// What stands at the end.
    pub closing: String,
}

/// The words of a letter of direction, as the bundled fonts can show them.
///
/// # Errors
/// If a sentence is missing.
pub fn direction_text(letter: &Direction) -> Result<DirectionText, DocumentError> {
    let mut voice = Voice::new(letter.language.direction_texts());
    voice.add([
        ("payer", clean(&letter.payer)),
        ("payee", clean(&letter.payee)),
        ("studio", clean(&letter.studio)),
        ("part", format::number(letter.part, letter.language)),
        ("of", format::number(letter.of, letter.language)),
        ("date", format::date(letter.effective_on, letter.language)),
        ("reference", clean(&letter.reference)),
    ]);
    let what = if letter.titles.is_some() { "direct.titles" } else { "direct.all" };
    let (heading, titles) = match &letter.titles {
        Some(titles) => (voice.say("titles.heading")?, titles.iter().map(|title| clean(title)).collect()),
        None => (String::new(), Vec::new()),
    };
    let text = DirectionText {
        language: letter.language.code().to_owned(),
        kind: voice.say("kind")?,
        reference: clean(&letter.reference),
        recipient: voice.say("recipient")?,
        paragraphs: vec![voice.say(what)?, voice.say("effective")?, voice.say("statements")?, voice.say("revocation")?],
        titles_heading: heading,
        titles,
        signatures: vec![voice.say("signature.payer")?, voice.say("signature.payee")?],
        closing: voice.say("closing")?,
    };
    map_strings(&text, &|value| Typesetter::worldwide().legible(value))
}
