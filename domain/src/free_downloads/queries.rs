//! What is downloaded for free, by whom, and who may be mailed.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{
    FreeDownloadError,
    entity::{consent, free_download, request},
    rules,
};
use crate::{
    actor::Ctx,
    catalog::entity::{asset, beat},
    env::Instant,
    ids::{BeatId, FreeDownloadRequestId, MailingConsentId, StudioId},
    licensing::queries::sold_exclusively,
    links::{LinkKey, Purpose},
    page::{self, Page, PageRequest},
    policy::{self, Action},
    report::StoreError,
    store::Db,
};

/// The preview of a beat, if it is downloaded for free now. Open to anybody: whether it may be fetched is for who asks.
pub async fn free_preview(db: &impl ConnectionTrait, beat: &beat::Model) -> Result<Option<asset::Model>, StoreError> {
    let is_on = free_download::Entity::find_by_id(beat.id).one(db).await?.is_some();
    let is_claimed = is_on && !sold_exclusively(db, &[beat.work_id]).await?.is_empty();
    if !rules::is_free(is_on, beat.state, is_claimed, beat.preview_asset_id.is_some()) {
        return Ok(None);
    }
    match beat.preview_asset_id {
        Some(preview) => Ok(asset::Entity::find_by_id(preview).one(db).await?),
        None => Ok(None),
    }
}

/// A request with its beat, as whoever holds its link sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requested {
    /// The request.
    pub request: request::Model,
    /// Its beat.
    pub beat: beat::Model,
    /// The preview; none if it is not downloaded for free any more.
    pub preview: Option<asset::Model>,
    /// The consent of the address that stands; none before it is confirmed, or once it is withdrawn.
    pub consent: Option<MailingConsentId>,
}

/// The request of a link. For whoever holds it.
pub async fn find_by_link(
    db: &impl ConnectionTrait,
    links: &LinkKey,
    token: &str,
    now: Instant,
) -> Result<Requested, FreeDownloadError> {
    let id: FreeDownloadRequestId = links.open(Purpose::FreeDownload, token, now)?;
    find_requested(db, id).await?.ok_or(FreeDownloadError::BadLink)
}

/// A request with its beat, for the program itself.
pub async fn find_requested(
    db: &impl ConnectionTrait,
    id: FreeDownloadRequestId,
) -> Result<Option<Requested>, StoreError> {
    let Some(request) = request::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let Some(beat) = beat::Entity::find_by_id(request.beat_id).one(db).await? else { return Ok(None) };
    let standing = consent::Entity::find()
        .filter(consent::Column::StudioId.eq(request.studio_id))
        .filter(consent::Column::EmailKey.eq(request.email.account_key()))
        .filter(consent::Column::WithdrawnAt.is_null())
        .one(db)
        .await?;
    let preview = free_preview(db, &beat).await?;
    Ok(Some(Requested { request, beat, preview, consent: standing.map(|consent| consent.id) }))
}

/// The file of a link, once its address is confirmed. For whoever holds it.
pub async fn find_file(
    db: &impl ConnectionTrait,
    links: &LinkKey,
    token: &str,
    now: Instant,
) -> Result<(beat::Model, asset::Model), FreeDownloadError> {
    let Requested { request, beat, preview, .. } = find_by_link(db, links, token, now).await?;
    if request.confirmed_at.is_none() {
        return Err(FreeDownloadError::Unconfirmed);
    }
    Ok((beat, preview.ok_or(FreeDownloadError::NotFree)?))
}

/// The consent of a link that withdraws it. For whoever holds it.
pub async fn find_consent_by_link(
    db: &impl ConnectionTrait,
    links: &LinkKey,
    token: &str,
    now: Instant,
) -> Result<consent::Model, FreeDownloadError> {
    let id: MailingConsentId = links.open(Purpose::Unsubscribe, token, now)?;
    consent::Entity::find_by_id(id).one(db).await?.ok_or(FreeDownloadError::BadLink)
}

/// The studio's beats that are downloaded for free, those entered last first.
pub async fn list_free_downloads(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    page: PageRequest<BeatId>,
) -> Result<Page<free_download::Model>, FreeDownloadError> {
    policy::require(&ctx.actor, Action::ReadCatalog, studio)?;
    let query = free_download::Entity::find().filter(free_download::Column::StudioId.eq(studio));
    Ok(page::fetch(db, query, free_download::Column::BeatId, page).await?)
}

/// The consents that a studio was given, newest first; those that stand alone, if so asked.
pub async fn list_consents(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    only_standing: bool,
    page: PageRequest<MailingConsentId>,
) -> Result<Page<consent::Model>, FreeDownloadError> {
    policy::require(&ctx.actor, Action::ReadSales, studio)?;
    let mut query = consent::Entity::find().filter(consent::Column::StudioId.eq(studio));
    if only_standing {
        query = query.filter(consent::Column::WithdrawnAt.is_null());
    }
    Ok(page::fetch(db, query, consent::Column::Id, page).await?)
}
