//! Closing and opening stages.

use async_graphql::{Context, Object};
use chrono::NaiveDate;
use domain::{
    ids::ProjectStageId,
    production::{commands, entity::stage},
};

use super::ProjectStage;
use crate::{
    caller::Caller,
    graphql::{caller, errors::Failure, scalars::Id},
    payload,
};

payload! {
    /// What came of a mutation of a stage.
    pub struct ProjectStagePayload {
        /// The stage as it is now.
        stage: ProjectStage
    }
}

/// Mutations of stages.
#[derive(Debug, Default)]
pub struct StagesMutation;

#[Object]
impl StagesMutation {
    /// Closes a stage, once its gated tasks are done, the stages before it are closed, and what its kind requires is there; whatever is missing is named.
    async fn close_stage(&self, ctx: &Context<'_>, stage: Id<ProjectStageId>) -> Result<ProjectStagePayload, Failure> {
        ProjectStagePayload::of(close(caller(ctx)?, &stage).await)
    }

    /// Opens a stage again, and with it those behind it that are closed.
    async fn reopen_stage(&self, ctx: &Context<'_>, stage: Id<ProjectStageId>) -> Result<ProjectStagePayload, Failure> {
        ProjectStagePayload::of(reopen(caller(ctx)?, &stage).await)
    }

    /// Sets when a stage is to be closed; null for no day.
    async fn set_stage_due(
        &self,
        ctx: &Context<'_>,
        stage: Id<ProjectStageId>,
        due_on: Option<NaiveDate>,
    ) -> Result<ProjectStagePayload, Failure> {
        ProjectStagePayload::of(set_due(caller(ctx)?, &stage, due_on).await)
    }
}

async fn close(caller: &Caller, stage: &Id<ProjectStageId>) -> Result<stage::Model, Failure> {
    let id = stage.named("stage")?;
    Ok(in_transaction!(caller, tx => commands::close_stage(&tx, &caller.ctx, id)))
}

async fn reopen(caller: &Caller, stage: &Id<ProjectStageId>) -> Result<stage::Model, Failure> {
    let id = stage.named("stage")?;
    Ok(in_transaction!(caller, tx => commands::reopen_stage(&tx, &caller.ctx, id)))
}

async fn set_due(
    caller: &Caller,
    stage: &Id<ProjectStageId>,
    due_on: Option<NaiveDate>,
) -> Result<stage::Model, Failure> {
    let id = stage.named("stage")?;
    Ok(in_transaction!(caller, tx => commands::set_stage_due(&tx, &caller.ctx, id, due_on)))
}
