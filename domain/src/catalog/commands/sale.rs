//! On sale and off it.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::{lock_beat, lock_work, sets};
use crate::{
    actor::Ctx,
    catalog::{
        CatalogError,
        entity::{AssetState, BeatState, asset, beat, stem, work},
    },
    ids::{AssetId, BeatId, StudioId, WorkId},
    licensing::{entity::tier, terms::TierCode},
    outbox::{self, Job, Priority},
    policy::{Action, visible},
    report::StoreError,
    sales::commands::exclusives::end_exclusive,
    splits,
    store::Tx,
};

/// Puts a beat on the storefront. It needs a ready source, a whole share table, a tier on sale that its samples do not bar and whose files exist, and
/// a work that nobody has exclusively; and if several have made it, the split that all of them have signed, unless the studio sells with the money
/// parked.
/// Publishing again a beat that is published changes nothing but asks for what has not been rendered. Of a beat that was withdrawn because its work was
/// sold exclusively, it ends that exclusive for good, if all of its price has gone back.
pub async fn publish_beat(tx: &Tx, ctx: &Ctx, id: BeatId) -> Result<beat::Model, CatalogError> {
    let found = beat::Entity::find_by_id(id).one(tx).await?;
    let found = visible(&ctx.actor, Action::PublishBeats, found, |beat| beat.studio_id)?;
    if let Some(sold) = found.filter(|beat| beat.state == BeatState::Sold) {
        // Before the beat, in the order in which a sale holds them.
        lock_work(tx, sold.studio_id, sold.work_id, "id").await?;
    }
    let beat = lock_beat(tx, ctx, id, Action::PublishBeats).await?;
    if !end_exclusive(tx, ctx, beat.work_id).await? {
        return Err(CatalogError::Sold);
    }
    require_ready_source(tx, &beat).await?;
    sets::require_whole(tx, id).await?;
    require_tier(tx, &beat).await?;
    if splits::withheld_beats(tx, beat.studio_id, &[id]).await?.contains(&id) {
        return Err(CatalogError::SplitUnsigned);
    }
    let studio = Some(beat.studio_id);
    if beat.preview_asset_id.is_none() {
        outbox::put(tx, ctx, studio, &Job::RenderPreview { beat: id }).await?;
    }
    outbox::put(tx, ctx, studio, &Job::BounceMasters { beat: id }).await?;
    if beat.state == BeatState::Published {
        return Ok(beat);
    }
    let now = ctx.env.now();
    let mut row = beat.into_active_model();
    row.state = Set(BeatState::Published);
    row.published_at = Set(Some(now));
    row.updated_at = Set(now);
    Ok(row.update(tx).await?)
}

/// Has the masters of a studio's beats on sale bounced anew once all that is more urgent is done: what their tags say of the studio has changed.
pub(crate) async fn rebounce_masters(tx: &Tx, ctx: &Ctx, studio: StudioId) -> Result<(), StoreError> {
    let on_sale = beat::Entity::find()
        .filter(beat::Column::StudioId.eq(studio))
        .filter(beat::Column::State.eq(BeatState::Published))
        .order_by_asc(beat::Column::Id)
        .all(tx)
        .await?;
    for beat in on_sale {
        outbox::put_at(tx, ctx, Some(studio), &Job::BounceMasters { beat: beat.id }, Priority::Idle).await?;
    }
    Ok(())
}

/// Takes a beat off the storefront. Licences already granted stay as they are; a cart that holds it says that it is not on sale any more.
pub async fn unpublish_beat(tx: &Tx, ctx: &Ctx, id: BeatId) -> Result<beat::Model, CatalogError> {
    let beat = lock_beat(tx, ctx, id, Action::PublishBeats).await?;
    match beat.state {
        BeatState::Unpublished => return Ok(beat),
        BeatState::Published => {}
        BeatState::Draft => return Err(CatalogError::State { state: beat.state }),
        BeatState::Sold => return Err(CatalogError::Sold),
    }
    let mut row = beat.into_active_model();
    row.state = Set(BeatState::Unpublished);
    row.updated_at = Set(ctx.env.now());
    Ok(row.update(tx).await?)
}

/// Withdraws a work, because its exclusive was sold: all its beats become `sold`, and none is offered any more; a cart that holds
/// one says so. Withdrawing twice is withdrawing once. Whoever enters an alternate at the same moment waits for this, and is then refused by the claim.
pub async fn withdraw_work(tx: &Tx, ctx: &Ctx, id: WorkId) -> Result<(), CatalogError> {
    let missing = || CatalogError::NotFound { what: "work", field: "id".to_owned() };
    let found = work::Entity::find_by_id(id).one(tx).await?;
    let work = visible(&ctx.actor, Action::PublishBeats, found, |work| work.studio_id)?.ok_or_else(missing)?;
    lock_work(tx, work.studio_id, id, "id").await?;
    let family = beat::Entity::find().filter(beat::Column::WorkId.eq(id)).lock_exclusive().all(tx).await?;
    for beat in family.into_iter().filter(|beat| beat.state != BeatState::Sold) {
        let mut row = beat.into_active_model();
        row.state = Set(BeatState::Sold);
        row.updated_at = Set(ctx.env.now());
        row.update(tx).await?;
    }
    Ok(())
}

/// Records a rendered preview and waveform, if the beat still has the source that they were rendered from; says whether it had.
pub async fn record_preview(
    tx: &Tx,
    ctx: &Ctx,
    id: BeatId,
    source: AssetId,
    preview: AssetId,
    waveform: AssetId,
) -> Result<bool, CatalogError> {
    let beat = lock_beat(tx, ctx, id, Action::WriteCatalog).await?;
    if beat.source_asset_id != Some(source) {
        return Ok(false);
    }
    let mut row = beat.into_active_model();
    row.preview_asset_id = Set(Some(preview));
    row.waveform_asset_id = Set(Some(waveform));
    row.updated_at = Set(ctx.env.now());
    row.update(tx).await?;
    Ok(true)
}

async fn require_ready_source(tx: &Tx, beat: &beat::Model) -> Result<(), CatalogError> {
    let source = beat.source_asset_id.ok_or(CatalogError::NoSource)?;
    let asset = asset::Entity::find_by_id(source).one(tx).await?.ok_or(CatalogError::NoSource)?;
    if asset.state == AssetState::Ready {
        return Ok(());
    }
    Err(CatalogError::AssetNotReady { field: "sourceAssetId".to_owned(), state: asset.state, refusal: asset.refusal })
}

/// A beat's own tier stands for the studio's of the same code; what the samples bar is not on sale.
async fn require_tier(tx: &Tx, beat: &beat::Model) -> Result<(), CatalogError> {
    let tiers = tier::Entity::find()
        .filter(tier::Column::StudioId.eq(beat.studio_id))
        .filter(Condition::any().add(tier::Column::BeatId.is_null()).add(tier::Column::BeatId.eq(beat.id)))
        .all(tx)
        .await?;
    let replaced: Vec<TierCode> = tiers.iter().filter(|tier| tier.beat_id.is_some()).map(|tier| tier.code).collect();
    let on_sale = |tier: &&tier::Model| tier.enabled && (tier.beat_id.is_some() || !replaced.contains(&tier.code));
    let mut on_sale: Vec<&tier::Model> = tiers.iter().filter(on_sale).collect();
    if on_sale.is_empty() {
        return Err(CatalogError::NoTier);
    }
    on_sale.retain(|tier| !beat.samples.bar(tier.code));
    if on_sale.is_empty() {
        return Err(CatalogError::SamplesBarEveryTier);
    }
    if on_sale.iter().all(|tier| tier.delivers_stems) {
        let stem = stem::Entity::find().filter(stem::Column::BeatId.eq(beat.id)).one(tx).await?;
        stem.ok_or(CatalogError::NoDeliverableTier)?;
    }
    Ok(())
}
