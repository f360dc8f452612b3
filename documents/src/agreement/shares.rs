//! The clauses that say who owns what: compositions, recordings, publishing; and points, which are no ownership.

use super::codes;
use super::model::{Contributor, Ownership, Points, Publisher, RoyaltyBase, Share, SplitSheet, Terms, Writer};
use super::speaker::{Speaker, printed};
use crate::error::DocumentError;
use crate::words::{Finished, clean};

/// What the clauses of a split sheet ask for in another template: there is no such clause there.
fn sheet<'a>(speaker: &Speaker<'a>) -> Result<&'a SplitSheet, DocumentError> {
    match &speaker.agreement.terms {
        Terms::SplitSheet(sheet) => Ok(sheet),
        _ => Err(not_here("a split sheet")),
    }
}

fn not_here(what: &str) -> DocumentError {
    DocumentError::Text { key: what.to_owned(), problem: "the template has no such clause".to_owned() }
}

pub(super) fn composition(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let composition = &sheet(speaker)?.composition;
    let mut rows = Vec::new();
    for writer in composition.writers.iter().filter(|writer| speaker.concerns(&[writer.party])) {
        let party = speaker.agreement.parties.get(writer.party);
        let pro = writer.pro.as_deref().or_else(|| party.and_then(|party| party.pro.as_deref()));
        let ipi = writer.ipi.as_deref().or_else(|| party.and_then(|party| party.ipi.as_deref()));
        rows.push(vec![
            speaker.name(writer.party),
            speaker.voice.say(&format!("writer.{}", writer.role.code()))?,
            speaker.percent(writer.share_ppm),
            society(speaker, pro, ipi)?,
        ]);
    }
    let draft = speaker.voice.clause("composition", "composition.summary").says("composition.intro")?;
    Ok(draft
        .table(&["column.writer", "column.part", "column.share", "column.society"], rows)?
        .says_if(composition.written_on.is_some(), "composition.written")?
        .says_if(composition.iswc.is_some(), "composition.iswc")?
        .says("composition.register")?
        .done())
}

/// Society and IPI in one cell.
fn society(speaker: &Speaker<'_>, pro: Option<&str>, ipi: Option<&str>) -> Result<String, DocumentError> {
    let parts: Vec<String> =
        [pro.map(clean), ipi.map(|code| printed(codes::ipi, code))].into_iter().flatten().collect();
    if parts.is_empty() { speaker.voice.say("society.none") } else { Ok(parts.join(", ")) }
}

pub(super) fn publishing(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let writers = &sheet(speaker)?.composition.writers;
    if writers.iter().all(|writer| writer.publishers.is_empty()) {
        let draft = speaker.voice.clause("publishing", "publishing.summary.none").says("publishing.none")?;
        return Ok(draft.done());
    }
    let mut rows = Vec::new();
    for writer in writers {
        // A chain concerns its writer and every publisher in it.
        let mut concerned: Vec<usize> = writer.publishers.iter().filter_map(|publisher| publisher.party).collect();
        concerned.push(writer.party);
        if speaker.concerns(&concerned) {
            for publisher in &writer.publishers {
                rows.push(publisher_row(speaker, writer, publisher)?);
            }
        }
    }
    let draft = speaker.voice.clause("publishing", "publishing.summary.some").says("publishing.intro")?;
    let draft = draft.table(&["column.publisher", "column.place", "column.holds", "column.society"], rows)?;
    Ok(draft.says("publishing.rest")?.done())
}

fn publisher_row(speaker: &Speaker<'_>, writer: &Writer, publisher: &Publisher) -> Result<Vec<String>, DocumentError> {
    let share = speaker.percent(publisher.share_ppm);
    let principal = publisher.of.and_then(|of| writer.publishers.get(of));
    let principal = principal.map(|of| speaker.who(of.party, of.name.as_deref())).unwrap_or_default();
    let (writer_name, territory) = (speaker.name(writer.party), publisher.territory.as_deref().map(clean));
    let key = match (publisher.role.owns(), territory.is_some()) {
        (true, false) => "publishing.owns",
        (true, true) => "publishing.owns.where",
        (false, false) => "publishing.keeps",
        (false, true) => "publishing.keeps.where",
    };
    let territory = territory.unwrap_or_default();
    let values =
        [("share", share.as_str()), ("writer", &writer_name), ("principal", &principal), ("territory", &territory)];
    let party = publisher.party.and_then(|party| speaker.agreement.parties.get(party));
    let pro = publisher.pro.as_deref().or_else(|| party.and_then(|party| party.pro.as_deref()));
    let ipi = publisher.ipi.as_deref().or_else(|| party.and_then(|party| party.ipi.as_deref()));
    Ok(vec![
        speaker.who(publisher.party, publisher.name.as_deref()),
        speaker.voice.say(&format!("publisher.{}", publisher.role.code()))?,
        speaker.voice.say_with(key, &values)?,
        society(speaker, pro, ipi)?,
    ])
}

fn share_rows(speaker: &Speaker<'_>, shares: &[Share]) -> Vec<Vec<String>> {
    shares
        .iter()
        .filter(|share| speaker.concerns(&[share.party]))
        .map(|share| vec![speaker.name(share.party), speaker.percent(share.share_ppm)])
        .collect()
}

const OWNERS: [&str; 2] = ["column.owner", "column.share"];

pub(super) fn master(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let master = &sheet(speaker)?.master;
    let draft = speaker.voice.clause("master", "master.summary").says("master.intro")?;
    Ok(draft
        .table(&OWNERS, share_rows(speaker, &master.owners))?
        .says_if(master.isrc.is_some(), "master.isrc")?
        .says("master.use")?
        .done())
}

/// Points concern who is paid them, and the owners, before whom they are paid.
fn point_rows(speaker: &Speaker<'_>, points: &[Points], owners: &[Share]) -> Result<Vec<Vec<String>>, DocumentError> {
    let mut concerned: Vec<usize> = owners.iter().map(|owner| owner.party).collect();
    let mut rows = Vec::new();
    for points in points {
        concerned.push(points.party);
        if speaker.concerns(&concerned) {
            rows.push(vec![
                speaker.name(points.party),
                speaker.points(points.hundredths),
                speaker.voice.say(&format!("base.{}", points.base.code()))?,
            ]);
        }
        concerned.pop();
    }
    Ok(rows)
}

const POINTS: [&str; 3] = ["column.payee", "column.points", "column.base"];

pub(super) fn points(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let master = &sheet(speaker)?.master;
    if master.points.is_empty() {
        return Ok(speaker.voice.clause("points", "points.summary.none").says("points.none")?.done());
    }
    let rows = point_rows(speaker, &master.points, &master.owners)?;
    // What comes first, and what has no part in it, is said to those whom a row concerns.
    let on_receipts = |points: &Points| points.base == RoyaltyBase::NetReceipts;
    let first = !rows.is_empty() && master.points.iter().any(on_receipts);
    let others = !rows.is_empty() && !master.points.iter().all(on_receipts);
    let draft = speaker.voice.clause("points", "points.summary.some").says("points.intro")?.table(&POINTS, rows)?;
    let draft = draft.says_if(first, "points.receipts")?.says_if(others, "points.others")?;
    Ok(draft.says("points.cap")?.done())
}

pub(super) fn royalty(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let (points, ownership, payable) = match &speaker.agreement.terms {
        Terms::Producer(terms) => (&terms.points, &terms.ownership, Some(terms.payable)),
        Terms::MixMaster(terms) => (&terms.points, &terms.ownership, None),
        _ => return Err(not_here("royalty")),
    };
    if points.is_empty() {
        let summary = match (speaker.is_free(), payable) {
            (true, _) => "royalty.summary.none",
            (false, Some(_)) => "royalty.summary.none.advance",
            (false, None) => "royalty.summary.none.fee",
        };
        return Ok(speaker.voice.clause("royalty", summary).says("royalty.none")?.done());
    }
    let rows = point_rows(speaker, points, &ownership.master)?;
    let draft = speaker.voice.clause("royalty", "royalty.summary.some").says("royalty.intro")?.table(&POINTS, rows)?;
    let draft = match payable {
        Some(payable) => draft.says(&format!("royalty.{}", payable.code()))?.says("royalty.direct")?,
        None => draft.says("royalty.record_one")?,
    };
    Ok(draft.done())
}

pub(super) fn people(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let master = &sheet(speaker)?.master;
    let groups = [
        ("people.featured", &master.featured),
        ("people.performer", &master.performers),
        ("people.mixer", &master.mixers),
    ];
    if groups.iter().all(|(_, group)| group.is_empty()) {
        return Ok(speaker.voice.clause("people", "people.summary.none").says("people.none")?.done());
    }
    let owners: Vec<usize> = master.owners.iter().map(|owner| owner.party).collect();
    let mut rows = Vec::new();
    for (key, group) in groups {
        for contributor in group {
            let concerned: Vec<usize> = owners.iter().copied().chain(contributor.party).collect();
            if speaker.concerns(&concerned) {
                rows.push(contributor_row(speaker, key, contributor)?);
            }
        }
    }
    let draft = speaker.voice.clause("people", "people.summary.some").says("people.intro")?;
    Ok(draft.table(&["column.name", "column.as", "column.contribution"], rows)?.done())
}

fn contributor_row(speaker: &Speaker<'_>, key: &str, contributor: &Contributor) -> Result<Vec<String>, DocumentError> {
    let part = match contributor.part.as_deref() {
        Some(part) => clean(part),
        None => speaker.voice.say("people.part.none")?,
    };
    Ok(vec![speaker.contributor(contributor), speaker.voice.say(key)?, part])
}

pub(super) fn money(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let key = if sheet(speaker)?.effective_on.is_some() { "money.on" } else { "money.signed" };
    Ok(speaker.voice.clause("money", "money.summary").says(key)?.says("money.before")?.done())
}

pub(super) fn ownership(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let ownership: &Ownership = match &speaker.agreement.terms {
        Terms::SplitSheet(_) => return Err(not_here("ownership")),
        Terms::Producer(terms) => &terms.ownership,
        Terms::MixMaster(terms) => &terms.ownership,
        Terms::WorkForHire(terms) => &terms.ownership,
        Terms::Collaboration(terms) => &terms.ownership,
        Terms::ComposerForHire(terms) => &terms.ownership,
    };
    let mut draft = speaker.voice.clause("ownership", "ownership.summary");
    let sides = [
        (&ownership.composition, ["ownership.composition", "ownership.composition.none"]),
        (&ownership.master, ["ownership.master", "ownership.master.none"]),
    ];
    for (shares, [some, none]) in sides {
        draft = if shares.is_empty() {
            draft.says(none)?
        } else {
            draft.says(some)?.table(&OWNERS, share_rows(speaker, shares))?
        };
    }
    Ok(draft.says("ownership.independent")?.done())
}

pub(super) fn costs(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let Terms::Collaboration(terms) = &speaker.agreement.terms else { return Err(not_here("costs")) };
    let draft = if terms.costs.is_empty() {
        speaker.voice.clause("costs", "costs.summary.equal").says("costs.equal")?
    } else {
        let rows = share_rows(speaker, &terms.costs);
        speaker
            .voice
            .clause("costs", "costs.summary.shared")
            .says("costs.shared")?
            .table(&["column.name", "column.share"], rows)?
    };
    Ok(draft.says("costs.receipt")?.done())
}
