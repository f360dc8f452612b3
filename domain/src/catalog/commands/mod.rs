//! Changing the catalogue. Every command asks the policy first; where a state moves, the row is locked.

mod analyses;
mod archives;
mod beats;
mod files;
mod sale;
mod sets;
mod uploads;

pub use analyses::{Heard, record_analysis, record_likenesses, record_stem_check, request_analysis};
pub use archives::record_unpacking;
pub use beats::{BeatChange, NewBeat, create_beat, update_beat};
pub(crate) use beats::{create_beat_of, insert_recording, insert_work, set_recording_isrc};
pub use files::{Facts, NewFile, RenderedFile, add_asset, add_rendered_asset, record_inspection, record_measurement};
pub(crate) use sale::rebounce_masters;
pub use sale::{publish_beat, record_preview, unpublish_beat, withdraw_work};
use sea_orm::{EntityTrait, QuerySelect, sea_query::LockType};
pub use sets::{NewStem, set_collaborators, set_stems};
pub use uploads::{
    BeginUpload, UPLOAD_HOURS, begin_upload, end_upload, finish_upload, lead_upload, lose_upload, record_upload_offset,
    record_upload_part, take_expired_uploads,
};

use super::{
    CatalogError,
    entity::{AssetKind, asset, beat, work},
};
use crate::{
    actor::Ctx,
    ids::{AssetId, BeatId, StudioId, WorkId},
    licensing::entity::exclusive_claim,
    policy::{Action, visible},
    report::StoreError,
    store::Tx,
};

/// The beat, locked, if the caller may do that to it.
async fn lock_beat(tx: &Tx, ctx: &Ctx, id: BeatId, action: Action) -> Result<beat::Model, CatalogError> {
    let found = beat::Entity::find_by_id(id).lock_exclusive().one(tx).await?;
    visible(&ctx.actor, action, found, |beat| beat.studio_id)?
        .ok_or(CatalogError::NotFound { what: "beat", field: "id".to_owned() })
}

/// The work of a studio, locked against the sale of its exclusive.
async fn lock_work(tx: &Tx, studio: StudioId, id: WorkId, field: &str) -> Result<work::Model, CatalogError> {
    let found = work::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    found
        .filter(|work| work.studio_id == studio)
        .ok_or_else(|| CatalogError::NotFound { what: "work", field: field.to_owned() })
}

/// A file of a studio and of a kind, locked so that its inspection and its use do not miss each other.
async fn lock_asset(
    tx: &Tx,
    studio: StudioId,
    id: AssetId,
    needed: AssetKind,
    field: &str,
) -> Result<asset::Model, CatalogError> {
    let found = asset::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let asset = found
        .filter(|asset| asset.studio_id == studio)
        .ok_or_else(|| CatalogError::NotFound { what: "file", field: field.to_owned() })?;
    if asset.kind != needed {
        return Err(CatalogError::AssetKind { field: field.to_owned(), needed, found: asset.kind });
    }
    Ok(asset)
}

/// Whether somebody has bought the work exclusively.
async fn is_claimed(tx: &Tx, work: WorkId) -> Result<bool, StoreError> {
    Ok(exclusive_claim::Entity::find_by_id(work).one(tx).await?.is_some())
}
