//! Everything that a reader of the contract sees, as one value: PDF and HTML only lay it out.

use serde::{Deserialize, Serialize};

use super::clauses::{Speaker, clauses};
use super::model::{DeliveredFile, LicenceContract, Stage, Term};
use crate::error::DocumentError;
use crate::format;
use crate::words::{Clause, Fact, clean, map_strings};
use crate::world::{Typesetter, sha256_hex};

/// The words of one contract in reading order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractText {
    /// BCP 47 code of the language.
    pub language: String,
    /// What kind of document this is.
    pub kind: String,
    /// What the studio calls the licence.
    pub tier: String,
    /// The beat's title.
    pub beat: String,
    /// The parties on one line.
    pub between: String,
    /// Heading of the key terms.
    pub facts_heading: String,
    /// The key terms: who and what.
    pub facts: Vec<Fact>,
    /// The key terms: how far and how long.
    pub terms: Vec<Fact>,
    /// Label of the notes beside the clauses.
    pub plain_heading: String,
    /// The clauses.
    pub clauses: Vec<Clause>,
    /// Heading of the acceptance.
    pub acceptance_heading: String,
    /// How the agreement came about, or will.
    pub acceptance: String,
    /// Who accepted, when and how; empty for an offer.
    pub acceptance_facts: Vec<Fact>,
    /// Heading of the schedule of files.
    pub schedule_heading: String,
    /// What the schedule is for.
    pub schedule_intro: String,
    /// The files.
    pub schedule: Vec<ScheduleEntry>,
    /// The reference, or what stands for it in an offer.
    pub reference: String,
    /// The page line, with `{page}` and `{pages}` to fill in while laying out.
    pub page_line: String,
}

/// A file of the schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleEntry {
    /// Name.
    pub name: String,
    /// Format and, once it exists, size.
    pub format: String,
    /// SHA-256, or how the file comes about.
    pub identity: String,
    /// Whether `identity` is a fingerprint.
    pub is_fingerprint: bool,
}

impl ContractText {
    /// All words, one paragraph a line: what a reader agreed to.
    pub fn plain(&self) -> String {
        let mut lines = vec![
            self.kind.clone(),
            self.tier.clone(),
            self.beat.clone(),
            self.between.clone(),
            self.facts_heading.clone(),
        ];
        lines.extend(self.facts.iter().chain(&self.terms).map(Fact::line));
        for clause in &self.clauses {
            lines.extend(clause.lines(&self.plain_heading));
        }
        lines.push(self.acceptance_heading.clone());
        lines.push(self.acceptance.clone());
        lines.extend(self.acceptance_facts.iter().map(Fact::line));
        lines.push(self.schedule_heading.clone());
        lines.push(self.schedule_intro.clone());
        lines.extend(self.schedule.iter().map(|file| format!("{} — {} — {}", file.name, file.format, file.identity)));
        lines.join("\n")
    }

    /// SHA-256 of [`Self::plain`] in UTF-8: the fingerprint of what was shown.
    pub fn sha256(&self) -> String {
        sha256_hex(self.plain().as_bytes())
    }
}

/// The words of a contract, as the bundled fonts can show them.
///
/// # Errors
/// [`DocumentError::Invalid`] when the contract lacks a value or contradicts itself.
pub fn contract_text(contract: &LicenceContract) -> Result<ContractText, DocumentError> {
    contract_text_with(Typesetter::worldwide(), contract)
}

/// The words of a contract, as the fonts of `typesetter` can show them.
///
/// # Errors
/// As [`contract_text`].
pub fn contract_text_with(typesetter: &Typesetter, contract: &LicenceContract) -> Result<ContractText, DocumentError> {
    let clauses = clauses(contract)?;
    let speaker = Speaker::new(contract)?;
    let exclusive = contract.terms.tier.is_exclusive();
    let offered = speaker.is_offered();
    let any_known = contract.terms.files.iter().any(|file| file.content.is_some());
    let schedule_intro = if any_known { "schedule.intro" } else { "schedule.intro.pending" };
    let schedule = contract.terms.files.iter().map(|file| schedule_entry(&speaker, file)).collect::<Result<_, _>>()?;
    let text = ContractText {
        language: speaker.language.code().to_owned(),
        kind: speaker.say(if exclusive { "kind.exclusive" } else { "kind" })?,
        tier: clean(&contract.terms.tier_name),
        beat: clean(&contract.terms.beat.title),
        between: speaker.say("between")?,
        facts_heading: speaker.say("heading.facts")?,
        facts: identity_facts(&speaker)?,
        terms: term_facts(&speaker)?,
        plain_heading: speaker.say("heading.plain")?,
        clauses,
        acceptance_heading: speaker.say("acceptance.heading")?,
        acceptance: speaker.say(if offered { "acceptance.offered" } else { "acceptance.sold" })?,
        acceptance_facts: acceptance_facts(&speaker)?,
        schedule_heading: speaker.say("schedule.heading")?,
        schedule_intro: speaker.say(schedule_intro)?,
        schedule,
        reference: match speaker.value("reference") {
            Some(reference) => reference.to_owned(),
            None => speaker.say("fact.reference.offered")?,
        },
        page_line: speaker.say_with("footer.page", &[("page", "{page}"), ("pages", "{pages}")])?,
    };
    map_strings(&text, &|value| typesetter.legible(value))
}

fn identity_facts(speaker: &Speaker<'_>) -> Result<Vec<Fact>, DocumentError> {
    let beat = &speaker.terms.beat;
    let mut facts = Facts { speaker, facts: Vec::new() };
    match speaker.value("reference") {
        Some(reference) => facts.push("fact.reference", reference)?,
        None => facts.push("fact.reference", &speaker.say("fact.reference.offered")?)?,
    }
    match speaker.value("date") {
        Some(date) => facts.push("fact.date", date)?,
        None => facts.push("fact.date", &speaker.say("fact.date.offered")?)?,
    }
    facts.push_value("fact.licensor", "studio")?;
    facts.push_value("fact.licensee", "licensee")?;
    facts.push_value("fact.beat", "beat")?;
    facts.push_value("fact.work", "work_title")?;
    facts.push_value("fact.isrc", "isrc")?;
    facts.push_value("fact.iswc", "iswc")?;
    let tempo = beat
        .bpm_milli
        .map(|bpm| speaker.say_with("fact.tempo", &[("bpm", &format::bpm(bpm, speaker.language))]))
        .transpose()?;
    let tempo_key: Vec<_> = [tempo, beat.key.as_deref().map(clean)].into_iter().flatten().collect();
    if !tempo_key.is_empty() {
        facts.push("fact.tempo_key", &tempo_key.join(" · "))?;
    }
    Ok(facts.facts)
}

fn term_facts(speaker: &Speaker<'_>) -> Result<Vec<Fact>, DocumentError> {
    let terms = speaker.terms;
    let mut facts = Facts { speaker, facts: Vec::new() };
    facts.push_value("fact.licence", "tier")?;
    facts.push_value("fact.replaces", "replaced")?;
    if terms.price.minor_units == 0 {
        facts.push("fact.price", &speaker.say("fact.price.free")?)?;
    } else {
        facts.push_value("fact.price", "price")?;
    }
    let term = match (terms.term, &speaker.contract.stage) {
        (Term::Perpetual, _) => "fact.term.perpetual",
        (Term::Months(_), Stage::Sold(_)) => "fact.term.sold",
        (Term::Months(_), Stage::Offered) => "fact.term.offered",
    };
    facts.push("fact.term", &speaker.say(term)?)?;
    facts.push("fact.territory", &speaker.say("fact.territory.world")?)?;
    facts.push_cap("fact.streams", terms.caps.streams)?;
    facts.push_cap("fact.copies", terms.caps.copies)?;
    facts.push_cap("fact.videos", terms.caps.videos)?;
    facts.push_cap("fact.radio", terms.caps.radio_stations)?;
    facts.push_cap("fact.performances", terms.caps.paid_performances)?;
    facts.push_value("fact.publishing", "kept")?;
    facts.push_value("fact.credit", "credit")?;
    Ok(facts.facts)
}

fn acceptance_facts(speaker: &Speaker<'_>) -> Result<Vec<Fact>, DocumentError> {
    let mut facts = Facts { speaker, facts: Vec::new() };
    if !speaker.is_offered() {
        facts.push_value("acceptance.by", "accepted_by")?;
        facts.push_value("acceptance.grantor", "studio")?;
        facts.push_value("acceptance.at", "accepted_at")?;
        facts.push_value("acceptance.email", "licensee_email")?;
        facts.push_value("acceptance.order", "order_reference")?;
        facts.push_value("acceptance.reference", "reference")?;
    }
    Ok(facts.facts)
}

fn schedule_entry(speaker: &Speaker<'_>, file: &DeliveredFile) -> Result<ScheduleEntry, DocumentError> {
    let name = clean(&file.name);
    let format = clean(&file.format);
    Ok(match &file.content {
        Some(content) => ScheduleEntry {
            name,
            format: format!("{format} · {}", format::bytes(content.bytes, speaker.language)),
            identity: content.sha256.clone(),
            is_fingerprint: true,
        },
        None => ScheduleEntry { name, format, identity: speaker.say("schedule.pending")?, is_fingerprint: false },
    })
}

/// Facts being gathered.
struct Facts<'a> {
    speaker: &'a Speaker<'a>,
    facts: Vec<Fact>,
}

impl Facts<'_> {
    fn push(&mut self, label: &str, value: &str) -> Result<(), DocumentError> {
        self.facts.push(Fact { label: self.speaker.say(label)?, value: value.to_owned() });
        Ok(())
    }

    /// Adds one of the contract's values, if the contract has it; validation has made sure of the required ones.
    fn push_value(&mut self, label: &str, name: &str) -> Result<(), DocumentError> {
        match self.speaker.value(name) {
            Some(value) => self.push(label, value),
            None => Ok(()),
        }
    }

    fn push_cap(&mut self, label: &str, cap: Option<u64>) -> Result<(), DocumentError> {
        let value = match cap {
            None => self.speaker.say("fact.unlimited")?,
            Some(0) => self.speaker.say("fact.excluded")?,
            Some(cap) => format::number(cap, self.speaker.language),
        };
        self.push(label, &value)
    }
}
