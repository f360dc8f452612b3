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
    /// Which agreement is carried out; empty if none was executed.
    pub agreed: String,
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
        ("date", format::date(letter.effective_on, letter.language)),
        ("reference", clean(&letter.reference)),
    ]);
    let share = share(letter, &voice)?;
    voice.add([("share", share)]);
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
        agreed: agreed(letter, &voice)?,
        titles_heading: heading,
        titles,
        signatures: vec![voice.say("signature.payer")?, voice.say("signature.payee")?],
        closing: voice.say("closing")?,
    };
    map_strings(&text, &|value| Typesetter::worldwide().legible(value))
}

/// Which part is directed: as parts, and as a percentage where that has an end.
fn share(letter: &Direction, voice: &Voice) -> Result<String, DocumentError> {
    let number = |value| format::number(value, letter.language);
    let (part, of) = (number(letter.part), number(letter.of));
    match whole_ppm(letter.part, letter.of) {
        Some(ppm) => {
            let percent = format::percent(ppm, letter.language);
            voice.say_with("share.percent", &[("part", &part), ("of", &of), ("percent", &percent)])
        }
        None => voice.say_with("share", &[("part", &part), ("of", &of)]),
    }
}

/// So many of so many in parts per million, if that is a whole number of them.
fn whole_ppm(part: u64, of: u64) -> Option<u32> {
    let ppm = part.checked_mul(u64::from(format::WHOLE_PPM))?;
    if ppm.checked_rem(of)? == 0 { u32::try_from(ppm / of).ok() } else { None }
}

fn agreed(letter: &Direction, voice: &Voice) -> Result<String, DocumentError> {
    let Some(agreed) = &letter.agreed else { return Ok(String::new()) };
    let date = format::date(agreed.executed_on, letter.language);
    let own = [("agreement", clean(&agreed.reference)), ("executed", date), ("sha256", clean(&agreed.sha256))];
    voice.say_with("agreed", &own.each_ref().map(|(name, value)| (*name, value.as_str())))
}
