//! Commenting: at a point, on a range, or on all of a version; written, spoken, or both; answered, and marked as settled.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};

use super::{Device, NewStep, enter, lock, write_step};
use crate::{
    actor::{Actor, Ctx},
    catalog::{
        self, CatalogError, NewFile,
        entity::{AssetKind, asset},
    },
    identity::{
        commands::throttle,
        entity::{studio, user},
    },
    ids::{AssetId, CommentId, MixVersionId, ReviewerId, StudioId, UserId},
    mixes::entity::sound,
    policy::{Action, visible},
    report::StoreError,
    reviews::{
        ReviewError,
        entity::{StepAct, comment, review, sent},
        rules::{self, ReviewFault, places},
    },
    services::Services,
    store::Tx,
};

/// What is spoken with a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Voice {
    /// Nothing.
    None,
    /// A file that lies in the store; it is looked through like any upload.
    File(NewFile),
    /// A voice note that the studio has uploaded.
    Asset(AssetId),
}

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewComment {
    /// The version.
    pub version: MixVersionId,
    /// The comment that it answers, if it is a reply.
    pub parent: Option<CommentId>,
    /// Where it points, in milliseconds.
    pub from_ms: Option<i64>,
    /// Where its range ends.
    pub to_ms: Option<i64>,
    /// What is written; may be empty if something is spoken.
    pub words: String,
    /// What is spoken.
    pub voice: Voice,
}

/// Who says it.
struct Author {
    name: String,
    reviewer: Option<ReviewerId>,
    user: Option<UserId>,
    device: Device,
}

/// Whether somebody may say this by their link, before what they speak with it (`speaks`) is stored, so that nothing which is refused stays behind. The attempt
/// counts whatever comes of it.
///
/// # Errors
/// If the link does not stand, the version is not of its review, the place is not in it, nothing is said, or too much was.
pub async fn admit_comment(
    services: &Services,
    ctx: &Ctx,
    id: ReviewerId,
    new: &NewComment,
    speaks: bool,
) -> Result<(), ReviewError> {
    let tx = services.begin().await?;
    let counted = count(&tx, ctx, id, speaks).await;
    services.commit(tx).await?;
    counted?;
    let tx = services.begin().await?;
    let (review, _) = enter(&tx, ctx, id).await?;
    require_place(&tx, &review, new).await?;
    words_of(new, speaks)?;
    Ok(tx.rollback().await?)
}

/// Somebody comments by their link, as [`admit_comment`] has admitted it.
///
/// # Errors
/// If the link does not stand, the version is not of its review, the place is not in it, or nothing is said.
pub async fn comment_as_reviewer(
    services: &Services,
    ctx: &Ctx,
    id: ReviewerId,
    new: NewComment,
    device: Device,
) -> Result<comment::Model, ReviewError> {
    let tx = services.begin().await?;
    let (review, reviewer) = enter(&tx, ctx, id).await?;
    let author = Author { name: reviewer.name, reviewer: Some(reviewer.id), user: None, device };
    let said = insert(&tx, ctx, &review, new, author).await?;
    services.commit(tx).await?;
    Ok(said)
}

async fn count(tx: &Tx, ctx: &Ctx, id: ReviewerId, speaks: bool) -> Result<(), ReviewError> {
    let subject = id.to_string();
    throttle::count(tx, &ctx.env, rules::COMMENTS_PER_REVIEWER, &subject).await?;
    if speaks {
        throttle::count(tx, &ctx.env, rules::VOICES_PER_REVIEWER, &subject).await?;
    }
    Ok(())
}

/// The studio comments.
pub async fn comment_as_studio(tx: &Tx, ctx: &Ctx, new: NewComment) -> Result<comment::Model, ReviewError> {
    let sent = sent::Entity::find_by_id(new.version).one(tx).await?;
    let sent = visible(&ctx.actor, Action::WriteProduction, sent, |sent| sent.studio_id)?;
    let none = || ReviewError::NotFound { what: "version under review", field: "version" };
    let review = lock(tx, sent.ok_or_else(none)?.review_id).await?.ok_or_else(none)?;
    let user = ctx.actor.user();
    let name = name_of(tx, user, review.studio_id).await?;
    let author = Author { name, reviewer: None, user, device: Device::default() };
    insert(tx, ctx, &review, new, author).await
}

/// The name under which the studio speaks: its member's, or its own where a program does.
async fn name_of(tx: &Tx, member: Option<UserId>, of: StudioId) -> Result<String, StoreError> {
    let member = match member {
        Some(id) => user::Entity::find_by_id(id).one(tx).await?.map(|user| user.name),
        None => None,
    };
    let name = match member {
        Some(name) => name,
        None => studio::Entity::find_by_id(of).one(tx).await?.map_or_else(|| "The studio".to_owned(), |it| it.name),
    };
    Ok(name.chars().take(rules::MAX_NAME_CHARS).collect())
}

async fn insert(
    tx: &Tx,
    ctx: &Ctx,
    review: &review::Model,
    new: NewComment,
    author: Author,
) -> Result<comment::Model, ReviewError> {
    require_place(tx, review, &new).await?;
    let words = words_of(&new, new.voice != Voice::None)?;
    let voice_asset_id = match new.voice {
        Voice::None => None,
        // Whoever speaks has no account here: the review takes the file in for them.
        Voice::File(file) => {
            let house = Ctx::new(Actor::System, ctx.env.clone());
            let file = NewFile { kind: AssetKind::VoiceNote, ..file };
            Some(catalog::add_asset(tx, &house, review.studio_id, file).await?.id)
        }
        Voice::Asset(id) => Some(own_voice(tx, review.studio_id, id).await?),
    };
    let row = comment::Model {
        id: ctx.env.id(),
        review_id: review.id,
        studio_id: review.studio_id,
        version_id: new.version,
        parent_id: new.parent,
        from_ms: new.from_ms,
        to_ms: new.to_ms,
        words,
        voice_asset_id,
        author: author.name,
        reviewer_id: author.reviewer,
        user_id: author.user,
        ip: author.device.ip,
        user_agent: author.device.user_agent,
        at: ctx.env.now(),
        resolved_at: None,
    };
    Ok(row.into_active_model().insert(tx).await?)
}

/// The words of a comment, tidied; none only if something is spoken with it.
fn words_of(new: &NewComment, speaks: bool) -> Result<Option<String>, ReviewFault> {
    let words = rules::words(&new.words, rules::MAX_COMMENT_CHARS)?;
    if words.is_none() && !speaks { Err(ReviewFault::Nothing) } else { Ok(words) }
}

/// Checks what a comment is about: a version of the review, a place in it, or a comment on it that is no reply itself.
async fn require_place(tx: &Tx, review: &review::Model, new: &NewComment) -> Result<(), ReviewError> {
    let none = |what, field| ReviewError::NotFound { what, field };
    let sent = sent::Entity::find_by_id(new.version).one(tx).await?;
    sent.filter(|sent| sent.review_id == review.id).ok_or(none("version under review", "version"))?;
    let sound = sound::Entity::find_by_id(new.version).one(tx).await?;
    let duration_ms = sound.and_then(|sound| sound.duration_ms).unwrap_or_default();
    places::check_place(new.from_ms, new.to_ms, duration_ms)?;
    let Some(parent) = new.parent else { return Ok(()) };
    if new.from_ms.is_some() {
        return Err(ReviewFault::PlacedReply.into());
    }
    let answered = comment::Entity::find_by_id(parent).one(tx).await?;
    let answered = answered.filter(|it| it.review_id == review.id && it.version_id == new.version);
    if answered.ok_or(none("comment", "parent"))?.parent_id.is_some() {
        return Err(ReviewFault::ReplyToReply.into());
    }
    let replies = comment::Entity::find().filter(comment::Column::ParentId.eq(parent)).count(tx).await?;
    if replies >= rules::MAX_REPLIES { Err(ReviewFault::TooManyReplies.into()) } else { Ok(()) }
}

async fn own_voice(tx: &Tx, studio: StudioId, id: AssetId) -> Result<AssetId, ReviewError> {
    let field = || "voice".to_owned();
    let found = asset::Entity::find_by_id(id).one(tx).await?.filter(|file| file.studio_id == studio);
    let file = found.ok_or_else(|| CatalogError::NotFound { what: "file", field: field() })?;
    if file.kind != AssetKind::VoiceNote {
        let (needed, found) = (AssetKind::VoiceNote, file.kind);
        return Err(CatalogError::AssetKind { field: field(), needed, found }.into());
    }
    Ok(id)
}

/// Marks a comment as settled, or as unsettled again, by somebody's link.
pub async fn resolve_as_reviewer(
    tx: &Tx,
    ctx: &Ctx,
    id: ReviewerId,
    comment: CommentId,
    (settled, device): (bool, &Device),
) -> Result<comment::Model, ReviewError> {
    let (review, reviewer) = enter(tx, ctx, id).await?;
    let found = comment::Entity::find_by_id(comment).one(tx).await?.filter(|it| it.review_id == review.id);
    let act = if settled { StepAct::Resolved } else { StepAct::Reopened };
    resolve(tx, ctx, &review, found, settled, NewStep::of_reviewer(reviewer.id, device, act)).await
}

/// The same by the studio.
pub async fn resolve_as_studio(
    tx: &Tx,
    ctx: &Ctx,
    comment: CommentId,
    settled: bool,
) -> Result<comment::Model, ReviewError> {
    let none = || ReviewError::NotFound { what: "comment", field: "comment" };
    let found = comment::Entity::find_by_id(comment).one(tx).await?;
    let found = visible(&ctx.actor, Action::WriteProduction, found, |comment| comment.studio_id)?;
    let of = found.as_ref().ok_or_else(none)?.review_id;
    let review = lock(tx, of).await?.ok_or_else(none)?;
    let act = if settled { StepAct::Resolved } else { StepAct::Reopened };
    resolve(tx, ctx, &review, found, settled, NewStep::of_studio(ctx, act)).await
}

/// Whoever calls this holds the review. What is as it is to be stays, and is no step.
async fn resolve(
    tx: &Tx,
    ctx: &Ctx,
    review: &review::Model,
    found: Option<comment::Model>,
    settled: bool,
    step: NewStep,
) -> Result<comment::Model, ReviewError> {
    let found = found.ok_or(ReviewError::NotFound { what: "comment", field: "comment" })?;
    if found.parent_id.is_some() {
        return Err(ReviewFault::ReplyToReply.into());
    }
    // Read again under the review's lock.
    let present = comment::Entity::find_by_id(found.id).one(tx).await?.unwrap_or(found);
    if present.resolved_at.is_some() == settled {
        return Ok(present);
    }
    let step = NewStep { comment: Some(present.id), version: Some(present.version_id), ..step };
    let mut row = present.into_active_model();
    row.resolved_at = Set(settled.then(|| ctx.env.now()));
    let comment = row.update(tx).await?;
    write_step(tx, ctx, review, step).await?;
    Ok(comment)
}
