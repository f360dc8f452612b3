//! What a beat has several of: collaborators and stems.

use std::collections::HashSet;

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder,
};

use super::{lock_asset, lock_beat};
use crate::{
    actor::Ctx,
    catalog::{
        CatalogError,
        entity::{AssetKind, AssetState, BeatState, beat, collaborator, stem, stem_check},
        rules::{
            names,
            shares::{self, ShareLine, ShareTableError},
            stems::{self, StemFacts, StemSetError},
        },
    },
    ids::{AssetId, BeatId, PartyId, StudioId},
    outbox::{self, Job},
    parties,
    policy::Action,
    share::WHOLE_PPM,
    splits,
    store::Tx,
};

/// A stem to be put into a set, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStem {
    /// The file, of kind `stem` and ready.
    pub asset: AssetId,
    /// Its name; none takes the file's.
    pub name: Option<String>,
}

/// Sets who made a beat and what part of its income is theirs: exactly the whole, nobody twice. Sales already made stay divided as they were; what
/// is parked is given out if those who are credited now have all signed.
pub async fn set_collaborators(
    tx: &Tx,
    ctx: &Ctx,
    beat: BeatId,
    lines: &[ShareLine],
) -> Result<beat::Model, CatalogError> {
    let beat = lock_beat(tx, ctx, beat, Action::WriteCatalog).await?;
    write_collaborators(tx, &beat, lines).await?;
    splits::put_release(tx, ctx, beat.studio_id, beat.work_id).await?;
    touch(tx, ctx, beat).await
}

/// Sets a beat's stems: files of this studio, of kind `stem`, ready, that make one set. The set is then listened to.
pub async fn set_stems(tx: &Tx, ctx: &Ctx, beat: BeatId, set: &[NewStem]) -> Result<beat::Model, CatalogError> {
    let beat = lock_beat(tx, ctx, beat, Action::WriteCatalog).await?;
    if beat.state == BeatState::Sold {
        return Err(CatalogError::Sold);
    }
    if set.len() > stems::MAX_STEMS {
        return Err(CatalogError::Stems(StemSetError::TooMany));
    }
    let mut facts = Vec::with_capacity(set.len());
    for (place, new) in set.iter().enumerate() {
        facts.push(stem_facts(tx, beat.studio_id, place, new).await?);
    }
    stems::check(&facts).map_err(CatalogError::Stems)?;
    stem::Entity::delete_many().filter(stem::Column::BeatId.eq(beat.id)).exec(tx).await?;
    let rows = (0..).zip(set.iter().zip(facts)).map(|(position, (new, facts))| stem::ActiveModel {
        beat_id: Set(beat.id),
        position: Set(position),
        asset_id: Set(new.asset),
        name: Set(facts.name),
    });
    stem::Entity::insert_many(rows).exec_without_returning(tx).await?;
    check_stems_anew(tx, ctx, &beat).await?;
    touch(tx, ctx, beat).await
}

/// Has a beat's stems checked anew, if it has any: what was found before says nothing of another set, or beside another mix.
pub(super) async fn check_stems_anew(tx: &Tx, ctx: &Ctx, beat: &beat::Model) -> Result<(), CatalogError> {
    stem_check::Entity::delete_by_id(beat.id).exec(tx).await?;
    if stem::Entity::find().filter(stem::Column::BeatId.eq(beat.id)).count(tx).await? > 0 {
        outbox::put(tx, ctx, Some(beat.studio_id), &Job::CheckStems { beat: beat.id }).await?;
    }
    Ok(())
}

async fn stem_facts(tx: &Tx, studio: StudioId, place: usize, new: &NewStem) -> Result<StemFacts, CatalogError> {
    let field = format!("stems.{place}.assetId");
    let asset = lock_asset(tx, studio, new.asset, AssetKind::Stem, &field).await?;
    let name = new.name.as_deref().unwrap_or_else(|| names::base_name(&asset.file_name));
    let name = stems::name(name).ok_or(CatalogError::Stems(StemSetError::Name { place }))?;
    match (asset.state, asset.sample_rate_hz, asset.duration_ms) {
        (AssetState::Ready, Some(sample_rate_hz), Some(duration_ms)) => {
            Ok(StemFacts { name, sample_rate_hz, duration_ms })
        }
        _ => Err(CatalogError::AssetNotReady { field, state: asset.state, refusal: asset.refusal }),
    }
}

/// The share table of a studio that names nobody: its first party, or who that was merged into, alone.
pub(super) async fn first_party(tx: &Tx, studio: StudioId) -> Result<Vec<ShareLine>, CatalogError> {
    let first = parties::entity::Entity::find()
        .filter(parties::entity::Column::StudioId.eq(studio))
        .order_by_asc(parties::entity::Column::Id)
        .one(tx)
        .await?
        .ok_or(CatalogError::NoParty)?;
    let party = parties::present(tx, first.id).await?;
    Ok(vec![ShareLine { party, role: "producer".to_owned(), share_ppm: WHOLE_PPM }])
}

pub(super) async fn write_collaborators(tx: &Tx, beat: &beat::Model, lines: &[ShareLine]) -> Result<(), CatalogError> {
    // Who was merged into another is credited as that one.
    let named: Vec<PartyId> = lines.iter().map(|line| line.party).collect();
    let successors = parties::hold_present(tx, beat.studio_id, &named).await?;
    let standing = |line: &ShareLine| ShareLine {
        party: successors.get(&line.party).copied().unwrap_or(line.party),
        ..line.clone()
    };
    let lines: Vec<ShareLine> = lines.iter().map(standing).collect();
    let table = shares::check(&lines).map_err(CatalogError::Shares)?;
    let known: Vec<parties::entity::Model> = parties::entity::Entity::find()
        .filter(parties::entity::Column::StudioId.eq(beat.studio_id))
        .filter(parties::entity::Column::Id.is_in(table.iter().map(|(party, ..)| *party)))
        .all(tx)
        .await?;
    if let Some(line) = table.iter().position(|(party, ..)| known.iter().all(|row| row.id != *party)) {
        return Err(CatalogError::NotFound { what: "party", field: format!("collaborators.{line}.partyId") });
    }
    let credited: Vec<PartyId> = table.iter().map(|(party, ..)| *party).collect();
    require_not_erased(tx, beat.id, &credited).await?;
    collaborator::Entity::delete_many().filter(collaborator::Column::BeatId.eq(beat.id)).exec(tx).await?;
    let rows = (0..).zip(table).map(|(position, (party, role, share))| collaborator::ActiveModel {
        beat_id: Set(beat.id),
        party_id: Set(party),
        position: Set(position),
        role: Set(role),
        share: Set(share),
    });
    collaborator::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// Refuses whoever was erased, unless they stand in the beat's credits already: those are kept.
async fn require_not_erased(tx: &Tx, beat: BeatId, table: &[PartyId]) -> Result<(), CatalogError> {
    let erased = parties::erasures_of(tx, table).await?;
    if erased.is_empty() {
        return Ok(());
    }
    let credited = collaborator::Entity::find().filter(collaborator::Column::BeatId.eq(beat)).all(tx).await?;
    let credited: HashSet<PartyId> = credited.into_iter().map(|row| row.party_id).collect();
    match table.iter().position(|party| erased.contains_key(party) && !credited.contains(party)) {
        Some(line) => Err(CatalogError::Erased { line }),
        None => Ok(()),
    }
}

/// The share table as it stands holds: what publishing asks for.
pub(super) async fn require_whole(tx: &Tx, beat: BeatId) -> Result<(), CatalogError> {
    let rows = collaborator::Entity::find().filter(collaborator::Column::BeatId.eq(beat)).all(tx).await?;
    if rows.is_empty() {
        return Err(CatalogError::Shares(ShareTableError::Length));
    }
    let shares: Vec<_> = rows.iter().map(|row| row.share).collect();
    crate::share::Share::require_whole(&shares)
        .map_err(|problem| CatalogError::Shares(ShareTableError::Total { problem }))
}

async fn touch(tx: &Tx, ctx: &Ctx, beat: beat::Model) -> Result<beat::Model, CatalogError> {
    let mut row = beat.into_active_model();
    row.updated_at = Set(ctx.env.now());
    Ok(row.update(tx).await?)
}
