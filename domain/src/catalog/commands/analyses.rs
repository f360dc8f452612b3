//! What the audio worker heard in files of music and in stem sets, and asking it to listen again.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    sea_query::OnConflict,
};

use super::files::lock_any;
use crate::{
    actor::Ctx,
    catalog::{
        CatalogError,
        entity::{
            AssetKind, AssetState, Findings, Fingerprint, StemSetFindings, Verdict, analysis, likeness, stem,
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

/// Records which of the studio's files sound like one, each with how much they have in common in parts per million; what was known before gives way.
/// Two files that are compared with each other at the same moment agree, for the comparison has no direction.
pub async fn record_likenesses(tx: &Tx, ctx: &Ctx, id: AssetId, alike: &[(AssetId, i32)]) -> Result<(), CatalogError> {
    lock_any(tx, ctx, id).await?;
    let of_this = Condition::any().add(likeness::Column::AssetId.eq(id)).add(likeness::Column::OtherId.eq(id));
    likeness::Entity::delete_many().filter(of_this).exec(tx).await?;
    let rows = alike.iter().filter(|(other, _)| *other != id).map(|(other, ppm)| likeness::ActiveModel {
        asset_id: Set(id.min(*other)),
        other_id: Set(id.max(*other)),
        similarity_ppm: Set(*ppm),
    });
    for row in rows {
        let pair = OnConflict::columns([likeness::Column::AssetId, likeness::Column::OtherId])
            .update_column(likeness::Column::SimilarityPpm)
            .to_owned();
        likeness::Entity::insert(row).on_conflict(pair).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Records what was found in a beat's stems, if it still has the very same set; says whether it had.
pub async fn record_stem_check(
    tx: &Tx,
    ctx: &Ctx,
    beat: BeatId,
    verdict: Verdict,
    found: StemSetFindings,
) -> Result<bool, CatalogError> {
    super::lock_beat(tx, ctx, beat, crate::policy::Action::WriteCatalog).await?;
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
