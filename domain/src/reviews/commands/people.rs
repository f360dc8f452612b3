//! Who listens, and whose word decides.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};

use super::{NewStep, lock, lock_own, mail_sent, require_confirmed, write_step};
use crate::{
    actor::Ctx,
    email::EmailAddress,
    env::Instant,
    identity::rules::name,
    ids::{ReviewId, ReviewerId},
    policy::{Action, visible},
    report::StoreError,
    reviews::{
        ReviewError,
        entity::{StepAct, review, reviewer, round, step},
        queries::{last_round, standing_reviewers},
        rules::{self, ReviewFault},
    },
    store::Tx,
};

/// Who is invited to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Their name.
    pub name: String,
    /// Where the link is mailed.
    pub email: String,
    /// Whether their word decides.
    pub decides: bool,
}

/// Invites somebody to listen, by a link of their own, which is mailed with the version that is under review, or with the next. Whoever was invited before
/// keeps their link, which holds for its whole time again and is mailed once more: within a day of the last invitation only if their word is to decide now.
///
/// # Errors
/// If the caller may not, or has not confirmed their own address, there is no such review, name or address are none, or too many listen.
pub async fn invite_reviewer(
    tx: &Tx,
    ctx: &Ctx,
    review: ReviewId,
    invitation: &Invitation,
) -> Result<reviewer::Model, ReviewError> {
    let review = lock_own(tx, ctx, review, Action::WriteProduction).await?;
    require_confirmed(tx, ctx, review.studio_id, "review").await?;
    let email: EmailAddress = invitation.email.parse().map_err(|_| ReviewFault::Email)?;
    let named = name(&invitation.name, rules::MAX_NAME_CHARS).map_err(ReviewFault::Name)?;
    let (key, now) = (email.account_key(), ctx.env.now());
    let standing = reviewer::Entity::find()
        .filter(reviewer::Column::ReviewId.eq(review.id))
        .filter(reviewer::Column::RevokedAt.is_null());
    let known = standing.clone().filter(reviewer::Column::EmailKey.eq(key.as_str())).one(tx).await?;
    let mut is_mailed = true;
    let reviewer = if let Some(known) = known {
        is_mailed = (invitation.decides && !known.decides) || !invited_lately(tx, &known, now).await?;
        let mut row = known.into_active_model();
        row.name = Set(named);
        row.expires_at = Set(now + rules::LINK_LIFE);
        row.update(tx).await?
    } else {
        if standing.count(tx).await? >= rules::MAX_REVIEWERS {
            return Err(ReviewFault::TooManyReviewers.into());
        }
        let row = reviewer::Model {
            id: ctx.env.id(),
            review_id: review.id,
            studio_id: review.studio_id,
            name: named,
            email_key: key,
            email,
            decides: false,
            invited_at: now,
            expires_at: now + rules::LINK_LIFE,
            revoked_at: None,
        };
        row.into_active_model().insert(tx).await?
    };
    if is_mailed {
        let step = NewStep { reviewer: Some(reviewer.id), ..NewStep::of_studio(ctx, StepAct::Invited) };
        write_step(tx, ctx, &review, step).await?;
    }
    let reviewer = if invitation.decides { name_decider(tx, ctx, &review, reviewer).await?.0 } else { reviewer };
    let last = last_round(tx, review.id).await?.filter(|_| is_mailed);
    if let Some(round) = last {
        mail_sent(tx, ctx, &round, reviewer.id).await?;
    }
    Ok(reviewer)
}

/// Whether somebody's last invitation is so fresh that they are mailed no other.
async fn invited_lately(tx: &Tx, reviewer: &reviewer::Model, now: Instant) -> Result<bool, StoreError> {
    let invited = step::Entity::find()
        .filter(step::Column::ReviewId.eq(reviewer.review_id))
        .filter(step::Column::ReviewerId.eq(reviewer.id))
        .filter(step::Column::Act.eq(StepAct::Invited))
        .filter(step::Column::At.gt(now - rules::INVITED_AGAIN));
    Ok(invited.count(tx).await? > 0)
}

/// Revokes a link: it opens nothing from now on. What its holder has said and done stays.
pub async fn revoke_reviewer(tx: &Tx, ctx: &Ctx, id: ReviewerId) -> Result<reviewer::Model, ReviewError> {
    let (review, reviewer) = lock_reviewer(tx, ctx, id).await?;
    if reviewer.revoked_at.is_some() {
        return Ok(reviewer);
    }
    let mut row = reviewer.into_active_model();
    row.revoked_at = Set(Some(ctx.env.now()));
    let reviewer = row.update(tx).await?;
    let step = NewStep { reviewer: Some(id), ..NewStep::of_studio(ctx, StepAct::Revoked) };
    write_step(tx, ctx, &review, step).await?;
    Ok(reviewer)
}

/// Names the reviewer whose word decides from now on. The time to decide on a version that is under review begins anew, for they may not have heard of it, and
/// they are mailed it with the end of that time.
///
/// # Errors
/// If the caller may not, or has not confirmed their own address, there is no such reviewer, or their link was revoked.
pub async fn set_decider(tx: &Tx, ctx: &Ctx, id: ReviewerId) -> Result<reviewer::Model, ReviewError> {
    let (review, reviewer) = lock_reviewer(tx, ctx, id).await?;
    if reviewer.revoked_at.is_some() {
        return Err(ReviewFault::RevokedReviewer.into());
    }
    if reviewer.decides {
        return Ok(reviewer);
    }
    require_confirmed(tx, ctx, review.studio_id, "reviewer").await?;
    let (reviewer, open) = name_decider(tx, ctx, &review, reviewer).await?;
    if let Some(round) = open {
        mail_sent(tx, ctx, &round, reviewer.id).await?;
    }
    Ok(reviewer)
}

async fn lock_reviewer(tx: &Tx, ctx: &Ctx, id: ReviewerId) -> Result<(review::Model, reviewer::Model), ReviewError> {
    let none = ReviewError::NotFound { what: "reviewer", field: "reviewer" };
    let found = reviewer::Entity::find_by_id(id).one(tx).await?;
    let found = visible(&ctx.actor, Action::WriteProduction, found, |reviewer| reviewer.studio_id)?;
    let Some(of) = found.map(|reviewer| reviewer.review_id) else { return Err(none) };
    let review = lock(tx, of).await?;
    let reviewer = reviewer::Entity::find_by_id(id).one(tx).await?;
    review.zip(reviewer).ok_or(none)
}

/// Names who decides, with the round that is open: its time begins anew, and their link outlives it.
async fn name_decider(
    tx: &Tx,
    ctx: &Ctx,
    review: &review::Model,
    reviewer: reviewer::Model,
) -> Result<(reviewer::Model, Option<round::Model>), ReviewError> {
    if reviewer.decides {
        return Ok((reviewer, None));
    }
    // The one who did comes first, for no two may at any moment.
    for other in standing_reviewers(tx, review.id).await?.into_iter().filter(|other| other.decides) {
        let mut row = other.into_active_model();
        row.decides = Set(false);
        row.update(tx).await?;
    }
    let mut row = reviewer.into_active_model();
    row.decides = Set(true);
    row.expires_at = Set(ctx.env.now() + rules::LINK_LIFE);
    let reviewer = row.update(tx).await?;
    let step = NewStep { reviewer: Some(reviewer.id), ..NewStep::of_studio(ctx, StepAct::DeciderNamed) };
    write_step(tx, ctx, review, step).await?;
    let open = restart_clock(tx, ctx, review.id).await?;
    Ok((reviewer, open))
}

/// Begins the time to decide on the version under review anew, if there is one; gives its round.
pub(super) async fn restart_clock(tx: &Tx, ctx: &Ctx, review: ReviewId) -> Result<Option<round::Model>, StoreError> {
    let open = last_round(tx, review).await?.filter(|round| round.outcome.is_none());
    let Some(round) = open else { return Ok(None) };
    let mut row = round.into_active_model();
    row.clock_from = Set(ctx.env.now());
    row.half_told_at = Set(None);
    row.last_told_at = Set(None);
    Ok(Some(row.update(tx).await?))
}
