//! Sending a version for review.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{NewStep, lock, mail_sent, require_confirmed, require_under_way, write_step};
use crate::{
    actor::Ctx,
    ids::MixVersionId,
    mixes::entity::{MixState, sound, version},
    policy::{Action, visible},
    reviews::{
        ReviewError,
        entity::{ReviewState, StepAct, review, round, sent},
        levels,
        queries::{last_round, last_sent, standing, standing_reviewers},
        rules::{self, ReviewFault},
    },
    store::Tx,
};

/// Sends a version for review: it begins a round, or takes the place of the version that is under review, which takes no round. Everybody whose link stands is
/// mailed it, and their links hold for their whole time again; all versions that are compared are brought to one level.
///
/// # Errors
/// If the caller has not confirmed their own address, the project is over, it cannot be heard, came before one that was sent, nobody decides, or the rounds that
/// were agreed upon are used.
pub async fn send_for_review(tx: &Tx, ctx: &Ctx, id: MixVersionId) -> Result<round::Model, ReviewError> {
    let found = version::Entity::find_by_id(id).one(tx).await?;
    let found = visible(&ctx.actor, Action::WriteProduction, found, |version| version.studio_id)?;
    let version = found.ok_or(ReviewError::NotFound { what: "version of a mix", field: "version" })?;
    let of_song = review::Entity::find().filter(review::Column::SongId.eq(version.song_id)).one(tx).await?;
    let review = lock(tx, of_song.ok_or(ReviewError::NotOpened)?.id).await?.ok_or(ReviewError::NotOpened)?;
    require_confirmed(tx, ctx, review.studio_id, "version").await?;
    require_under_way(tx, review.song_id, "version").await?;
    require_heard(tx, id).await?;
    let reviewers = standing_reviewers(tx, review.id).await?;
    if !reviewers.iter().any(|reviewer| reviewer.decides) {
        return Err(ReviewFault::NoDecider.into());
    }
    let last = last_round(tx, review.id).await?;
    let standing = standing(tx, &review, last.as_ref()).await?;
    let begins = rules::check_sending(&standing, version.number, last_sent(tx, review.id).await?)?;
    let round = match last {
        Some(open) if !begins => replace(tx, ctx, open, id).await?,
        last => begin(tx, ctx, &review, last.map_or(1, |last| last.number.saturating_add(1)), id).await?,
    };
    let row = sent::Model {
        version_id: id,
        review_id: review.id,
        studio_id: review.studio_id,
        round_id: round.id,
        sent_by: ctx.actor.user(),
        sent_at: ctx.env.now(),
    };
    row.into_active_model().insert(tx).await?;
    let mut row = review.into_active_model();
    row.state = Set(ReviewState::Open);
    let review = row.update(tx).await?;
    for reviewer in reviewers {
        let reviewer_id = reviewer.id;
        let mut row = reviewer.into_active_model();
        row.expires_at = Set(ctx.env.now() + rules::LINK_LIFE);
        row.update(tx).await?;
        mail_sent(tx, ctx, &round, reviewer_id).await?;
    }
    let step = NewStep { round: Some(round.id), version: Some(id), ..NewStep::of_studio(ctx, StepAct::Sent) };
    write_step(tx, ctx, &review, step).await?;
    levels::put_levels(tx, ctx, review.studio_id, review.id).await?;
    Ok(round)
}

async fn require_heard(tx: &Tx, id: MixVersionId) -> Result<(), ReviewError> {
    let sound = sound::Entity::find_by_id(id).one(tx).await?;
    match sound {
        Some(sound) if sound.state == MixState::Ready => Ok(()),
        Some(sound) => Err(ReviewError::Unheard { refusal: sound.refusal }),
        None => Err(ReviewError::Unheard { refusal: None }),
    }
}

/// The studio's own correction: the round goes on with another version, and its time begins anew.
async fn replace(tx: &Tx, ctx: &Ctx, open: round::Model, id: MixVersionId) -> Result<round::Model, ReviewError> {
    let mut row = open.into_active_model();
    row.version_id = Set(id);
    row.clock_from = Set(ctx.env.now());
    row.half_told_at = Set(None);
    row.last_told_at = Set(None);
    Ok(row.update(tx).await?)
}

async fn begin(
    tx: &Tx,
    ctx: &Ctx,
    review: &review::Model,
    number: i32,
    id: MixVersionId,
) -> Result<round::Model, ReviewError> {
    let row = round::Model {
        id: ctx.env.id(),
        review_id: review.id,
        studio_id: review.studio_id,
        number,
        version_id: id,
        began_at: ctx.env.now(),
        clock_from: ctx.env.now(),
        sign_off_days: review.sign_off_days,
        half_told_at: None,
        last_told_at: None,
        outcome: None,
        decided_by: None,
        decided_at: None,
    };
    Ok(row.into_active_model().insert(tx).await?)
}
