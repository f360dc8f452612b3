//! Cancelling what nobody has paid for.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};

use super::{
    commands,
    entity::{DeliverableKind, RenderState, render},
};
use crate::{
    actor::Ctx,
    ids::{JobId, StudioId},
    outbox::{
        Job,
        entity::{JobState, job},
        error::OutboxError,
        rules, work,
    },
    policy::{Action, require},
    report::StoreError,
    store::Tx,
};

/// What a render that was cancelled says of itself.
const CANCELLED: &str = "it was cancelled; publishing the beat asks for it again";

/// Cancels a job of a studio that waits or runs: a preview, masters that no order waits for, an analysis. A worker that is on it stops with its
/// next sign of life; what it renders can be claimed anew at once. Whoever buys at the same moment has a job of their own.
pub async fn cancel_job(tx: &Tx, ctx: &Ctx, studio: StudioId, id: JobId) -> Result<job::Model, OutboxError> {
    require(&ctx.actor, Action::CancelJobs, studio)?;
    let found = job::Entity::find_by_id(id)
        .filter(job::Column::StudioId.eq(studio))
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or(OutboxError::NotFound)?;
    if found.state != JobState::Open {
        return Err(OutboxError::NotOpen);
    }
    // A job that this version does not know is for a newer one to judge.
    let job: Job = serde_json::from_value(found.payload.clone()).map_err(|_| OutboxError::NotFound)?;
    rules::may_cancel(&job, is_paid_for(tx, &job).await?).map_err(OutboxError::Needed)?;
    work::cancel(tx, ctx, id, found.round).await?;
    release_render(tx, ctx, id).await?;
    job::Entity::find_by_id(id).one(tx).await?.ok_or(OutboxError::NotFound)
}

/// Whether an order waits for what a job makes.
async fn is_paid_for(tx: &Tx, job: &Job) -> Result<bool, StoreError> {
    let Job::BounceMasters { beat } = job else { return Ok(false) };
    let licences = commands::licences_of(tx, *beat).await?;
    let waiting = commands::waiting_orders(tx, &licences, &[DeliverableKind::Mp3, DeliverableKind::Wav]).await?;
    Ok(!waiting.is_empty())
}

async fn release_render(tx: &Tx, ctx: &Ctx, job: JobId) -> Result<(), StoreError> {
    render::Entity::update_many()
        .col_expr(render::Column::State, Expr::value(RenderState::Failed))
        .col_expr(render::Column::Failure, Expr::value(CANCELLED))
        .col_expr(render::Column::FinishedAt, Expr::value(ctx.env.now()))
        .filter(render::Column::ClaimedBy.eq(job))
        .filter(render::Column::State.eq(RenderState::Running))
        .exec(tx)
        .await?;
    Ok(())
}
