//! The sign-off clock, as a chore.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, sea_query::SelectStatement,
};

use super::{NewStep, deciding::end_round, lock, mail_sent, people::restart_clock, write_step};
use crate::{
    actor::{Actor, Ctx},
    env::Instant,
    identity::queries::closed_studios,
    ids::{ProjectId, ReviewRoundId, ReviewerId},
    outbox::{self, Job},
    production::{
        self,
        entity::{project, song},
    },
    report::StoreError,
    reviews::{
        ReviewError,
        entity::{ReviewNotice, RoundOutcome, StepAct, StepSide, review, round},
        queries::{clock_of, standing_reviewers},
        rules::{
            LINK_LIFE,
            clock::{self, Due},
        },
    },
    services::Services,
    store::Tx,
};

/// How many rounds are looked at in one go.
const BATCH: u64 = 200;

/// Warns deciders whose time runs out, and approves by silence what nobody has decided in time and after a warning; returns how many of both. Rounds in which
/// nobody decides by a standing link wait, for the silence of nobody approves nothing, and so do those of projects that are over
/// and of closed studios. A round that fails is logged and keeps no other.
pub async fn tend(services: &Services) -> Result<usize, ReviewError> {
    let (ctx, mut done, mut after) = (services.ctx(Actor::System), 0, None::<ReviewRoundId>);
    loop {
        let mut open = round::Entity::find()
            .select_only()
            .column(round::Column::Id)
            .filter(round::Column::Outcome.is_null())
            .filter(round::Column::SignOffDays.is_not_null())
            .filter(round::Column::ClockFrom.lte(services.env.now() - clock::EARLIEST))
            .filter(round::Column::ReviewId.in_subquery(under_way()))
            .filter(round::Column::StudioId.not_in_subquery(closed_studios()))
            .order_by_asc(round::Column::Id)
            .limit(BATCH);
        if let Some(after) = after {
            open = open.filter(round::Column::Id.gt(after));
        }
        let open: Vec<ReviewRoundId> = open.into_tuple().all(&services.db).await?;
        for id in &open {
            match tend_one(services, &ctx, *id).await {
                Ok(is_done) => done += usize::from(is_done),
                Err(error) => {
                    tracing::error!(round = %id, error = &error as &dyn std::error::Error, "a round's clock failed");
                }
            }
        }
        match open.last() {
            Some(last) => after = Some(*last),
            None => return Ok(done),
        }
    }
}

/// The reviews of songs whose projects are not over.
fn under_way() -> SelectStatement {
    let projects = project::Entity::find()
        .select_only()
        .column(project::Column::Id)
        .filter(project::Column::State.is_in(production::queries::OPEN));
    let songs = song::Entity::find()
        .select_only()
        .column(song::Column::Id)
        .filter(song::Column::ProjectId.in_subquery(projects.into_query()));
    let reviews = review::Entity::find().select_only().column(review::Column::Id);
    reviews.filter(review::Column::SongId.in_subquery(songs.into_query())).into_query()
}

/// A project is taken up again: the time to decide on what is under review in it begins anew, and whoever decides is mailed that. For production, which holds
/// the project.
pub(crate) async fn resume(tx: &Tx, ctx: &Ctx, project: ProjectId) -> Result<(), StoreError> {
    let songs = song::Entity::find().select_only().column(song::Column::Id).filter(song::Column::ProjectId.eq(project));
    let reviews = review::Entity::find().filter(review::Column::SongId.in_subquery(songs.into_query()));
    for review in reviews.order_by_asc(review::Column::Id).all(tx).await? {
        let Some(round) = restart_clock(tx, ctx, review.id).await? else { continue };
        let decider = standing_reviewers(tx, review.id).await?.into_iter().find(|reviewer| reviewer.decides);
        let Some(decider) = decider else { continue };
        mail_sent(tx, ctx, &round, decider.id).await?;
        let mut row = decider.into_active_model();
        row.expires_at = Set(ctx.env.now() + LINK_LIFE);
        row.update(tx).await?;
    }
    Ok(())
}

/// Looks at one round; most need nothing, which is told without a lock.
async fn tend_one(services: &Services, ctx: &Ctx, id: ReviewRoundId) -> Result<bool, ReviewError> {
    let now = services.env.now();
    let Some(seen) = round::Entity::find_by_id(id).one(&services.db).await? else { return Ok(false) };
    if clock_of(&seen).due(now) == Due::Nothing {
        return Ok(false);
    }
    let tx = services.begin().await?;
    let is_done = match lock(&tx, seen.review_id).await? {
        Some(review) => act(&tx, ctx, review, id, now).await?,
        None => false,
    };
    services.commit(tx).await?;
    Ok(is_done)
}

/// Does what a round's clock has come to. Its review is held: it may have been decided meanwhile.
async fn act(tx: &Tx, ctx: &Ctx, review: review::Model, id: ReviewRoundId, now: Instant) -> Result<bool, ReviewError> {
    if production::queries::over_of_song(tx, review.song_id).await?.is_some() {
        return Ok(false);
    }
    let found = round::Entity::find_by_id(id).one(tx).await?.filter(|round| round.outcome.is_none());
    let decider = standing_reviewers(tx, review.id).await?.into_iter().find(|reviewer| reviewer.decides);
    let (Some(round), Some(decider)) = (found, decider.filter(|decider| decider.expires_at > now)) else {
        return Ok(false);
    };
    match clock_of(&round).due(now) {
        Due::Nothing => Ok(false),
        Due::HalfTime => {
            let mut row = round.clone().into_active_model();
            row.half_told_at = Set(Some(now));
            row.update(tx).await?;
            warn(tx, ctx, &review, &round, (decider.id, ReviewNotice::HalfTime)).await?;
            Ok(true)
        }
        Due::LastDay => {
            let mut row = round.clone().into_active_model();
            row.last_told_at = Set(Some(now));
            row.update(tx).await?;
            warn(tx, ctx, &review, &round, (decider.id, ReviewNotice::LastDay)).await?;
            Ok(true)
        }
        Due::SignOff => {
            let (of, version) = (round.id, round.version_id);
            let review = end_round(tx, ctx, review, round, (RoundOutcome::Approved, None)).await?;
            let step = NewStep {
                round: Some(of),
                version: Some(version),
                reviewer: Some(decider.id),
                ..NewStep::of(StepSide::House, StepAct::SignedOff)
            };
            write_step(tx, ctx, &review, step).await?;
            for reviewer in [None, Some(decider.id)] {
                let job = Job::MailReview { round: of, reviewer, version: None, what: ReviewNotice::SignedOff };
                outbox::put(tx, ctx, Some(review.studio_id), &job).await?;
            }
            Ok(true)
        }
    }
}

async fn warn(
    tx: &Tx,
    ctx: &Ctx,
    review: &review::Model,
    round: &round::Model,
    (decider, what): (ReviewerId, ReviewNotice),
) -> Result<(), ReviewError> {
    let step = NewStep {
        round: Some(round.id),
        version: Some(round.version_id),
        reviewer: Some(decider),
        ..NewStep::of(StepSide::House, StepAct::Warned)
    };
    write_step(tx, ctx, review, step).await?;
    let (reviewer, version) = (Some(decider), Some(round.version_id));
    let job = Job::MailReview { round: round.id, reviewer, version, what };
    outbox::put(tx, ctx, Some(review.studio_id), &job).await?;
    Ok(())
}
