//! Reading what is owed, what is ready and what was fetched.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{
    entity::{DeliverableKind, RenderPurpose, deliverable, download},
    error::DeliveryError,
    renders::{self, RenderProgress},
    rules,
};
use crate::{
    actor::{Actor, Ctx},
    catalog::entity::{AssetState, asset, beat, stem},
    ids::{AssetId, BeatId, DeliverableId, DownloadId, LicenceId, OrderId, StudioId},
    licensing::entity::licence,
    page::{self, Page, PageRequest},
    policy::{self, Action, Denied},
    report::StoreError,
    sales::{entitlements::entitlement, entity::order},
    store::Db,
};

/// A stem with its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StemFile {
    /// Its name inside the archive.
    pub entry_name: String,
    /// The file.
    pub asset: asset::Model,
}

/// A file owed, with the facts of what is stored for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliverableFile {
    /// What is owed.
    pub deliverable: deliverable::Model,
    /// The stored file; none until it is made, and none for an archive that is made as it is sent.
    pub asset: Option<asset::Model>,
}

/// What a download link opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Download {
    /// One stored file.
    File {
        /// What is owed.
        deliverable: deliverable::Model,
        /// The stored file.
        asset: asset::Model,
    },
    /// An archive to be made as it is sent.
    Stems {
        /// What is owed.
        deliverable: deliverable::Model,
        /// Its members, in their order; never empty.
        stems: Vec<StemFile>,
    },
}

impl Download {
    /// What is owed.
    pub fn deliverable(&self) -> &deliverable::Model {
        match self {
            Self::File { deliverable, .. } | Self::Stems { deliverable, .. } => deliverable,
        }
    }
}

/// Whether a beat has stems and each has been looked through and found good.
pub(super) async fn stems_are_ready(db: &impl ConnectionTrait, beat: BeatId) -> Result<bool, StoreError> {
    let stems = stem::Entity::find().filter(stem::Column::BeatId.eq(beat)).all(db).await?;
    let assets = assets_by_id(db, stems.iter().map(|stem| stem.asset_id)).await?;
    let all_ready =
        stems.iter().all(|stem| assets.get(&stem.asset_id).is_some_and(|asset| asset.state == AssetState::Ready));
    Ok(!stems.is_empty() && all_ready)
}

/// The beats of which a file is a stem.
pub async fn list_beats_with_stem(db: &impl ConnectionTrait, asset: AssetId) -> Result<Vec<BeatId>, StoreError> {
    let stems = stem::Entity::find().filter(stem::Column::AssetId.eq(asset)).all(db).await?;
    Ok(stems.into_iter().map(|stem| stem.beat_id).collect())
}

async fn assets_by_id(
    db: &impl ConnectionTrait,
    ids: impl Iterator<Item = AssetId>,
) -> Result<HashMap<AssetId, asset::Model>, StoreError> {
    let rows = asset::Entity::find().filter(asset::Column::Id.is_in(ids)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Whether the caller may see an order's deliveries: the holder of its link, or a member or key of the seller's studio.
fn require_order(actor: &Actor, order: &order::Model) -> Result<(), DeliveryError> {
    match actor {
        Actor::Buyer { order: own } if *own == order.id => Ok(()),
        actor => Ok(policy::require(actor, Action::ReadDeliveries, order.studio_id)?),
    }
}

/// Refuses who may not act on a thing of this studio. What is not there and what is another's look alike.
fn require_known(
    actor: &Actor,
    action: Action,
    studio: Option<StudioId>,
    what: &'static str,
) -> Result<(), DeliveryError> {
    let nowhere = StudioId(sea_orm::prelude::Uuid::nil());
    match (policy::require(actor, action, studio.unwrap_or(nowhere)), studio) {
        (Ok(()), Some(_)) => Ok(()),
        (Err(Denied::Stranger), _) | (Ok(()), None) => Err(DeliveryError::NotFound(what)),
        (Err(denied), _) => Err(denied.into()),
    }
}

/// An order, for the holder of its link or a member or key of the seller's studio who sees deliveries.
pub async fn find_order(db: &Db, ctx: &Ctx, id: OrderId) -> Result<order::Model, DeliveryError> {
    let found = order::Entity::find_by_id(id).one(db).await?;
    if matches!(&ctx.actor, Actor::Buyer { order } if *order == id) {
        return found.ok_or(DeliveryError::NotFound("order"));
    }
    require_known(&ctx.actor, Action::ReadDeliveries, found.as_ref().map(|order| order.studio_id), "order")?;
    found.ok_or(DeliveryError::NotFound("order"))
}

/// The files owed for an order, by licence and kind.
pub async fn list_of_order(db: &Db, ctx: &Ctx, order: &order::Model) -> Result<Vec<DeliverableFile>, DeliveryError> {
    require_order(&ctx.actor, order)?;
    let rows = deliverable::Entity::find()
        .filter(deliverable::Column::OrderId.eq(order.id))
        .order_by_asc(deliverable::Column::LicenceId)
        .order_by_asc(deliverable::Column::Id)
        .all(db)
        .await?;
    let assets = assets_by_id(db, rows.iter().filter_map(|row| row.asset_id)).await?;
    let file = |row: deliverable::Model| DeliverableFile {
        asset: row.asset_id.and_then(|id| assets.get(&id)).cloned(),
        deliverable: row,
    };
    Ok(rows.into_iter().map(file).collect())
}

/// What a download link opens now: derived each time from the order, the licence and the files.
pub async fn find_download(db: &Db, id: DeliverableId) -> Result<Download, DeliveryError> {
    let row = deliverable::Entity::find_by_id(id).one(db).await?.ok_or(DeliveryError::NotFound("file"))?;
    let order = order::Entity::find_by_id(row.order_id).one(db).await?.ok_or(DeliveryError::NotFound("order"))?;
    rules::access(entitlement(db, &order).await?)?;
    if row.kind == DeliverableKind::Stems {
        let licence =
            licence::Entity::find_by_id(row.licence_id).one(db).await?.ok_or(DeliveryError::NotFound("licence"))?;
        let stems = list_stem_files(db, licence.beat_id).await?;
        if stems.is_empty() {
            return Err(DeliveryError::NoStems);
        }
        if row.ready_at.is_none() {
            return Err(DeliveryError::NotReady);
        }
        return Ok(Download::Stems { deliverable: row, stems });
    }
    let asset_id = row.asset_id.ok_or(DeliveryError::NotReady)?;
    let asset = asset::Entity::find_by_id(asset_id).one(db).await?.ok_or(DeliveryError::NotFound("file"))?;
    Ok(Download::File { deliverable: row, asset })
}

/// A beat's stems that are ready, in their order, each with its file. For the program itself.
pub async fn list_stems(db: &Db, beat: BeatId) -> Result<Vec<(stem::Model, asset::Model)>, StoreError> {
    let stems =
        stem::Entity::find().filter(stem::Column::BeatId.eq(beat)).order_by_asc(stem::Column::Position).all(db).await?;
    let mut assets = assets_by_id(db, stems.iter().map(|stem| stem.asset_id)).await?;
    assets.retain(|_, asset| asset.state == AssetState::Ready);
    let ready = stems.into_iter().filter_map(|stem| {
        let asset = assets.get(&stem.asset_id)?.clone();
        Some((stem, asset))
    });
    Ok(ready.collect())
}

/// The members of a beat's stem archive.
async fn list_stem_files(db: &Db, beat: BeatId) -> Result<Vec<StemFile>, StoreError> {
    let member = |(stem, asset): (stem::Model, asset::Model)| StemFile {
        entry_name: rules::stem_entry_name(stem.position, &stem.name, &asset.file_name),
        asset,
    };
    Ok(list_stems(db, beat).await?.into_iter().map(member).collect())
}

/// How an order's delivery stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderProgress {
    /// The order.
    pub order: order::Model,
    /// Files that are ready.
    pub ready: usize,
    /// Files owed.
    pub owed: usize,
    /// The bounces of its beats.
    pub renders: Vec<RenderProgress>,
}

/// How an order's delivery stands, for the holder of its link or the seller's studio.
pub async fn find_order_progress(db: &Db, ctx: &Ctx, order: OrderId) -> Result<OrderProgress, DeliveryError> {
    let order = find_order(db, ctx, order).await?;
    let rows = deliverable::Entity::find().filter(deliverable::Column::OrderId.eq(order.id)).all(db).await?;
    let licences = licence::Entity::find().filter(licence::Column::OrderId.eq(order.id)).all(db).await?;
    let mut beats: Vec<BeatId> = licences.iter().map(|licence| licence.beat_id).collect();
    beats.dedup();
    let mut renders = renders::list_progress(db, &beats).await?;
    renders.retain(|render| render.purpose == RenderPurpose::Masters);
    let ready = rows.iter().filter(|row| row.ready_at.is_some()).count();
    Ok(OrderProgress { order, ready, owed: rows.len(), renders })
}

/// How the renders of a beat stand, for its studio.
pub async fn list_render_progress(db: &Db, ctx: &Ctx, beat: BeatId) -> Result<Vec<RenderProgress>, DeliveryError> {
    let found = beat::Entity::find_by_id(beat).one(db).await?;
    let studio = found.map(|beat| beat.studio_id);
    require_known(&ctx.actor, Action::ReadCatalog, studio, "beat")?;
    Ok(renders::list_progress(db, &[beat]).await?)
}

/// The downloads under a licence, newest first.
pub async fn list_downloads(
    db: &Db,
    ctx: &Ctx,
    licence: LicenceId,
    page: PageRequest<DownloadId>,
) -> Result<Page<download::Model>, DeliveryError> {
    let found = licence::Entity::find_by_id(licence).one(db).await?;
    require_known(&ctx.actor, Action::ReadDeliveries, found.map(|licence| licence.studio_id), "licence")?;
    let query = download::Entity::find().filter(download::Column::LicenceId.eq(licence));
    Ok(page::fetch(db, query, download::Column::Id, page).await?)
}

/// A licence whose contract is still to be made, with what waits for it. For the program itself.
pub async fn find_waiting_contract(
    db: &Db,
    id: LicenceId,
) -> Result<Option<(licence::Model, deliverable::Model)>, StoreError> {
    let waiting = deliverable::Entity::find()
        .filter(deliverable::Column::LicenceId.eq(id))
        .filter(deliverable::Column::Kind.eq(DeliverableKind::Contract))
        .filter(deliverable::Column::ReadyAt.is_null())
        .one(db)
        .await?;
    let licence = licence::Entity::find_by_id(id).one(db).await?;
    Ok(licence.zip(waiting))
}
