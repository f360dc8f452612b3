//! The words of a certificate, and those for a service's form.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::model::Certificate;
use crate::error::DocumentError;
use crate::licence::{Speaker, contract_text};
use crate::words::{Clause, Fact, Voice, map_strings};
use crate::world::Typesetter;

/// Longest text for a service's form, in characters.
pub const MAX_DISPUTE_CHARS: usize = 1_000;

/// Longest name in the text for a form, in characters: with six of them and the longest address it stays within [`MAX_DISPUTE_CHARS`].
const MAX_NAME_CHARS: usize = 45;

/// The clause about services that find recordings by their sound.
const CONTENT_ID: &str = "contentid";

/// Everything that a reader of the certificate sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateText {
    /// BCP 47 code of the language.
    pub language: String,
    /// What kind of document this is.
    pub kind: String,
    /// The beat's title.
    pub beat: String,
    /// What it certifies.
    pub intro: String,
    /// The facts.
    pub facts: Vec<Fact>,
    /// Heading of the clause.
    pub clause_heading: String,
    /// Where the clause stands.
    pub clause_intro: String,
    /// The clause about claims, as it stands in the contract.
    pub clause: Clause,
    /// Heading of how it is verified.
    pub verify_heading: String,
    /// How it is verified.
    pub verify_how: String,
}

/// The words of a certificate, as the bundled fonts can show them: those that the contract itself is set in.
///
/// # Errors
/// [`DocumentError::NotAccepted`] for an offer, [`DocumentError::Invalid`] when the contract lacks a value or the address cannot be one.
pub fn certificate_text(certificate: &Certificate) -> Result<CertificateText, DocumentError> {
    let (clause, voice) = voice(certificate)?;
    let number = clause.number.to_string();
    let mut facts = Vec::new();
    for (label, name) in [
        ("fact.reference", "reference"),
        ("fact.licensor", "studio"),
        ("fact.licensee", "licensee"),
        ("fact.beat", "beat"),
        ("fact.isrc", "isrc"),
        ("fact.audio", "audio_sha256"),
        ("fact.tier", "tier"),
        ("fact.granted", "date"),
    ] {
        if let Some(value) = voice.value(name) {
            facts.push(Fact { label: voice.say(label)?, value: value.to_owned() });
        }
    }
    let term = if voice.value("expires").is_some() { "term.fixed" } else { "term.perpetual" };
    facts.push(Fact { label: voice.say("fact.term")?, value: voice.say(term)? });
    facts.push(Fact { label: voice.say("fact.verify")?, value: certificate.verify_url.clone() });
    let text = CertificateText {
        language: certificate.contract.terms.language.code().to_owned(),
        kind: voice.say("kind")?,
        beat: voice.value("beat").unwrap_or_default().to_owned(),
        intro: voice.say("intro")?,
        facts,
        clause_heading: voice.say("clause.heading")?,
        clause_intro: voice.say_with("clause.intro", &[("number", &number)])?,
        clause,
        verify_heading: voice.say("verify.heading")?,
        verify_how: voice.say("verify.how")?,
    };
    map_strings(&text, &|value| Typesetter::worldwide().legible(value))
}

/// What to write into the form of a service that has claimed the song, true on the day `on`: a sentence a line, [`MAX_DISPUTE_CHARS`] at most. Long
/// names are cut; the reference leads to the whole.
///
/// # Errors
/// As [`certificate_text`].
pub fn dispute_text(certificate: &Certificate, on: NaiveDate) -> Result<String, DocumentError> {
    let expires_on = certificate.sale()?.expires_on;
    let (clause, voice) = voice(certificate)?;
    let cut: Vec<(&str, String)> = ["studio", "licensee", "beat", "tier", "reference", "isrc"]
        .into_iter()
        .filter_map(|name| Some((name, shortened(voice.value(name)?))))
        .collect();
    let number = clause.number.to_string();
    let mut own: Vec<(&str, &str)> = cut.iter().map(|(name, value)| (*name, value.as_str())).collect();
    own.extend([("number", number.as_str()), ("heading", &clause.heading), ("url", &certificate.verify_url)]);
    let keys = [
        Some(if expires_on.is_some_and(|last| last < on) { "dispute.had" } else { "dispute.have" }),
        Some("dispute.grant"),
        voice.value("isrc").map(|_| "dispute.isrc"),
        Some(if expires_on.is_some() { "dispute.fixed" } else { "dispute.perpetual" }),
        Some("dispute.clause"),
        Some("dispute.verify"),
        Some("dispute.ask"),
    ];
    let lines: Vec<String> =
        keys.into_iter().flatten().map(|key| voice.say_with(key, &own)).collect::<Result<_, _>>()?;
    // Spaces that do not break are the typesetter's; a form may show them as something else.
    Ok(lines.join("\n").replace('\u{a0}', " "))
}

/// The clause about claims, and the contract's values for the certificate's own sentences.
fn voice(certificate: &Certificate) -> Result<(Clause, Voice), DocumentError> {
    certificate.sale()?;
    let contract = &certificate.contract;
    let clauses = contract_text(contract)?.clauses;
    let clause = clauses.into_iter().find(|clause| clause.id == CONTENT_ID).ok_or_else(|| DocumentError::Text {
        key: CONTENT_ID.to_owned(),
        problem: "the contract has no such clause".to_owned(),
    })?;
    let voice = Speaker::new(contract)?.saying(contract.terms.language.certificate_texts());
    Ok((clause, voice))
}

/// A name of [`MAX_NAME_CHARS`] at most, with a sign where it was cut.
fn shortened(name: &str) -> String {
    if name.chars().count() <= MAX_NAME_CHARS {
        return name.to_owned();
    }
    let cut: String = name.chars().take(MAX_NAME_CHARS - 1).collect();
    format!("{}…", cut.trim_end())
}
