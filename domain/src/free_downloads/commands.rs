//! Switching free downloads on, asking for one, confirming an address, and withdrawing the consent.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::LockType,
};

use super::{
    FreeDownloadError,
    entity::{consent, free_download, request},
    queries::{find_consent_by_link, free_preview},
    rules::{LINK_LIFE, REQUESTS_PER_ADDRESS, REQUESTS_PER_IP, WORDING_VERSION},
};
use crate::{
    actor::Ctx,
    catalog::entity::{BeatState, beat},
    email::EmailAddress,
    identity::commands::{hold_open, throttle},
    ids::{BeatId, FreeDownloadRequestId, StudioId},
    links::{LinkKey, Purpose},
    outbox::{self, Job},
    parties::{self, PartyFacts},
    policy::{self, Action},
    report::StoreError,
    services::Services,
    store::{self, Tx},
};

/// Lets a beat's tagged preview be downloaded for an address, or no more. Links that were mailed open it exactly while it is on.
pub async fn set_free_download(
    tx: &Tx,
    ctx: &Ctx,
    beat: BeatId,
    is_on: bool,
) -> Result<beat::Model, FreeDownloadError> {
    let found = beat::Entity::find_by_id(beat).lock(LockType::NoKeyUpdate).one(tx).await?;
    let found = policy::visible(&ctx.actor, Action::PublishBeats, found, |beat| beat.studio_id)?;
    let found = found.ok_or(FreeDownloadError::NoBeat)?;
    if !is_on {
        free_download::Entity::delete_by_id(beat).exec(tx).await?;
        return Ok(found);
    }
    if found.state == BeatState::Sold {
        return Err(FreeDownloadError::Sold);
    }
    let row = free_download::Model { beat_id: beat, studio_id: found.studio_id, opened_at: ctx.env.now() };
    store::insert_new(tx, row.into_active_model()).await?;
    Ok(found)
}

/// Who asks for which download, and what they read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskDownload {
    /// The beat.
    pub beat: BeatId,
    /// The address.
    pub email: String,
    /// The version of the wording beside the form.
    pub wording_version: String,
    /// The network address; empty if it is not known.
    pub ip: String,
}

/// Asks for the free download of a studio's beat: a mail with a link is on its way to the address.
///
/// # Errors
/// If the beat is not downloaded for free, the wording is another now, or the address asks too often.
pub async fn request_download(
    services: &Services,
    ctx: &Ctx,
    studio: StudioId,
    asked: &AskDownload,
) -> Result<request::Model, FreeDownloadError> {
    let email: EmailAddress = asked.email.parse().map_err(|_| FreeDownloadError::Email)?;
    if asked.wording_version != WORDING_VERSION {
        return Err(FreeDownloadError::WordingChanged);
    }
    let tx = services.begin().await?;
    hold_open(&tx, studio).await??;
    let beat = beat::Entity::find_by_id(asked.beat).one(&tx).await?;
    let beat = beat.filter(|beat| beat.studio_id == studio).ok_or(FreeDownloadError::NoBeat)?;
    free_preview(&tx, &beat).await?.ok_or(FreeDownloadError::NotFree)?;
    if let Err(error) = count(&tx, ctx, &email, &asked.ip).await {
        // An attempt counts though it is refused.
        services.commit(tx).await?;
        return Err(error);
    }
    let now = ctx.env.now();
    let row = request::Model {
        id: ctx.env.id(),
        studio_id: studio,
        beat_id: beat.id,
        email,
        wording_version: WORDING_VERSION.to_owned(),
        asked_at: now,
        expires_at: now + LINK_LIFE,
        confirmed_at: None,
    };
    row.clone().into_active_model().insert(&tx).await?;
    outbox::put(&tx, ctx, Some(studio), &Job::MailFreeDownload { request: row.id }).await?;
    services.commit(tx).await?;
    Ok(row)
}

async fn count(tx: &Tx, ctx: &Ctx, email: &EmailAddress, ip: &str) -> Result<(), FreeDownloadError> {
    throttle::count(tx, &ctx.env, REQUESTS_PER_IP, ip).await?;
    throttle::count(tx, &ctx.env, REQUESTS_PER_ADDRESS, &email.account_key()).await?;
    Ok(())
}

/// Confirms the address that a link was mailed to: the consent is recorded, as that of a party of the studio, and the mail by which it is withdrawn is on
/// its way. Confirming twice is confirming once.
///
/// # Errors
/// If the link opens nothing any more, or the beat is not downloaded for free any more.
pub async fn confirm(
    tx: &Tx,
    ctx: &Ctx,
    links: &LinkKey,
    token: &str,
    ip: Option<String>,
) -> Result<request::Model, FreeDownloadError> {
    let id: FreeDownloadRequestId = links.open(Purpose::FreeDownload, token, ctx.env.now())?;
    let found = request::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let found = found.ok_or(FreeDownloadError::BadLink)?;
    if found.confirmed_at.is_some() {
        return Ok(found);
    }
    // Nobody consents for what they do not get.
    hold_open(tx, found.studio_id).await??;
    let beat = beat::Entity::find_by_id(found.beat_id).one(tx).await?.ok_or(FreeDownloadError::NotFree)?;
    free_preview(tx, &beat).await?.ok_or(FreeDownloadError::NotFree)?;
    let row = request::ActiveModel { confirmed_at: Set(Some(ctx.env.now())), ..found.into_active_model() };
    let confirmed = row.update(tx).await?;
    record_consent(tx, ctx, &confirmed, ip).await?;
    outbox::put(tx, ctx, Some(confirmed.studio_id), &Job::MailFreeDownload { request: confirmed.id }).await?;
    Ok(confirmed)
}

/// Forgets the addresses whose link was not followed in its time; how many.
pub async fn drop_unconfirmed(tx: &Tx, ctx: &Ctx) -> Result<u64, StoreError> {
    let dropped = request::Entity::delete_many()
        .filter(request::Column::ConfirmedAt.is_null())
        .filter(request::Column::ExpiresAt.lte(ctx.env.now()))
        .exec(tx)
        .await?;
    Ok(dropped.rows_affected)
}

/// Of one address one consent stands: given again, the first stands as it was given.
async fn record_consent(tx: &Tx, ctx: &Ctx, request: &request::Model, ip: Option<String>) -> Result<(), StoreError> {
    let (studio, email) = (request.studio_id, &request.email);
    // By their whole address, which no party that is only credited bears for a name.
    let facts = PartyFacts::default();
    let party = parties::find_or_enter(tx, ctx, studio, email.as_str(), Some(email), &facts).await?;
    let row = consent::Model {
        id: ctx.env.id(),
        studio_id: studio,
        party_id: party,
        email: email.clone(),
        email_key: email.account_key(),
        wording_version: request.wording_version.clone(),
        request_id: request.id,
        given_at: ctx.env.now(),
        given_ip: ip,
        withdrawn_at: None,
    };
    store::insert_new(tx, row.into_active_model()).await?;
    Ok(())
}

/// Withdraws the consent of a link. Withdrawing twice is withdrawing once.
pub async fn unsubscribe(
    tx: &Tx,
    ctx: &Ctx,
    links: &LinkKey,
    token: &str,
) -> Result<consent::Model, FreeDownloadError> {
    let id = find_consent_by_link(tx, links, token, ctx.env.now()).await?.id;
    let standing = consent::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let standing = standing.ok_or(FreeDownloadError::BadLink)?;
    if standing.withdrawn_at.is_some() {
        return Ok(standing);
    }
    let row = consent::ActiveModel { withdrawn_at: Set(Some(ctx.env.now())), ..standing.into_active_model() };
    Ok(row.update(tx).await?)
}
