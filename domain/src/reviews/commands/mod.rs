//! What changes reviews. Whoever moves one on holds its row first, so that of two clicks at once one finds what the other has done.

mod commenting;
mod deciding;
mod opening;
mod people;
mod sending;
mod tending;

pub use commenting::{
    NewComment, Voice, admit_comment, comment_as_reviewer, comment_as_studio, resolve_as_reviewer, resolve_as_studio,
};
pub use deciding::{Said, Say, decide};
pub use opening::{change_terms, grant_extra_round, open_review, set_project_terms};
pub use people::{Invitation, invite_reviewer, revoke_reviewer, set_decider};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QuerySelect, sea_query::LockType};
pub use sending::send_for_review;
pub(crate) use tending::resume;
pub use tending::tend;

use super::{
    ReviewError,
    entity::{ReviewNotice, StepAct, StepSide, review, reviewer, round, step},
    queries::require_standing,
};
use crate::{
    actor::Ctx,
    identity::{self, commands::hold_open},
    ids::{CommentId, MixVersionId, ReviewId, ReviewRoundId, ReviewerId, SongId, StudioId, UserId},
    outbox::{self, Job},
    policy::{Action, visible},
    production,
    report::StoreError,
    store::Tx,
};

/// Where somebody sits who came by a link; kept with what they do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Device {
    /// The network address.
    pub ip: Option<String>,
    /// The browser.
    pub user_agent: Option<String>,
}

/// A review, held until the end of the transaction.
async fn lock(tx: &Tx, id: ReviewId) -> Result<Option<review::Model>, StoreError> {
    Ok(review::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?)
}

/// The same of a studio's member who may do that.
async fn lock_own(tx: &Tx, ctx: &Ctx, id: ReviewId, action: Action) -> Result<review::Model, ReviewError> {
    let found = visible(&ctx.actor, action, lock(tx, id).await?, |review| review.studio_id)?;
    found.ok_or(ReviewError::NotFound { what: "review", field: "review" })
}

/// A reviewer whose link stands, and their review, held, of a studio that is open.
async fn enter(tx: &Tx, ctx: &Ctx, id: ReviewerId) -> Result<(review::Model, reviewer::Model), ReviewError> {
    let gone = || ReviewError::NotFound { what: "review", field: "token" };
    let of = reviewer::Entity::find_by_id(id).one(tx).await?.ok_or_else(gone)?.review_id;
    let review = lock(tx, of).await?.ok_or_else(gone)?;
    // Read again: it may have been revoked before the review was held.
    let reviewer = reviewer::Entity::find_by_id(id).one(tx).await?.ok_or_else(gone)?;
    require_standing(&reviewer, ctx.env.now())?;
    hold_open(tx, review.studio_id).await??;
    Ok((review, reviewer))
}

/// Whether a song's project is under way; it stays so until the end of the transaction.
async fn require_under_way(tx: &Tx, song: SongId, field: &'static str) -> Result<(), ReviewError> {
    match production::queries::over_of_song(tx, song).await? {
        Some(state) => Err(ReviewError::Over { state, field }),
        None => Ok(()),
    }
}

/// What is mailed goes to mailboxes of strangers: whoever has it mailed has shown that their own is theirs.
async fn require_confirmed(tx: &Tx, ctx: &Ctx, studio: StudioId, field: &'static str) -> Result<(), ReviewError> {
    let confirmed = identity::queries::has_confirmed_address(tx, &ctx.actor, studio).await?;
    if confirmed { Ok(()) } else { Err(ReviewError::Unconfirmed { field }) }
}

/// Mails a reviewer the version of a round.
async fn mail_sent(tx: &Tx, ctx: &Ctx, round: &round::Model, reviewer: ReviewerId) -> Result<(), StoreError> {
    let (reviewer, version) = (Some(reviewer), Some(round.version_id));
    let job = Job::MailReview { round: round.id, reviewer, version, what: ReviewNotice::Sent };
    outbox::put(tx, ctx, Some(round.studio_id), &job).await?;
    Ok(())
}

/// A step that is to be written down.
struct NewStep {
    side: StepSide,
    act: StepAct,
    reviewer: Option<ReviewerId>,
    user: Option<UserId>,
    round: Option<ReviewRoundId>,
    version: Option<MixVersionId>,
    comment: Option<CommentId>,
    words: Option<String>,
    device: Device,
}

impl NewStep {
    fn of(side: StepSide, act: StepAct) -> Self {
        Self {
            side,
            act,
            reviewer: None,
            user: None,
            round: None,
            version: None,
            comment: None,
            words: None,
            device: Device::default(),
        }
    }

    /// A step of the studio, by whoever acts.
    fn of_studio(ctx: &Ctx, act: StepAct) -> Self {
        Self { user: ctx.actor.user(), ..Self::of(StepSide::Studio, act) }
    }

    /// A step of somebody by their link.
    fn of_reviewer(reviewer: ReviewerId, device: &Device, act: StepAct) -> Self {
        Self { reviewer: Some(reviewer), device: device.clone(), ..Self::of(StepSide::Reviewer, act) }
    }
}

async fn write_step(tx: &Tx, ctx: &Ctx, review: &review::Model, new: NewStep) -> Result<(), StoreError> {
    let row = step::Model {
        id: ctx.env.id(),
        review_id: review.id,
        studio_id: review.studio_id,
        side: new.side,
        act: new.act,
        reviewer_id: new.reviewer,
        user_id: new.user,
        round_id: new.round,
        version_id: new.version,
        comment_id: new.comment,
        words: new.words,
        ip: new.device.ip,
        user_agent: new.device.user_agent,
        at: ctx.env.now(),
    };
    row.into_active_model().insert(tx).await?;
    Ok(())
}
