//! What has been signed, what holds at a moment, and what waits for a signature.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::{
    SplitError,
    entity::{Side, journal_basis, split_parking, split_release, split_share, split_version},
    rules::{self, LineRule, Rule, Shares},
};
use crate::{
    actor::Ctx,
    agreements::entity::{SignerState, signer},
    catalog::entity::{beat, collaborator, work},
    env::Instant,
    identity::entity::{UnsignedSplits, studio},
    ids::{AgreementId, BeatId, JournalId, OrderLineId, PartyId, SplitVersionId, StudioId, WorkId},
    page::{self, Page, PageRequest},
    parties::successors_of,
    policy::{Action, require, visible},
    report::StoreError,
    share::Share,
    store::Db,
};

/// Of how many works splits are read at once.
const WORKS_AT_ONCE: usize = 500;

/// The version of a work's split that holds at a moment: of those effective then, the last executed; none if none is. For the program itself and
/// for who may see the work: it asks nothing itself.
pub async fn rule_at(db: &impl ConnectionTrait, work: WorkId, at: Instant) -> Result<Option<Rule>, StoreError> {
    let versions = of_works(db, &[work]).await?.remove(&work).unwrap_or_default();
    Ok(rules::effective(&versions, at).cloned())
}

/// The agreement by which a work's split stands, the last that was executed; none if none was. For the program itself.
pub(crate) async fn standing_agreement(
    db: &impl ConnectionTrait,
    work: WorkId,
) -> Result<Option<AgreementId>, StoreError> {
    let last = split_version::Entity::find()
        .filter(split_version::Column::WorkId.eq(work))
        .order_by_desc(split_version::Column::Number)
        .one(db)
        .await?;
    Ok(last.map(|version| version.agreement_id))
}

/// All versions of all of a studio's splits, by work and in the order of execution. For the program itself.
pub(crate) async fn executed(db: &impl ConnectionTrait, studio: StudioId) -> Result<Vec<Rule>, StoreError> {
    let works: Vec<WorkId> = split_version::Entity::find()
        .select_only()
        .column(split_version::Column::WorkId)
        .distinct()
        .filter(split_version::Column::StudioId.eq(studio))
        .order_by_asc(split_version::Column::WorkId)
        .into_tuple()
        .all(db)
        .await?;
    let mut rules = Vec::with_capacity(works.len());
    for some in works.chunks(WORKS_AT_ONCE) {
        let mut by_work = of_works(db, some).await?;
        rules.extend(some.iter().filter_map(|work| by_work.remove(work)).flatten());
    }
    Ok(rules)
}

/// All versions of works with their shares, by work, in the order of execution.
pub(super) async fn of_works(
    db: &impl ConnectionTrait,
    works: &[WorkId],
) -> Result<HashMap<WorkId, Vec<Rule>>, StoreError> {
    let versions = split_version::Entity::find()
        .filter(split_version::Column::WorkId.is_in(works.iter().copied()))
        .order_by_asc(split_version::Column::Number)
        .all(db)
        .await?;
    let mut shares = of_versions(db, &versions.iter().map(|version| version.id).collect::<Vec<_>>()).await?;
    let mut signers = signers_of(db, &versions).await?;
    let mut by_work: HashMap<WorkId, Vec<Rule>> = HashMap::new();
    for version in versions {
        let (composition, master) = shares.remove(&version.id).unwrap_or_default();
        let signers = signers.remove(&version.agreement_id).unwrap_or_default();
        by_work.entry(version.work_id).or_default().push(Rule { version, composition, master, signers });
    }
    Ok(by_work)
}

/// The parties for whom the agreements behind versions were signed, by agreement; of one that was merged since, who took its place.
async fn signers_of(
    db: &impl ConnectionTrait,
    versions: &[split_version::Model],
) -> Result<HashMap<AgreementId, Vec<PartyId>>, StoreError> {
    let rows = signer::Entity::find()
        .filter(signer::Column::AgreementId.is_in(versions.iter().map(|version| version.agreement_id)))
        .filter(signer::Column::State.eq(SignerState::Signed))
        .all(db)
        .await?;
    let successors = successors_of(db, rows.iter().filter_map(|row| row.party_id)).await?;
    let mut by_agreement: HashMap<AgreementId, Vec<PartyId>> = HashMap::new();
    for row in rows {
        let party = row.party_id.map(|party| successors.get(&party).copied().unwrap_or(party));
        by_agreement.entry(row.agreement_id).or_default().extend(party);
    }
    Ok(by_agreement)
}

/// The shares of versions, composition and master, each in the order of its document; those of a party that was merged since are its successor's. For who may
/// see the versions: it asks nothing itself.
pub async fn of_versions(
    db: &impl ConnectionTrait,
    versions: &[SplitVersionId],
) -> Result<HashMap<SplitVersionId, (Shares, Shares)>, StoreError> {
    let rows = split_share::Entity::find()
        .filter(split_share::Column::VersionId.is_in(versions.iter().copied()))
        .order_by_asc(split_share::Column::Position)
        .all(db)
        .await?;
    let successors = successors_of(db, rows.iter().map(|row| row.party_id)).await?;
    let mut by_version: HashMap<SplitVersionId, (Shares, Shares)> = HashMap::new();
    for row in rows {
        let (composition, master) = by_version.entry(row.version_id).or_default();
        let side = match row.side {
            Side::Composition => composition,
            Side::Master => master,
        };
        // No two parties of one version are ever merged.
        side.push((successors.get(&row.party_id).copied().unwrap_or(row.party_id), row.share));
    }
    Ok(by_version)
}

/// By what each of these lines is divided that was sold at a moment, in their order.
pub(crate) async fn line_rules(
    db: &impl ConnectionTrait,
    lines: impl Iterator<Item = (WorkId, BeatId)>,
    at: Instant,
) -> Result<Vec<LineRule>, StoreError> {
    let lines: Vec<(WorkId, BeatId)> = lines.collect();
    let versions = of_works(db, &lines.iter().map(|(work, _)| *work).collect::<Vec<_>>()).await?;
    let credits = credits_of(db, &lines.iter().map(|(_, beat)| *beat).collect::<Vec<_>>()).await?;
    let rules = lines.iter().map(|(work, beat)| {
        let versions = versions.get(work).map_or(&[][..], Vec::as_slice);
        let credits = credits.get(beat).map_or(&[][..], Vec::as_slice);
        rules::line_rule(versions, credits, at)
    });
    Ok(rules.collect())
}

/// Who is credited with beats and for which part, by beat, in their order.
pub(super) async fn credits_of(
    db: &impl ConnectionTrait,
    beats: &[BeatId],
) -> Result<HashMap<BeatId, Shares>, StoreError> {
    let rows = collaborator::Entity::find()
        .filter(collaborator::Column::BeatId.is_in(beats.iter().copied()))
        .order_by_asc(collaborator::Column::Position)
        .all(db)
        .await?;
    let mut credits: HashMap<BeatId, Shares> = HashMap::new();
    for row in rows {
        credits.entry(row.beat_id).or_default().push((row.party_id, row.share));
    }
    Ok(credits)
}

/// The writers' shares of a beat as they had been signed at a moment; where nothing had been, as the credits say. What was signed later does not
/// reach back, so that a contract says the same however late it is typeset.
pub(crate) async fn writers_at(
    db: &impl ConnectionTrait,
    work: WorkId,
    credits: &[(PartyId, Share)],
    at: Instant,
) -> Result<Shares, StoreError> {
    let mut versions = of_works(db, &[work]).await?.remove(&work).unwrap_or_default();
    versions.retain(|rule| rule.version.executed_at <= at);
    Ok(match rules::line_rule(&versions, credits, at) {
        LineRule::Signed(rule) => rule.composition,
        LineRule::Credits(shares) => shares,
        LineRule::Unsigned => credits.to_vec(),
    })
}

/// Which of these beats have makers who have not all signed the split of its work. For the program itself and for who may see the beats: it
/// asks nothing itself.
pub async fn unsigned_beats(db: &impl ConnectionTrait, beats: &[BeatId]) -> Result<BTreeSet<BeatId>, StoreError> {
    let works: Vec<(BeatId, WorkId)> = beat::Entity::find()
        .select_only()
        .columns([beat::Column::Id, beat::Column::WorkId])
        .filter(beat::Column::Id.is_in(beats.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    let versions = of_works(db, &works.iter().map(|(_, work)| *work).collect::<Vec<_>>()).await?;
    let credits = credits_of(db, beats).await?;
    let unsigned = |(beat, work): &(BeatId, WorkId)| {
        let versions = versions.get(work).map_or(&[][..], Vec::as_slice);
        rules::is_unsigned(versions, credits.get(beat).map_or(&[][..], Vec::as_slice))
    };
    Ok(works.iter().filter(|row| unsigned(row)).map(|(beat, _)| *beat).collect())
}

/// Which of these beats of a studio are not on sale because their split is unsigned; none if the studio sells such with the money parked.
pub(crate) async fn withheld_beats(
    db: &impl ConnectionTrait,
    studio: StudioId,
    beats: &[BeatId],
) -> Result<BTreeSet<BeatId>, StoreError> {
    let unsigned = unsigned_beats(db, beats).await?;
    if unsigned.is_empty() {
        return Ok(unsigned);
    }
    let studio = studio::Entity::find_by_id(studio).one(db).await?;
    let parks = studio.is_some_and(|studio| studio.unsigned_splits == UnsignedSplits::Park);
    Ok(if parks { BTreeSet::new() } else { unsigned })
}

/// The versions of a work's split, the last executed first.
pub async fn list_versions(
    db: &Db,
    ctx: &Ctx,
    work: WorkId,
    request: PageRequest<SplitVersionId>,
) -> Result<Page<split_version::Model>, SplitError> {
    find_work(db, ctx, work).await?;
    let query = split_version::Entity::find().filter(split_version::Column::WorkId.eq(work));
    Ok(page::fetch(db, query, split_version::Column::Id, request).await?)
}

/// The version of a work's split that holds at a moment, for who may see the work; none if none is effective then.
pub async fn find_rule_at(
    db: &Db,
    ctx: &Ctx,
    work: WorkId,
    at: Instant,
) -> Result<Option<split_version::Model>, SplitError> {
    find_work(db, ctx, work).await?;
    Ok(rule_at(db, work, at).await?.map(|rule| rule.version))
}

async fn find_work(db: &Db, ctx: &Ctx, work: WorkId) -> Result<work::Model, SplitError> {
    let found = work::Entity::find_by_id(work).one(db).await?;
    visible(&ctx.actor, Action::ReadCatalog, found, |work| work.studio_id)?.ok_or(SplitError::NoWork)
}

/// The document by which a journal divides a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// The row.
    pub row: journal_basis::Model,
    /// The version that it names.
    pub version: split_version::Model,
}

/// The signed documents by which journals divide, by journal, line by line. For who may see the journals: it asks nothing itself.
pub async fn bases_of_journals(
    db: &impl ConnectionTrait,
    journals: &[JournalId],
) -> Result<HashMap<JournalId, Vec<Basis>>, StoreError> {
    let rows = journal_basis::Entity::find()
        .filter(journal_basis::Column::JournalId.is_in(journals.iter().copied()))
        .order_by_asc(journal_basis::Column::OrderLineId)
        .all(db)
        .await?;
    let versions: HashMap<SplitVersionId, split_version::Model> = split_version::Entity::find()
        .filter(split_version::Column::Id.is_in(rows.iter().map(|row| row.version_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|version| (version.id, version))
        .collect();
    let mut by_journal: HashMap<JournalId, Vec<Basis>> = HashMap::new();
    for row in rows {
        // A foreign key holds that there is one.
        if let Some(version) = versions.get(&row.version_id).cloned() {
            by_journal.entry(row.journal_id).or_default().push(Basis { row, version });
        }
    }
    Ok(by_journal)
}

/// A line whose money was parked, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedLine {
    /// What was parked.
    pub parking: split_parking::Model,
    /// Its end; none while it waits.
    pub release: Option<split_release::Model>,
}

/// The lines of a studio whose money was parked, newest first; only those that still wait, if so asked.
pub async fn list_parked(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    waiting: bool,
    request: PageRequest<OrderLineId>,
) -> Result<Page<ParkedLine>, SplitError> {
    require(&ctx.actor, Action::ReadLedger, studio)?;
    let query = split_parking::Entity::find()
        .filter(split_parking::Column::StudioId.eq(studio))
        .apply_if(waiting.then_some(()), |query, ()| query.filter(is_waiting()));
    let page = page::fetch(db, query, split_parking::Column::OrderLineId, request).await?;
    let mut releases: HashMap<OrderLineId, split_release::Model> = split_release::Entity::find()
        .filter(split_release::Column::OrderLineId.is_in(page.rows.iter().map(|row| row.order_line_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|release| (release.order_line_id, release))
        .collect();
    Ok(page.map(|parking| ParkedLine { release: releases.remove(&parking.order_line_id), parking }))
}

/// That a parking has no end yet.
pub(super) fn is_waiting() -> sea_orm::sea_query::Expr {
    let ended = split_release::Entity::find().select_only().column(split_release::Column::OrderLineId).into_query();
    split_parking::Column::OrderLineId.not_in_subquery(ended)
}

/// The lines of a work whose money waits, the earliest first, from behind a line on, so many at the most.
pub(super) async fn waiting_lines(
    db: &impl ConnectionTrait,
    work: WorkId,
    behind: Option<OrderLineId>,
    most: u64,
) -> Result<Vec<OrderLineId>, StoreError> {
    let query = split_parking::Entity::find()
        .select_only()
        .column(split_parking::Column::OrderLineId)
        .filter(split_parking::Column::WorkId.eq(work))
        .filter(is_waiting())
        .apply_if(behind, |query, line| query.filter(split_parking::Column::OrderLineId.gt(line)))
        .order_by_asc(split_parking::Column::OrderLineId)
        .limit(most);
    Ok(query.into_tuple().all(db).await?)
}
