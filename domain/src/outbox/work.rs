//! What the relay and the workers write: a job handed, begun, alive, done, failed, given up, rescued.
//!
//! Each write names the round it acts for and does nothing if the row has moved on; its answer says so.

use std::collections::BTreeMap;

use chrono::Duration;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, UpdateMany, sea_query::Expr,
};

use super::entity::{JobState, job};
use crate::{actor::Ctx, env::Instant, ids::JobId, report::StoreError};

/// Without a sign of life for this long, a worker is believed dead, in seconds.
pub const LEASE_S: i64 = 5;

/// A sign of life that is ahead of the clock by more than this, in seconds, was given before the clock was set back, and is none. Machines whose clocks differ by
/// less than [`LEASE_S`] believe each other.
pub const AHEAD_S: i64 = 60;

/// A job that was handed to the queue and not begun within this time is handed again, in seconds: the queue may have lost it.
pub const HANDED_LEASE_S: i64 = 600;

/// Whose worker has given no sign of life that still holds.
fn is_silent(now: Instant) -> Condition {
    Condition::any()
        .add(job::Column::BeatAt.lt(now - Duration::seconds(LEASE_S)))
        .add(job::Column::BeatAt.gt(now + Duration::seconds(AHEAD_S)))
}

fn open_in_round(id: JobId, round: i32) -> UpdateMany<job::Entity> {
    job::Entity::update_many()
        .filter(job::Column::Id.eq(id))
        .filter(job::Column::Round.eq(round))
        .filter(job::Column::State.eq(JobState::Open))
}

/// The queue has taken these jobs, each named with the round it was handed in.
pub async fn mark_handed(db: &impl ConnectionTrait, ctx: &Ctx, jobs: &[(JobId, i32)]) -> Result<(), StoreError> {
    let mut by_round: BTreeMap<i32, Vec<JobId>> = BTreeMap::new();
    for (id, round) in jobs {
        by_round.entry(*round).or_default().push(*id);
    }
    for (round, ids) in by_round {
        job::Entity::update_many()
            .col_expr(job::Column::HandedAt, Expr::value(ctx.env.now()))
            .filter(job::Column::Id.is_in(ids))
            .filter(job::Column::Round.eq(round))
            .filter(job::Column::State.eq(JobState::Open))
            .filter(job::Column::HandedAt.is_null())
            .exec(db)
            .await?;
    }
    Ok(())
}

/// A worker begins: gives the row with its attempts counted, or none if there is nothing to do (done, of an earlier round, or another worker
/// that is alive has it).
pub async fn begin_attempt(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    id: JobId,
    round: i32,
) -> Result<Option<job::Model>, StoreError> {
    let now = ctx.env.now();
    let nobody_has_it = Condition::any().add(job::Column::BeatAt.is_null()).add(is_silent(now));
    let touched = open_in_round(id, round)
        .col_expr(job::Column::Attempts, Expr::col(job::Column::Attempts).add(1))
        .col_expr(job::Column::HandedAt, Expr::value(now))
        .col_expr(job::Column::BeatAt, Expr::value(now))
        .filter(nobody_has_it)
        .exec(db)
        .await?;
    if touched.rows_affected == 0 {
        return Ok(None);
    }
    Ok(job::Entity::find_by_id(id).one(db).await?)
}

/// The worker is alive. False: the job is no longer its own, and it must stop.
pub async fn beat(db: &impl ConnectionTrait, ctx: &Ctx, id: JobId, round: i32) -> Result<bool, StoreError> {
    let touched = open_in_round(id, round).col_expr(job::Column::BeatAt, Expr::value(ctx.env.now())).exec(db).await?;
    Ok(touched.rows_affected > 0)
}

async fn close(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    id: JobId,
    round: i32,
    state: JobState,
    error: Option<&str>,
) -> Result<bool, StoreError> {
    let mut update = open_in_round(id, round)
        .col_expr(job::Column::State, Expr::value(state))
        .col_expr(job::Column::FinishedAt, Expr::value(ctx.env.now()));
    if let Some(error) = error {
        update = update.col_expr(job::Column::LastError, Expr::value(error));
    }
    Ok(update.exec(db).await?.rows_affected > 0)
}

/// Done.
pub async fn finish(db: &impl ConnectionTrait, ctx: &Ctx, id: JobId, round: i32) -> Result<bool, StoreError> {
    close(db, ctx, id, round, JobState::Done, None).await
}

/// Given up: a dead letter.
pub async fn bury(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    id: JobId,
    round: i32,
    error: &str,
) -> Result<bool, StoreError> {
    close(db, ctx, id, round, JobState::Dead, Some(error)).await
}

fn hand_again(update: UpdateMany<job::Entity>, due_at: Expr) -> UpdateMany<job::Entity> {
    update
        .col_expr(job::Column::Round, Expr::col(job::Column::Round).add(1))
        .col_expr(job::Column::HandedAt, Expr::value(None::<Instant>))
        .col_expr(job::Column::BeatAt, Expr::value(None::<Instant>))
        .col_expr(job::Column::DueAt, due_at)
}

/// Due since it was written: by any clock.
fn at_once() -> Expr {
    Expr::col(job::Column::CreatedAt)
}

/// An attempt failed: the job waits for the relay until it is due again. `error` is kept for people, without secrets.
pub async fn fail_attempt(
    db: &impl ConnectionTrait,
    id: JobId,
    round: i32,
    error: &str,
    due_at: Instant,
) -> Result<bool, StoreError> {
    let update =
        hand_again(open_in_round(id, round), Expr::value(due_at)).col_expr(job::Column::LastError, Expr::value(error));
    Ok(update.exec(db).await?.rows_affected > 0)
}

/// The worker gives a job back because it stops; the attempt does not count.
pub async fn release(db: &impl ConnectionTrait, id: JobId, round: i32) -> Result<bool, StoreError> {
    let update = hand_again(open_in_round(id, round), at_once())
        .col_expr(job::Column::Attempts, Expr::col(job::Column::Attempts).sub(1));
    Ok(update.exec(db).await?.rows_affected > 0)
}

/// Hands jobs anew whose worker gave no sign of life for [`LEASE_S`], and those that were handed over and not begun for [`HANDED_LEASE_S`].
/// Gives how many.
pub async fn rescue_lost(db: &impl ConnectionTrait, ctx: &Ctx) -> Result<u64, StoreError> {
    let now = ctx.env.now();
    let lost = Condition::any().add(is_silent(now)).add(
        Condition::all()
            .add(job::Column::BeatAt.is_null())
            .add(job::Column::HandedAt.lt(now - Duration::seconds(HANDED_LEASE_S))),
    );
    let update = job::Entity::update_many()
        .filter(job::Column::State.eq(JobState::Open))
        .filter(job::Column::HandedAt.is_not_null())
        .filter(lost);
    Ok(hand_again(update, at_once()).exec(db).await?.rows_affected)
}

/// Given up by a person. Whoever works on it loses it with the next sign of life, and stops.
pub async fn cancel(db: &impl ConnectionTrait, ctx: &Ctx, id: JobId, round: i32) -> Result<bool, StoreError> {
    close(db, ctx, id, round, JobState::Cancelled, None).await
}

/// Forgets jobs that were done or cancelled before an instant. Dead letters stay. Gives how many.
pub async fn sweep_done(db: &impl ConnectionTrait, done_before: Instant) -> Result<u64, StoreError> {
    let swept = job::Entity::delete_many()
        .filter(job::Column::State.is_in([JobState::Done, JobState::Cancelled]))
        .filter(job::Column::FinishedAt.lt(done_before))
        .exec(db)
        .await?;
    Ok(swept.rows_affected)
}
