//! Deciding: the decider's word ends the round, everybody else's is an opinion.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};

use super::{Device, NewStep, enter, require_under_way, write_step};
use crate::{
    actor::Ctx,
    ids::ReviewerId,
    masters,
    money::Money,
    outbox::{self, Job},
    reviews::{
        ReviewError,
        entity::{ReviewNotice, ReviewState, RoundOutcome, StepAct, approval, extra, review, reviewer, round},
        queries::{last_round, standing},
        rules::{self, ReviewFault, Verdict},
    },
    store::Tx,
    webhooks::events,
};

/// What somebody says to the version under review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Say {
    /// What.
    pub verdict: Verdict,
    /// The number of the version that they have heard.
    pub version: i32,
    /// What they say with it.
    pub words: String,
    /// The price at which they agree to an extra round, if they do.
    pub agreed: Option<Money>,
    /// Where they sit.
    pub device: Device,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// The round has ended so.
    Decided(RoundOutcome),
    /// It is an opinion, and the round goes on.
    Opinion,
}

/// Somebody says by their link that the version under review is good, or to be revised. The decider's word ends the round, under the review's row lock: of two
/// words at once the second is told what the first has done. Everybody else's is written down as an opinion.
///
/// # Errors
/// If the link does not stand, the project is over, another version is under review, the round has ended, or a revision would need more rounds than were agreed upon.
pub async fn decide(tx: &Tx, ctx: &Ctx, id: ReviewerId, say: &Say) -> Result<Said, ReviewError> {
    let (review, reviewer) = enter(tx, ctx, id).await?;
    require_under_way(tx, review.song_id, "version").await?;
    let words = rules::words(&say.words, rules::MAX_WORDS_CHARS)?;
    let last = last_round(tx, review.id).await?;
    let standing = standing(tx, &review, last.as_ref()).await?;
    let round = last.ok_or(ReviewFault::NothingSent)?;
    if !reviewer.decides {
        rules::check_current(&standing, say.version)?;
        let act = match say.verdict {
            Verdict::Approve => StepAct::InFavour,
            Verdict::Revise => StepAct::Against,
        };
        let step = NewStep {
            round: Some(round.id),
            version: Some(round.version_id),
            words,
            ..NewStep::of_reviewer(reviewer.id, &say.device, act)
        };
        write_step(tx, ctx, &review, step).await?;
        return Ok(Said::Opinion);
    }
    let decision = rules::decide(&standing, say.verdict, say.version, say.agreed)?;
    if let Some(price) = decision.extra {
        agree_extra(tx, ctx, (&review, &round), &reviewer, (price, &say.device)).await?;
    }
    let act = match decision.outcome {
        RoundOutcome::Approved => StepAct::Approved,
        RoundOutcome::Revision => StepAct::RevisionAsked,
    };
    let (studio, of, version) = (review.studio_id, round.id, round.version_id);
    let review = end_round(tx, ctx, review, round, (decision.outcome, Some(reviewer.id))).await?;
    let step = NewStep {
        round: Some(of),
        version: Some(version),
        words,
        ..NewStep::of_reviewer(reviewer.id, &say.device, act)
    };
    write_step(tx, ctx, &review, step).await?;
    let what = match decision.outcome {
        RoundOutcome::Approved => ReviewNotice::Approved,
        RoundOutcome::Revision => ReviewNotice::Revision,
    };
    outbox::put(tx, ctx, Some(studio), &Job::MailReview { round: of, reviewer: None, version: None, what }).await?;
    Ok(Said::Decided(decision.outcome))
}

/// The sale of an extra round, as it was agreed upon: the studio bills it.
async fn agree_extra(
    tx: &Tx,
    ctx: &Ctx,
    (review, round): (&review::Model, &round::Model),
    reviewer: &reviewer::Model,
    (price, device): (Money, &Device),
) -> Result<(), ReviewError> {
    let row = extra::Model {
        id: ctx.env.id(),
        review_id: review.id,
        studio_id: review.studio_id,
        price_minor: price.minor,
        currency: price.currency,
        agreed_by: Some(reviewer.id),
        granted_by: None,
        ip: device.ip.clone(),
        user_agent: device.user_agent.clone(),
        agreed_at: ctx.env.now(),
    };
    row.into_active_model().insert(tx).await?;
    let step = NewStep {
        round: Some(round.id),
        words: Some(price.to_string()),
        ..NewStep::of_reviewer(reviewer.id, device, StepAct::ExtraAgreed)
    };
    Ok(write_step(tx, ctx, review, step).await?)
}

/// Ends a round that is held, by somebody's word or by silence; an approval gets its row, and its masters are ordered if its project wants any by itself.
pub(super) async fn end_round(
    tx: &Tx,
    ctx: &Ctx,
    review: review::Model,
    round: round::Model,
    (outcome, by): (RoundOutcome, Option<ReviewerId>),
) -> Result<review::Model, ReviewError> {
    let now = ctx.env.now();
    let (of, version) = (round.id, round.version_id);
    let mut row = round.into_active_model();
    row.outcome = Set(Some(outcome));
    row.decided_by = Set(by);
    row.decided_at = Set(Some(now));
    row.update(tx).await?;
    if outcome == RoundOutcome::Approved {
        let row = approval::Model {
            round_id: of,
            review_id: review.id,
            studio_id: review.studio_id,
            song_id: review.song_id,
            version_id: version,
            approved_by: by,
            approved_at: now,
        };
        let approval = row.into_active_model().insert(tx).await?;
        events::review_approved(tx, ctx, &approval).await?;
        masters::commands::order_planned(tx, ctx, &approval).await?;
    }
    let mut row = review.into_active_model();
    row.state = Set(match outcome {
        RoundOutcome::Approved => ReviewState::Approved,
        RoundOutcome::Revision => ReviewState::Revising,
    });
    Ok(row.update(tx).await?)
}
