//! Which clauses an agreement has, by template; then the studio's edits. The words come from `texts/agreements`.

use super::model::{Agreement, ClauseEdits, Role, Template, Terms};
use super::speaker::Speaker;
use super::{shares, work};
use crate::error::DocumentError;
use crate::words::{Block, Clause, Finished};

/// Clauses that carry the agreement's own terms, or hold it together: they are neither left out nor replaced.
pub(super) const ESSENTIAL: [&str; 13] = [
    "parties",
    "composition",
    "publishing",
    "master",
    "points",
    "money",
    "engagement",
    "fee",
    "royalty",
    "ownership",
    "term",
    "signing",
    "whole",
];

/// Clauses that every agreement states, in these words or in the studio's own: they may be replaced, and not left out.
pub(super) const STATED: [&str; 5] = ["payment", "credit", "revisions", "samples", "law"];

/// The two sides of an agreement.
pub(super) struct Sides {
    /// Who works.
    pub(super) engaged_roles: &'static [Role],
    /// Who orders and pays.
    pub(super) engaging_roles: &'static [Role],
    /// What the text calls who works; a key among the texts.
    pub(super) engaged: &'static str,
    /// What the text calls who pays.
    pub(super) engaging: &'static str,
}

/// The sides of a template; none where everybody stands side by side.
pub(super) const fn sides(template: Template) -> Option<Sides> {
    const CLIENTS: &[Role] = &[Role::Client, Role::Label, Role::Artist, Role::Producer];
    let (engaged_roles, engaging_roles, engaged, engaging): (&'static [Role], _, _, _) = match template {
        Template::SplitSheet | Template::Collaboration => return None,
        Template::Producer => {
            let artists: &'static [Role] = &[Role::Artist, Role::Label, Role::Client];
            (&[Role::Producer], artists, "side.producer", "side.artist")
        }
        Template::MixMaster => (&[Role::Engineer], CLIENTS, "side.engineer", "side.client"),
        Template::WorkForHire => (&[Role::Contractor], CLIENTS, "side.contractor", "side.client"),
        Template::ComposerForHire => (&[Role::Composer], CLIENTS, "side.composer", "side.client"),
    };
    Some(Sides { engaged_roles, engaging_roles, engaged, engaging })
}

/// The clauses that a template has, in order.
pub(super) const fn ids(template: Template) -> &'static [&'static str] {
    match template {
        Template::SplitSheet => &[
            "parties",
            "composition",
            "publishing",
            "master",
            "points",
            "people",
            "money",
            "payment",
            "credit",
            "revisions",
            "samples",
            "term",
            "warranty",
            "changes",
            "disputes",
            "law",
            "signing",
            "whole",
        ],
        Template::Producer => &[
            "parties",
            "engagement",
            "delivery",
            "fee",
            "royalty",
            "ownership",
            "transfer",
            "payment",
            "credit",
            "revisions",
            "samples",
            "term",
            "warranty",
            "changes",
            "disputes",
            "law",
            "signing",
            "whole",
        ],
        Template::MixMaster => &[
            "parties",
            "engagement",
            "delivery",
            "revisions",
            "fee",
            "royalty",
            "ownership",
            "transfer",
            "payment",
            "credit",
            "samples",
            "term",
            "warranty",
            "changes",
            "disputes",
            "law",
            "signing",
            "whole",
        ],
        Template::WorkForHire | Template::ComposerForHire => &[
            "parties",
            "engagement",
            "delivery",
            "revisions",
            "fee",
            "ownership",
            "transfer",
            "payment",
            "credit",
            "samples",
            "term",
            "warranty",
            "changes",
            "disputes",
            "law",
            "signing",
            "whole",
        ],
        Template::Collaboration => &[
            "parties",
            "engagement",
            "decisions",
            "costs",
            "ownership",
            "transfer",
            "payment",
            "credit",
            "revisions",
            "samples",
            "term",
            "warranty",
            "changes",
            "disputes",
            "law",
            "signing",
            "whole",
        ],
    }
}

/// The clauses of an agreement, in order, with the studio's edits.
pub(super) fn clauses(speaker: &Speaker<'_>) -> Result<Vec<Clause>, DocumentError> {
    let edits = &speaker.agreement.clauses;
    let mut clauses = Vec::new();
    for id in ids(speaker.agreement.terms.template()) {
        if !edits.off.iter().any(|off| off == id) {
            clauses.push(written(speaker, id)?.finish(&speaker.voice, 0)?);
        }
    }
    edit(edits, &mut clauses);
    for (clause, number) in clauses.iter_mut().zip(1..) {
        clause.number = number;
    }
    Ok(clauses)
}

/// The studio's edits on finished clauses. Their words are printed as given, never read as sentences with values.
fn edit(edits: &ClauseEdits, clauses: &mut Vec<Clause>) {
    let paragraphs = |body: &[String]| {
        body.iter().map(|text| Block::Paragraph { text: crate::words::clean(text) }).collect::<Vec<_>>()
    };
    for added in &edits.added {
        if edits.off.contains(&added.id) {
            continue;
        }
        let clause = Clause {
            id: added.id.clone(),
            number: 0,
            heading: crate::words::clean(&added.heading),
            body: paragraphs(&added.body),
            summary: crate::words::clean(&added.summary),
        };
        let place = added.after.as_ref().and_then(|after| clauses.iter().position(|clause| clause.id == *after));
        clauses.insert(place.map_or(clauses.len(), |place| place + 1), clause);
    }
    for clause in clauses.iter_mut() {
        if let Some(body) = edits.replaced.get(&clause.id) {
            clause.body = paragraphs(body);
        }
        if let Some(summary) = edits.summaries.get(&clause.id) {
            clause.summary = crate::words::clean(summary);
        }
    }
}

/// The summary and the sentences of a clause that reads the same in every agreement, by their keys; none where the agreement decides.
pub(super) fn constant(id: &str) -> Option<(&'static str, &'static [&'static str])> {
    let keys: (&'static str, &'static [&'static str]) = match id {
        "warranty" => ("warranty.summary", &["warranty.own", "warranty.liability"]),
        "changes" => ("changes.summary", &["changes.before", "changes.after"]),
        "disputes" => ("disputes.summary", &["disputes.steps"]),
        "signing" => ("signing.summary", &["signing.electronic", "signing.counterparts"]),
        "whole" => ("whole.summary", &["whole.entire", "whole.notes"]),
        _ => return None,
    };
    Some(keys)
}

fn written(speaker: &Speaker<'_>, id: &'static str) -> Result<Finished, DocumentError> {
    let voice = &speaker.voice;
    if let Some((summary, sentences)) = constant(id) {
        let mut draft = voice.clause(id, summary);
        for sentence in sentences {
            draft = draft.says(sentence)?;
        }
        return Ok(draft.done());
    }
    Ok(match id {
        "parties" => parties(speaker)?,
        "composition" => shares::composition(speaker)?,
        "publishing" => shares::publishing(speaker)?,
        "master" => shares::master(speaker)?,
        "points" => shares::points(speaker)?,
        "people" => shares::people(speaker)?,
        "money" => shares::money(speaker)?,
        "ownership" => shares::ownership(speaker)?,
        "royalty" => shares::royalty(speaker)?,
        "costs" => shares::costs(speaker)?,
        "engagement" => work::engagement(speaker)?,
        "delivery" => work::delivery(speaker)?,
        "decisions" => work::decisions(speaker)?,
        "fee" => work::fee(speaker)?,
        "transfer" => work::transfer(speaker)?,
        "payment" => payment(speaker)?,
        "credit" => credit(speaker)?,
        "revisions" => revisions(speaker)?,
        "samples" => samples(speaker)?,
        "term" => term(speaker)?,
        "law" => voice.clause(id, "law.summary").says("law.governing")?.done(),
        other => {
            let problem = "no clause is written under this id".to_owned();
            return Err(DocumentError::Text { key: other.to_owned(), problem });
        }
    })
}

fn parties(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let agreement = speaker.agreement;
    let mut points = Vec::new();
    for (index, party) in agreement.parties.iter().enumerate() {
        if speaker.concerns(&[index]) {
            points.push(speaker.party_point(party)?);
        }
    }
    let draft = speaker.voice.clause("parties", "parties.summary").says("parties.intro")?.points(points);
    let draft = match agreement.terms.template() {
        Template::SplitSheet | Template::Collaboration => draft,
        template => draft.says(&format!("parties.sides.{}", template.code()))?,
    };
    Ok(draft.says_if(agreement.reference.supersedes.is_some(), "parties.supersedes")?.done())
}

fn payment(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let terms = &speaker.agreement.general.payment_terms;
    let due = if terms.due_days == 0 { "payment.due.at_once" } else { "payment.due" };
    let draft = speaker.voice.clause("payment", "payment.summary").says(due)?;
    let draft = draft.says(&format!("payment.statements.{}", terms.statements.code()))?.says("payment.audit")?;
    let notes = terms.notes.as_deref().map(crate::words::clean);
    Ok(match notes {
        Some(notes) => draft.paragraph(notes).done(),
        None => draft.done(),
    })
}

fn credit(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let credits = &speaker.agreement.general.credit;
    if credits.is_empty() {
        let draft = speaker.voice.clause("credit", "credit.summary.parts").says("credit.parts")?;
        return Ok(draft.says("credit.remedy")?.done());
    }
    let mut points = Vec::new();
    for credit in credits.iter().filter(|credit| speaker.concerns(&[credit.party])) {
        let (name, line) = (speaker.name(credit.party), crate::words::clean(&credit.line));
        points.push(speaker.voice.say_with("credit.line", &[("name", &name), ("line", &line)])?);
    }
    let draft = speaker.voice.clause("credit", "credit.summary.some").says("credit.intro")?.points(points);
    Ok(draft.says("credit.remedy")?.done())
}

fn revisions(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let Some(limit) = &speaker.agreement.general.revision_limit else {
        return Ok(speaker.voice.clause("revisions", "revisions.summary.open").says("revisions.open")?.done());
    };
    let draft = speaker.voice.clause("revisions", "revisions.summary.limit");
    let draft = draft.says(if limit.rounds == 0 { "revisions.none" } else { "revisions.limit" })?;
    Ok(match &limit.extra {
        Some(extra) if extra.minor_units == 0 => draft.says("revisions.extra.free")?,
        Some(extra) => draft.says_with("revisions.extra", &[("extra", &speaker.amount(extra))])?,
        None => draft.says("revisions.extra.open")?,
    }
    .done())
}

fn samples(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    use super::model::SampleClearance;
    let samples = &speaker.agreement.general.samples;
    if samples.is_empty() {
        let draft = speaker.voice.clause("samples", "samples.summary.none").says("samples.none")?;
        return Ok(draft.says("samples.new")?.done());
    }
    let points = samples
        .iter()
        .map(|sample| {
            let key = match sample.clearance {
                SampleClearance::Cleared => "samples.item.cleared",
                SampleClearance::ClearedForLeases => "samples.item.cleared_for_leases",
                SampleClearance::RoyaltyFree => "samples.item.royalty_free",
                SampleClearance::NotCleared => "samples.item.not_cleared",
            };
            let (title, source) = (crate::words::clean(&sample.title), crate::words::clean(&sample.source));
            speaker.voice.say_with(key, &[("sample", &title), ("source", &source)])
        })
        .collect::<Result<_, _>>()?;
    let draft = speaker.voice.clause("samples", "samples.summary.some").says("samples.some")?.points(points);
    Ok(draft.says("samples.new")?.done())
}

fn term(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let [summary, says] = match speaker.agreement.general.term {
        super::model::Term::Perpetual { .. } => ["term.summary.perpetual", "term.perpetual"],
        super::model::Term::Months { .. } => ["term.summary.months", "term.months"],
    };
    let ends = speaker.agreement.term_ends_on().is_some();
    let draft = speaker.voice.clause("term", summary).says(says)?.says("term.territory")?;
    Ok(draft.says_if(ends, "term.after")?.done())
}

/// What the text calls who works for whom, if there are two sides.
pub(super) fn side_keys(agreement: &Agreement) -> Option<[&'static str; 2]> {
    match agreement.terms {
        Terms::SplitSheet(_) | Terms::Collaboration(_) => None,
        _ => sides(agreement.terms.template()).map(|sides| [sides.engaged, sides.engaging]),
    }
}
