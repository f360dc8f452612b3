//! Resumable uploads. The bytes lie in the upload folder of the API, or in parts in the store; here is what is known of them.

use chrono::Duration;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use super::{NewFile, add_asset};
use crate::{
    actor::Ctx,
    catalog::{
        CatalogError,
        entity::{AssetKind, PartTags, asset, upload},
        rules::files,
    },
    ids::{StudioId, UploadId},
    policy::{Action, require, visible},
    ports::Stored,
    store::Tx,
};

/// How long an upload is kept after its last byte, in hours.
pub const UPLOAD_HOURS: i64 = 24;

/// An upload to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeginUpload {
    /// What the file is for: a source, stem, artwork or tag.
    pub kind: AssetKind,
    /// Its name.
    pub file_name: String,
    /// The media type that the client declares.
    pub declared: Option<String>,
    /// Its length in bytes.
    pub length_bytes: u64,
}

/// Begins an upload.
pub async fn begin_upload(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    upload: BeginUpload,
) -> Result<upload::Model, CatalogError> {
    require(&ctx.actor, Action::WriteCatalog, studio)?;
    files::check_length(upload.kind, upload.length_bytes)?;
    let row = upload::ActiveModel {
        id: Set(ctx.env.id()),
        studio_id: Set(studio),
        kind: Set(upload.kind),
        file_name: Set(files::file_name(&upload.file_name)?),
        media_type: Set(upload.declared),
        length_bytes: Set(i64::try_from(upload.length_bytes).unwrap_or(i64::MAX)),
        offset_bytes: Set(0),
        asset_id: Set(None),
        created_at: Set(ctx.env.now()),
        expires_at: Set(ctx.env.now() + Duration::hours(UPLOAD_HOURS)),
        multipart: Set(None),
        part_tags: Set(PartTags::default()),
    };
    Ok(row.insert(tx).await?)
}

/// Records how many bytes are on disk, and keeps the upload for another [`UPLOAD_HOURS`]. The disk is the truth: the offset may go back, too, after a
/// power cut.
pub async fn record_upload_offset(
    tx: &Tx,
    ctx: &Ctx,
    id: UploadId,
    offset_bytes: u64,
) -> Result<upload::Model, CatalogError> {
    let upload = lock_upload(tx, ctx, id).await?;
    if upload.asset_id.is_some() {
        return Ok(upload);
    }
    if upload.multipart.is_some() {
        return Err(CatalogError::UploadOffset { offset: upload.offset_bytes.unsigned_abs() });
    }
    let (length, offset) = (upload.length_bytes, i64::try_from(offset_bytes).unwrap_or(i64::MAX));
    if offset > length {
        return Err(CatalogError::UploadLength { found: offset_bytes, length: length.unsigned_abs() });
    }
    let mut row = upload.into_active_model();
    row.offset_bytes = Set(offset);
    row.expires_at = Set(ctx.env.now() + Duration::hours(UPLOAD_HOURS));
    Ok(row.update(tx).await?)
}

/// Has an upload of which nothing has arrived sent straight to the store, which knows its parts by a name. If it is sent there already, its name stays.
pub async fn lead_upload(tx: &Tx, ctx: &Ctx, id: UploadId, multipart: String) -> Result<upload::Model, CatalogError> {
    let upload = lock_upload(tx, ctx, id).await?;
    if upload.multipart.is_some() {
        return Ok(upload);
    }
    if upload.offset_bytes > 0 {
        return Err(CatalogError::UploadOffset { offset: upload.offset_bytes.unsigned_abs() });
    }
    let mut row = upload.into_active_model();
    row.multipart = Set(Some(multipart));
    Ok(row.update(tx).await?)
}

/// Records that the store has the part that begins at an offset, by the tag that it gave; keeps the upload for another [`UPLOAD_HOURS`].
pub async fn record_upload_part(
    tx: &Tx,
    ctx: &Ctx,
    id: UploadId,
    offset_bytes: u64,
    tag: String,
) -> Result<upload::Model, CatalogError> {
    let upload = lock_upload(tx, ctx, id).await?;
    let (length, offset) = (upload.length_bytes.unsigned_abs(), upload.offset_bytes.unsigned_abs());
    let bytes = files::part_bytes(length, offset);
    if upload.multipart.is_none() || offset_bytes != offset || bytes == 0 {
        return Err(CatalogError::UploadOffset { offset });
    }
    let PartTags(mut tags) = upload.part_tags.clone();
    tags.push(tag);
    let mut row = upload.into_active_model();
    row.part_tags = Set(PartTags(tags));
    row.offset_bytes = Set(i64::try_from(offset + bytes).unwrap_or(i64::MAX));
    row.expires_at = Set(ctx.env.now() + Duration::hours(UPLOAD_HOURS));
    Ok(row.update(tx).await?)
}

/// Makes an asset of a whole upload whose bytes lie in the store. Finishing twice gives the same asset.
pub async fn finish_upload(
    tx: &Tx,
    ctx: &Ctx,
    id: UploadId,
    stored: Stored,
    head: Vec<u8>,
) -> Result<asset::Model, CatalogError> {
    let upload = lock_upload(tx, ctx, id).await?;
    if let Some(done) = upload.asset_id {
        let asset = asset::Entity::find_by_id(done).one(tx).await?;
        return asset.ok_or(CatalogError::NotFound { what: "file", field: "id".to_owned() });
    }
    let length = upload.length_bytes.unsigned_abs();
    if stored.bytes != length {
        return Err(CatalogError::UploadLength { found: stored.bytes, length });
    }
    let file = NewFile {
        kind: upload.kind,
        file_name: upload.file_name.clone(),
        declared: upload.media_type.clone(),
        stored,
        head,
    };
    let asset = add_asset(tx, ctx, upload.studio_id, file).await?;
    let mut row = upload.into_active_model();
    row.offset_bytes = Set(asset.bytes);
    row.asset_id = Set(Some(asset.id));
    row.update(tx).await?;
    Ok(asset)
}

/// Forgets an upload; the asset that it became, if any, stays.
pub async fn end_upload(tx: &Tx, ctx: &Ctx, id: UploadId) -> Result<(), CatalogError> {
    let upload = lock_any(tx, ctx, id).await?;
    upload.into_active_model().delete(tx).await?;
    Ok(())
}

/// Forgets an upload that can only be begun anew; gives it as it is if another request has brought it further, or to its end, since it was found so.
pub async fn lose_upload(tx: &Tx, ctx: &Ctx, found: &upload::Model) -> Result<Option<upload::Model>, CatalogError> {
    let upload = lock_any(tx, ctx, found.id).await?;
    if upload.asset_id.is_some() || upload.offset_bytes != found.offset_bytes {
        return Ok(Some(upload));
    }
    upload.into_active_model().delete(tx).await?;
    Ok(None)
}

/// Forgets up to 100 uploads whose time is over, and gives them, so that their bytes can go, too.
pub async fn take_expired_uploads(tx: &Tx, ctx: &Ctx) -> Result<Vec<upload::Model>, CatalogError> {
    let over = upload::Entity::find()
        .filter(upload::Column::ExpiresAt.lte(ctx.env.now()))
        .order_by_asc(upload::Column::Id)
        .limit(100)
        .lock_exclusive()
        .all(tx)
        .await?;
    let ids = over.iter().map(|upload| upload.id);
    upload::Entity::delete_many().filter(upload::Column::Id.is_in(ids)).exec(tx).await?;
    Ok(over)
}

async fn lock_any(tx: &Tx, ctx: &Ctx, id: UploadId) -> Result<upload::Model, CatalogError> {
    let found = upload::Entity::find_by_id(id).lock_exclusive().one(tx).await?;
    visible(&ctx.actor, Action::WriteCatalog, found, |upload| upload.studio_id)?
        .ok_or(CatalogError::NotFound { what: "upload", field: "id".to_owned() })
}

async fn lock_upload(tx: &Tx, ctx: &Ctx, id: UploadId) -> Result<upload::Model, CatalogError> {
    let upload = lock_any(tx, ctx, id).await?;
    let over = upload.asset_id.is_none() && upload.expires_at <= ctx.env.now();
    if over { Err(CatalogError::UploadExpired) } else { Ok(upload) }
}
