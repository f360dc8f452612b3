//! Writing jobs, and retrying those that were given up.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::{
    Job, Priority,
    entity::{JobState, job},
    error::OutboxError,
};
use crate::{
    actor::Ctx,
    ids::{JobId, StudioId},
    policy::{self, Action},
    report::StoreError,
    store::Tx,
};

/// Puts a job into the outbox of the causing transaction: it is there exactly if the cause is.
///
/// # Panics
/// Never: a job is plain data, tagged with its word.
pub async fn put(tx: &Tx, ctx: &Ctx, studio: Option<StudioId>, job: &Job) -> Result<JobId, StoreError> {
    put_at(tx, ctx, studio, job, job.priority()).await
}

/// Puts a job that is more or less urgent than its kind usually is.
///
/// # Panics
/// Never: a job is plain data, tagged with its word.
pub async fn put_at(
    tx: &Tx,
    ctx: &Ctx,
    studio: Option<StudioId>,
    job: &Job,
    priority: Priority,
) -> Result<JobId, StoreError> {
    let payload = serde_json::to_value(job).expect("a job is plain data");
    let kind = payload["job"].as_str().expect("a job is tagged with its word").to_owned();
    let (id, now): (JobId, _) = (ctx.env.id(), ctx.env.now());
    let row = job::ActiveModel {
        id: Set(id),
        studio_id: Set(studio),
        queue: Set(job.queue()),
        kind: Set(kind),
        payload: Set(payload),
        request: Set(ctx.env.request().map(str::to_owned)),
        priority: Set(i32::from(priority.level())),
        state: Set(JobState::Open),
        round: Set(0),
        attempts: Set(0),
        last_error: Set(None),
        created_at: Set(now),
        // At once, whatever a clock says that is set back: see `queries::list_waiting`.
        due_at: Set(now),
        handed_at: Set(None),
        beat_at: Set(None),
        finished_at: Set(None),
    };
    row.insert(tx).await?;
    Ok(id)
}

/// Gives a dead letter its attempts anew, the first at once.
pub async fn retry_dead(tx: &Tx, ctx: &Ctx, studio: StudioId, id: JobId) -> Result<job::Model, OutboxError> {
    policy::require(&ctx.actor, Action::RetryJobs, studio)?;
    let found = job::Entity::find_by_id(id)
        .filter(job::Column::StudioId.eq(studio))
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or(OutboxError::NotFound)?;
    if found.state != JobState::Dead {
        return Err(OutboxError::NotDead);
    }
    let round = found.round;
    let mut row: job::ActiveModel = found.into();
    row.state = Set(JobState::Open);
    row.round = Set(round.saturating_add(1));
    row.attempts = Set(0);
    row.due_at = Set(ctx.env.now());
    row.handed_at = Set(None);
    row.beat_at = Set(None);
    row.finished_at = Set(None);
    Ok(row.update(tx).await?)
}
