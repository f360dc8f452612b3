//! Writing jobs.

use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::{
    Job,
    entity::{JobState, job},
};
use crate::{
    actor::Ctx,
    ids::{JobId, StudioId},
    report::StoreError,
    store::Tx,
};

/// Puts a job into the outbox of the causing transaction: it is there exactly if the cause is.
pub async fn put(tx: &Tx, ctx: &Ctx, studio: Option<StudioId>, job: &Job) -> Result<JobId, StoreError> {
    let payload = serde_json::to_value(job).expect("a job is plain data");
    let kind = payload["job"].as_str().expect("a job is tagged with its word").to_owned();
    let id: JobId = ctx.env.id();
    let row = job::ActiveModel {
        id: Set(id),
        studio_id: Set(studio),
        queue: Set(job.queue()),
        kind: Set(kind),
        payload: Set(payload),
        state: Set(JobState::Open),
        round: Set(0),
        attempts: Set(0),
        last_error: Set(None),
        created_at: Set(ctx.env.now()),
        due_at: Set(ctx.env.now()),
        handed_at: Set(None),
        beat_at: Set(None),
        finished_at: Set(None),
    };
    row.insert(tx).await?;
    Ok(id)
}
