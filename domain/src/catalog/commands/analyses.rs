//! What the audio worker heard in files of music and in stem sets, and asking it to listen again.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    sea_query::OnConflict,
};

use super::files::lock_any;
use crate::{
    actor::Ctx,
    catalog::{
        CatalogError,
        entity::{
            AssetKind, AssetState, Findings, Fingerprint, StemSetFindings, Verdict, analysis, asset, likeness, stem,
            stem_check,
        },
    },
    ids::{AssetId, BeatId},
    outbox::{self, Job, Priority, entity::job},
    store::Tx,
};

/// What was heard in a file of music.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// The engine that listened.
    pub engine_version: String,
    /// Tempo in thousandths of a beat per minute, and how sure that is in parts per million.
    pub tempo: Option<(i32, i32)>,
    /// The next best reading of the tempo.
    pub alternative_bpm_milli: Option<i32>,
    /// Key in canonical form, and how sure that is in parts per million.
    pub key: Option<(String, i32)>,
    /// How far the tuning is from A = 440 Hz, in cents.
    pub tuning_cents: Option<i32>,
    /// What the findings add up to.
    pub verdict: Verdict,
    /// What was found.
    pub findings: Findings,
    /// The fingerprint.
    pub fingerprint: Fingerprint,
}

/// Asks for a file of music to be listened to again, once all that is more urgent is done. Asking while it waits or runs is asking once.
pub async fn request_analysis(tx: &Tx, ctx: &Ctx, id: AssetId) -> Result<job::Model, CatalogError> {
    let asset = lock_any(tx, ctx, id).await?;
    if asset.kind != AssetKind::Source {
        return Err(CatalogError::AssetKind {
            field: "asset".to_owned(),
            needed: AssetKind::Source,
            found: asset.kind,
        });
    }
    if asset.state != AssetState::Ready {
        return Err(CatalogError::AssetNotReady {
            field: "asset".to_owned(),
            state: asset.state,
            refusal: asset.refusal,
        });
    }
    let job = Job::AnalyseAsset { asset: id };
    if let Some(open) = outbox::queries::find_open(tx, asset.studio_id, &job).await? {
        return Ok(open);
    }
    let put = outbox::put_at(tx, ctx, Some(asset.studio_id), &job, Priority::Idle).await?;
    let row = job::Entity::find_by_id(put).one(tx).await?;
    row.ok_or(CatalogError::NotFound { what: "job", field: "asset".to_owned() })
}

/// Records what was heard in a file; an earlier hearing gives way.
pub async fn record_analysis(tx: &Tx, ctx: &Ctx, id: AssetId, heard: Heard) -> Result<analysis::Model, CatalogError> {
    let asset = lock_any(tx, ctx, id).await?;
    let (bpm_milli, bpm_confidence_ppm) = heard.tempo.unzip();
    let (musical_key, key_confidence_ppm) = heard.key.unzip();
    let row = analysis::Model {
        asset_id: id,
        studio_id: asset.studio_id,
        engine_version: heard.engine_version,
        bpm_milli,
        bpm_confidence_ppm,
        alternative_bpm_milli: heard.alternative_bpm_milli,
        musical_key,
        key_confidence_ppm,
        tuning_cents: heard.tuning_cents,
        verdict: heard.verdict,
        findings: heard.findings,
        fingerprint: heard.fingerprint,
        analysed_at: ctx.env.now(),
    };
    analysis::Entity::delete_by_id(id).exec(tx).await?;
    row.clone().into_active_model().insert(tx).await?;
    Ok(row)
}

/// Records how much one file has in common with each that it was compared with, in parts per million; none if they do not sound alike. What was known
/// of these pairs gives way, what is known of others stays: of two files that are heard at the same moment, one may not have met the other.
/// Two that are compared with each other at the same moment agree, for the comparison has no direction.
pub async fn record_likenesses(
    tx: &Tx,
    ctx: &Ctx,
    id: AssetId,
    compared: &BTreeMap<AssetId, Option<i32>>,
) -> Result<(), CatalogError> {
    lock_any(tx, ctx, id).await?;
    let of_this = Condition::any().add(likeness::Column::AssetId.eq(id)).add(likeness::Column::OtherId.eq(id));
    let known: BTreeSet<(AssetId, AssetId)> = likeness::Entity::find()
        .filter(of_this)
        .all(tx)
        .await?
        .into_iter()
        .map(|row| (row.asset_id, row.other_id))
        .collect();
    // By ids, as everybody writes them: of two who write the same pairs, one waits for the other and neither for both.
    for (other, alike) in compared.iter().filter(|(other, _)| **other != id) {
        let pair = (id.min(*other), id.max(*other));
        if let Some(ppm) = alike {
            let row = likeness::Model { asset_id: pair.0, other_id: pair.1, similarity_ppm: *ppm };
            let again = OnConflict::columns([likeness::Column::AssetId, likeness::Column::OtherId])
                .update_column(likeness::Column::SimilarityPpm)
                .to_owned();
            likeness::Entity::insert(row.into_active_model()).on_conflict(again).exec_without_returning(tx).await?;
        } else if known.contains(&pair) {
            likeness::Entity::delete_by_id(pair).exec(tx).await?;
        }
    }
    Ok(())
}

/// Records what was found in a beat's stems beside its mix, none if it had no mix that was ready. Only if it still has the very same set and mix;
/// says whether it had.
pub async fn record_stem_check(
    tx: &Tx,
    ctx: &Ctx,
    beat: BeatId,
    mix: Option<AssetId>,
    verdict: Verdict,
    found: StemSetFindings,
) -> Result<bool, CatalogError> {
    let source = super::lock_beat(tx, ctx, beat, crate::policy::Action::WriteCatalog).await?.source_asset_id;
    let ready = asset::Column::State.eq(AssetState::Ready);
    let source = match source {
        Some(id) => asset::Entity::find_by_id(id).filter(ready).one(tx).await?.map(|asset| asset.id),
        None => None,
    };
    if source != mix {
        return Ok(false);
    }
    let set =
        stem::Entity::find().filter(stem::Column::BeatId.eq(beat)).order_by_asc(stem::Column::Position).all(tx).await?;
    if !set.iter().map(|stem| stem.asset_id).eq(found.0.iter().map(|stem| stem.asset)) {
        return Ok(false);
    }
    stem_check::Entity::delete_by_id(beat).exec(tx).await?;
    let row = stem_check::Model { beat_id: beat, verdict, stems: found, checked_at: ctx.env.now() };
    row.into_active_model().insert(tx).await?;
    Ok(true)
}
