//! Everything that a reader of an agreement sees, as one value: PDF and HTML only lay it out.

use serde::{Deserialize, Serialize};

use super::clauses::clauses;
use super::model::{Agreement, Terms};
use super::speaker::Speaker;
use crate::error::DocumentError;
use crate::format;
use crate::texts::is_right_to_left;
use crate::words::{Clause, Fact, clean, map_strings};
use crate::world::{Typesetter, sha256_hex};

/// Most names in the line below the title; the others are counted.
const MOST_NAMES: usize = 4;

/// The words of an agreement in reading order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreementText {
    /// BCP 47 code of the language.
    pub language: String,
    /// What kind of document this is.
    pub kind: String,
    /// What it is about.
    pub title: String,
    /// The parties on one line.
    pub between: String,
    /// Heading of the key terms.
    pub facts_heading: String,
    /// The key terms: what.
    pub facts: Vec<Fact>,
    /// The one among them that names the work in the catalogue, as machines do. It is signed with the rest, so that no signature holds for another work; people
    /// read the title and the codes beside it. None if no work is named.
    pub work: Option<Fact>,
    /// The key terms: how long, how much.
    pub terms: Vec<Fact>,
    /// Label of the notes beside the clauses.
    pub plain_heading: String,
    /// The clauses.
    pub clauses: Vec<Clause>,
    /// Heading of the signatures.
    pub signatures_heading: String,
    /// What signing means.
    pub signatures_intro: String,
    /// Who signs.
    pub signatures: Vec<SignatureLine>,
    /// The agreement's number; empty before it has one.
    pub reference: String,
    /// The page line, with `{page}` and `{pages}` to fill in while laying out.
    pub page_line: String,
}

/// Somebody who signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureLine {
    /// Position among the parties.
    pub party: usize,
    /// Name.
    pub name: String,
    /// The part the party takes.
    pub role: String,
}

impl AgreementText {
    /// The key terms of what, as people read them.
    pub fn shown_facts(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(|fact| self.work.as_ref() != Some(*fact))
    }

    /// All words, one paragraph a line: what the signers agree to, and which work it is of.
    pub fn plain(&self) -> String {
        let mut lines = vec![self.kind.clone(), self.title.clone(), self.between.clone(), self.facts_heading.clone()];
        lines.extend(self.facts.iter().chain(&self.terms).map(Fact::line));
        for clause in &self.clauses {
            lines.extend(clause.lines(&self.plain_heading));
        }
        lines.push(self.signatures_heading.clone());
        lines.push(self.signatures_intro.clone());
        lines.extend(self.signatures.iter().map(|line| format!("{}, {}", line.name, line.role)));
        lines.join("\n")
    }

    /// SHA-256 of [`Self::plain`] in UTF-8: the fingerprint of what is signed.
    pub fn sha256(&self) -> String {
        sha256_hex(self.plain().as_bytes())
    }
}

/// The words of an agreement, as its fonts can show them.
///
/// # Errors
/// [`DocumentError::Invalid`] when a value is missing or contradicts another.
pub fn text(agreement: &Agreement) -> Result<AgreementText, DocumentError> {
    agreement.validate()?;
    spoken(&Speaker::new(agreement, None)?)
}

/// The fingerprint of what concerns one party: what all agree to, and of the rows of shares, points, credits and parties its own. As long
/// as it stays the same, a change of the agreement does not touch that party.
///
/// # Errors
/// As [`text`]; for a position without a party too.
pub fn concerns(agreement: &Agreement, party: usize) -> Result<String, DocumentError> {
    agreement.validate()?;
    if party >= agreement.parties.len() {
        let problem = format!("there is no party at position {party}");
        return Err(DocumentError::Text { key: "parties".to_owned(), problem });
    }
    Ok(spoken(&Speaker::new(agreement, Some(party))?)?.sha256())
}

fn spoken(speaker: &Speaker<'_>) -> Result<AgreementText, DocumentError> {
    let agreement = speaker.agreement;
    let voice = &speaker.voice;
    let mut signatures = Vec::new();
    for (index, party) in agreement.parties.iter().enumerate().filter(|(_, party)| party.signs) {
        if speaker.concerns(&[index]) {
            let role = voice.say(&format!("role.{}", party.role.code()))?;
            signatures.push(SignatureLine { party: index, name: clean(&party.name), role });
        }
    }
    let text = AgreementText {
        language: agreement.language.code().to_owned(),
        kind: voice.say(&format!("kind.{}", agreement.template().code()))?,
        title: clean(&agreement.title),
        between: between(speaker)?,
        facts_heading: voice.say("heading.facts")?,
        facts: subject_facts(speaker)?,
        work: work_fact(speaker)?,
        terms: term_facts(speaker)?,
        plain_heading: voice.say("heading.plain")?,
        clauses: clauses(speaker)?,
        signatures_heading: voice.say("signatures.heading")?,
        signatures_intro: voice.say("signatures.intro")?,
        signatures,
        reference: agreement.reference.number.as_deref().map(clean).unwrap_or_default(),
        page_line: voice.say_with("footer.page", &[("page", "{page}"), ("pages", "{pages}")])?,
    };
    map_strings(&text, &|value| Typesetter::worldwide().legible(value))
}

fn between(speaker: &Speaker<'_>) -> Result<String, DocumentError> {
    let names: Vec<String> = (0..speaker.agreement.parties.len())
        .filter(|index| speaker.concerns(&[*index]))
        .map(|index| speaker.name(index))
        .collect();
    if names.len() <= MOST_NAMES {
        let names = names.into_iter().map(isolated).collect();
        return speaker.voice.say_with("between", &[("names", &speaker.voice.list(names)?)]);
    }
    let count = format::number(names.len() as u64 - 1, speaker.language);
    speaker.voice.say_with("between.many", &[("first", &names[0]), ("count", &count)])
}

/// A name that stands in a list, by itself: between two right-to-left names the comma would join them.
fn isolated(name: String) -> String {
    if name.chars().any(is_right_to_left) { format!("\u{2068}{name}\u{2069}") } else { name }
}

struct Facts<'s, 'a> {
    speaker: &'s Speaker<'a>,
    facts: Vec<Fact>,
}

impl Facts<'_, '_> {
    fn push(&mut self, label: &str, value: String) -> Result<(), DocumentError> {
        self.facts.push(Fact { label: self.speaker.voice.say(label)?, value });
        Ok(())
    }

    fn say(&mut self, label: &str, key: &str) -> Result<(), DocumentError> {
        let value = self.speaker.voice.say(key)?;
        self.push(label, value)
    }

    /// One of the agreement's values, if it has it.
    fn value(&mut self, label: &str, name: &str) -> Result<(), DocumentError> {
        match self.speaker.voice.value(name).map(str::to_owned) {
            Some(value) => self.push(label, value),
            None => Ok(()),
        }
    }
}

fn subject_facts(speaker: &Speaker<'_>) -> Result<Vec<Fact>, DocumentError> {
    let mut facts = Facts { speaker, facts: Vec::new() };
    if let Some(number) = &speaker.agreement.reference.number {
        facts.push("fact.reference", clean(number))?;
    }
    facts.value("fact.date", "date")?;
    facts.value("fact.title", "title")?;
    facts.value("fact.work", "work_title")?;
    facts.facts.extend(work_fact(speaker)?);
    facts.value("fact.iswc", "iswc")?;
    facts.value("fact.isrc", "isrc")?;
    if let Terms::SplitSheet(sheet) = &speaker.agreement.terms {
        let key = if sheet.effective_on.is_some() { "fact.effective.on" } else { "fact.effective.signed" };
        facts.say("fact.effective", key)?;
    }
    facts.value("fact.supersedes", "supersedes")?;
    Ok(facts.facts)
}

fn work_fact(speaker: &Speaker<'_>) -> Result<Option<Fact>, DocumentError> {
    let mut facts = Facts { speaker, facts: Vec::new() };
    facts.value("fact.work_id", "work_id")?;
    Ok(facts.facts.pop())
}

fn term_facts(speaker: &Speaker<'_>) -> Result<Vec<Fact>, DocumentError> {
    let general = &speaker.agreement.general;
    let mut facts = Facts { speaker, facts: Vec::new() };
    if let Some((name, amount)) = speaker.price() {
        let label = if name == "advance" { "fact.advance" } else { "fact.fee" };
        match amount.minor_units {
            0 => facts.say(label, "fact.amount.none")?,
            _ => facts.value(label, name)?,
        }
    }
    facts.value("fact.deliver", "deliver")?;
    let at_once = general.payment_terms.due_days == 0;
    facts.say("fact.payment", if at_once { "fact.payment.at_once" } else { "fact.payment.value" })?;
    let revisions = match &general.revision_limit {
        Some(_) => speaker.voice.say_with("fact.revisions.value", &[("rounds", value(speaker, "rounds_text"))])?,
        None => speaker.voice.say("fact.revisions.open")?,
    };
    facts.push("fact.revisions", revisions)?;
    let perpetual = speaker.agreement.term_ends_on().is_none();
    facts.say("fact.term", if perpetual { "fact.term.perpetual" } else { "fact.term.months" })?;
    facts.value("fact.territory", "territory")?;
    facts.say("fact.samples", if general.samples.is_empty() { "fact.samples.none" } else { "fact.samples.some" })?;
    Ok(facts.facts)
}

fn value<'s>(speaker: &'s Speaker<'_>, name: &str) -> &'s str {
    speaker.voice.value(name).unwrap_or_default()
}
