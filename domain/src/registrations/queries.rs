//! Reading registrations.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::{
    RegistrationError,
    entity::{acknowledgement, cwr_file, cwr_file_work, message, release, settings, track, work_registration},
};
use crate::{
    actor::Ctx,
    catalog::entity::{asset, work},
    ids::{CwrAcknowledgementId, CwrFileId, ReleaseId, ReleaseMessageId, StudioId, WorkId},
    page::{self, Page, PageRequest},
    policy::{self, Action},
    report::StoreError,
    store::Db,
};

/// How a studio registers; none until somebody has said so.
pub async fn find_settings(db: &Db, ctx: &Ctx, studio: StudioId) -> Result<Option<settings::Model>, RegistrationError> {
    policy::require(&ctx.actor, Action::ReadCatalog, studio)?;
    Ok(settings::Entity::find_by_id(studio).one(db).await?)
}

/// One release, for who sees the studio's catalogue, or for the program itself.
pub async fn find_release(db: &Db, ctx: &Ctx, id: ReleaseId) -> Result<Option<release::Model>, RegistrationError> {
    let found = release::Entity::find_by_id(id).one(db).await?;
    Ok(policy::visible(&ctx.actor, Action::ReadCatalog, found, |row| row.studio_id)?)
}

/// The studio's releases, newest first.
pub async fn list_releases(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    page: PageRequest<ReleaseId>,
) -> Result<Page<release::Model>, RegistrationError> {
    policy::require(&ctx.actor, Action::ReadCatalog, studio)?;
    let query = release::Entity::find().filter(release::Column::StudioId.eq(studio));
    Ok(page::fetch(db, query, release::Column::Id, page).await?)
}

/// The tracks of releases, in their order. For who has been shown the releases: it asks nothing itself.
pub async fn tracks_of(
    db: &impl ConnectionTrait,
    releases: &[ReleaseId],
) -> Result<HashMap<ReleaseId, Vec<track::Model>>, StoreError> {
    let rows = track::Entity::find()
        .filter(track::Column::ReleaseId.is_in(releases.iter().copied()))
        .order_by_asc(track::Column::Position)
        .all(db)
        .await?;
    let mut by_release: HashMap<ReleaseId, Vec<track::Model>> = HashMap::new();
    for row in rows {
        by_release.entry(row.release_id).or_default().push(row);
    }
    Ok(by_release)
}

/// The notifications of releases, the last first. For who has been shown the releases: it asks nothing itself.
pub async fn messages_of(
    db: &impl ConnectionTrait,
    releases: &[ReleaseId],
) -> Result<HashMap<ReleaseId, Vec<message::Model>>, StoreError> {
    let rows = message::Entity::find()
        .filter(message::Column::ReleaseId.is_in(releases.iter().copied()))
        .order_by_desc(message::Column::Number)
        .all(db)
        .await?;
    let mut by_release: HashMap<ReleaseId, Vec<message::Model>> = HashMap::new();
    for row in rows {
        by_release.entry(row.release_id).or_default().push(row);
    }
    Ok(by_release)
}

/// A notification's file, for who sees the studio's catalogue.
pub async fn find_message_file(
    db: &Db,
    ctx: &Ctx,
    id: ReleaseMessageId,
) -> Result<Option<asset::Model>, RegistrationError> {
    let found = message::Entity::find_by_id(id).one(db).await?;
    let found = policy::visible(&ctx.actor, Action::ReadCatalog, found, |row| row.studio_id)?;
    Ok(match found {
        Some(row) => asset::Entity::find_by_id(row.asset_id).one(db).await?,
        None => None,
    })
}

/// What is registered of a work, for who sees the studio's catalogue; none if nothing is.
pub async fn find_work_registration(
    db: &Db,
    ctx: &Ctx,
    work: WorkId,
) -> Result<Option<work_registration::Model>, RegistrationError> {
    let found = work::Entity::find_by_id(work).one(db).await?;
    let found = policy::visible(&ctx.actor, Action::ReadCatalog, found, |row| row.studio_id)?;
    found.ok_or(RegistrationError::NotFound { what: "work", field: "work" })?;
    Ok(work_registration::Entity::find_by_id(work).one(db).await?)
}

/// The works of a studio that are to be registered: those of which something is said, in the order of their codes.
pub async fn list_registered(db: &Db, ctx: &Ctx, studio: StudioId) -> Result<Vec<WorkId>, RegistrationError> {
    policy::require(&ctx.actor, Action::ReadCatalog, studio)?;
    let works = work_registration::Entity::find()
        .select_only()
        .column(work_registration::Column::WorkId)
        .filter(work_registration::Column::StudioId.eq(studio))
        .order_by_asc(work_registration::Column::Code)
        .into_tuple()
        .all(db)
        .await?;
    Ok(works)
}

/// A file for societies, and where it lies, for who sees the studio's catalogue.
pub async fn find_cwr_file(
    db: &Db,
    ctx: &Ctx,
    id: CwrFileId,
) -> Result<Option<(cwr_file::Model, asset::Model)>, RegistrationError> {
    let found = cwr_file::Entity::find_by_id(id).one(db).await?;
    let found = policy::visible(&ctx.actor, Action::ReadCatalog, found, |row| row.studio_id)?;
    let Some(found) = found else { return Ok(None) };
    let file = asset::Entity::find_by_id(found.asset_id).one(db).await?;
    Ok(file.map(|file| (found, file)))
}

/// The studio's files for societies, newest first.
pub async fn list_cwr_files(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    page: PageRequest<CwrFileId>,
) -> Result<Page<cwr_file::Model>, RegistrationError> {
    policy::require(&ctx.actor, Action::ReadCatalog, studio)?;
    let query = cwr_file::Entity::find().filter(cwr_file::Column::StudioId.eq(studio));
    Ok(page::fetch(db, query, cwr_file::Column::Id, page).await?)
}

/// The works of files for societies, in their order. For who has been shown the files: it asks nothing itself.
pub async fn works_of_files(
    db: &impl ConnectionTrait,
    files: &[CwrFileId],
) -> Result<HashMap<CwrFileId, Vec<cwr_file_work::Model>>, StoreError> {
    let rows = cwr_file_work::Entity::find()
        .filter(cwr_file_work::Column::FileId.is_in(files.iter().copied()))
        .order_by_asc(cwr_file_work::Column::Position)
        .all(db)
        .await?;
    let mut by_file: HashMap<CwrFileId, Vec<cwr_file_work::Model>> = HashMap::new();
    for row in rows {
        by_file.entry(row.file_id).or_default().push(row);
    }
    Ok(by_file)
}

/// What societies have answered to a studio, newest first; of one work, if one is named.
pub async fn list_acknowledgements(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    work: Option<WorkId>,
    page: PageRequest<CwrAcknowledgementId>,
) -> Result<Page<acknowledgement::Model>, RegistrationError> {
    policy::require(&ctx.actor, Action::ReadCatalog, studio)?;
    let query = acknowledgement::Entity::find()
        .filter(acknowledgement::Column::StudioId.eq(studio))
        .apply_if(work, |query, work| query.filter(acknowledgement::Column::WorkId.eq(work)));
    Ok(page::fetch(db, query, acknowledgement::Column::Id, page).await?)
}
