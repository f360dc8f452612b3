//! Tasks of stages.

use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, ModelTrait, QueryFilter, QueryOrder,
};

use super::{hold_open_part, require_active, require_party};
use crate::{
    actor::Ctx,
    edit::Edit,
    identity::entity::member,
    ids::{PartyId, ProjectStageId, ProjectTaskId, StudioId, UserId},
    policy::{Action, require},
    production::{
        ProductionError,
        entity::{project, stage, task},
        rules::{self, MAX_TASKS},
    },
    store::Tx,
};

/// Who does a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// A member of the studio.
    Member(UserId),
    /// A party.
    Party(PartyId),
}

/// A task as entered; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskInput {
    /// The stage.
    pub stage: ProjectStageId,
    /// What is to be done.
    pub title: String,
    /// Whether the stage cannot be closed before it is done.
    pub is_gate: bool,
    /// Who does it.
    pub owner: Option<Owner>,
    /// When it is to be done.
    pub due_on: Option<NaiveDate>,
}

/// A change of a task; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskChange {
    /// What is to be done.
    pub title: Edit<String>,
    /// Whether the stage cannot be closed before it is done.
    pub is_gate: Edit<bool>,
    /// Who does it.
    pub owner: Edit<Option<Owner>>,
    /// When it is to be done.
    pub due_on: Edit<Option<NaiveDate>>,
}

/// Adds a task to an open stage, behind the others.
///
/// # Errors
/// If the caller may not, there is no such stage, it is closed or full, or the owner is not the studio's.
pub async fn add_task(tx: &Tx, ctx: &Ctx, input: TaskInput) -> Result<task::Model, ProductionError> {
    let (project, stage) = hold_open_part::<stage::Entity, _>(tx, ctx, input.stage, Action::WriteProduction).await?;
    if stage.closed_at.is_some() {
        return Err(ProductionError::StageClosed);
    }
    let title = rules::title("title", &input.title)?;
    let (owner_user_id, owner_party_id) = check_owner(tx, project.studio_id, input.owner).await?;
    let standing = task::Entity::find()
        .filter(task::Column::StageId.eq(stage.id))
        .order_by_asc(task::Column::Position)
        .all(tx)
        .await?;
    if standing.len() >= MAX_TASKS {
        return Err(ProductionError::Full { what: "tasks", most: MAX_TASKS });
    }
    let row = task::ActiveModel {
        id: Set(ctx.env.id()),
        studio_id: Set(project.studio_id),
        project_id: Set(project.id),
        stage_id: Set(stage.id),
        position: Set(standing.last().map_or(1, |last| last.position.saturating_add(1))),
        title: Set(title),
        is_gate: Set(input.is_gate),
        owner_user_id: Set(owner_user_id),
        owner_party_id: Set(owner_party_id),
        due_on: Set(input.due_on),
        done_at: Set(None),
        done_by: Set(None),
        created_at: Set(ctx.env.now()),
    };
    Ok(row.insert(tx).await?)
}

/// Changes a task of an open stage. To make a gate none takes who manages production.
///
/// # Errors
/// If the caller may not, there is no such task, its stage is closed, or the owner is not the studio's.
pub async fn update_task(
    tx: &Tx,
    ctx: &Ctx,
    id: ProjectTaskId,
    change: TaskChange,
) -> Result<task::Model, ProductionError> {
    let (project, task) = hold_of_open_stage(tx, ctx, id).await?;
    let is_gate = change.is_gate.or(task.is_gate);
    if task.is_gate && !is_gate {
        require(&ctx.actor, Action::ManageProduction, project.studio_id)?;
    }
    let (owner_user_id, owner_party_id) = match change.owner {
        Edit::Keep => (task.owner_user_id, task.owner_party_id),
        Edit::To(owner) => check_owner(tx, project.studio_id, owner).await?,
    };
    let row = task::ActiveModel {
        title: Set(change.title.try_map(|text| rules::title("title", &text))?.or(task.title.clone())),
        is_gate: Set(is_gate),
        owner_user_id: Set(owner_user_id),
        owner_party_id: Set(owner_party_id),
        due_on: Set(change.due_on.or(task.due_on)),
        ..task.into_active_model()
    };
    Ok(row.update(tx).await?)
}

/// Says that a task is done. Saying it again changes nothing.
///
/// # Errors
/// If the caller may not, there is no such task, its stage is closed, or its project is not active.
pub async fn complete_task(tx: &Tx, ctx: &Ctx, id: ProjectTaskId) -> Result<task::Model, ProductionError> {
    let (project, task) = hold_open_part::<task::Entity, _>(tx, ctx, id, Action::WriteProduction).await?;
    if task.done_at.is_some() {
        return Ok(task);
    }
    require_active(&project)?;
    require_open_stage(tx, &task).await?;
    let row = task::ActiveModel {
        done_at: Set(Some(ctx.env.now())),
        done_by: Set(ctx.actor.user()),
        ..task.into_active_model()
    };
    Ok(row.update(tx).await?)
}

/// Says that a task is not done after all. Saying it of an open one changes nothing.
///
/// # Errors
/// If the caller may not, there is no such task, or its stage is closed.
pub async fn reopen_task(tx: &Tx, ctx: &Ctx, id: ProjectTaskId) -> Result<task::Model, ProductionError> {
    let (_, task) = hold_of_open_stage(tx, ctx, id).await?;
    let row = task::ActiveModel { done_at: Set(None), done_by: Set(None), ..task.into_active_model() };
    Ok(row.update(tx).await?)
}

/// Removes a task of an open stage; a gate by who manages production.
///
/// # Errors
/// If the caller may not, there is no such task, or its stage is closed.
pub async fn remove_task(tx: &Tx, ctx: &Ctx, id: ProjectTaskId) -> Result<project::Model, ProductionError> {
    let (project, task) = hold_of_open_stage(tx, ctx, id).await?;
    if task.is_gate {
        require(&ctx.actor, Action::ManageProduction, project.studio_id)?;
    }
    task.delete(tx).await?;
    Ok(project)
}

async fn hold_of_open_stage(
    tx: &Tx,
    ctx: &Ctx,
    id: ProjectTaskId,
) -> Result<(project::Model, task::Model), ProductionError> {
    let (project, task) = hold_open_part::<task::Entity, _>(tx, ctx, id, Action::WriteProduction).await?;
    require_open_stage(tx, &task).await?;
    Ok((project, task))
}

async fn require_open_stage(tx: &Tx, task: &task::Model) -> Result<(), ProductionError> {
    let stage = stage::Entity::find_by_id(task.stage_id).one(tx).await?;
    if stage.is_some_and(|stage| stage.closed_at.is_some()) { Err(ProductionError::StageClosed) } else { Ok(()) }
}

/// The owner as the columns have it, if they are the studio's.
async fn check_owner(
    tx: &Tx,
    studio: StudioId,
    owner: Option<Owner>,
) -> Result<(Option<UserId>, Option<PartyId>), ProductionError> {
    match owner {
        None => Ok((None, None)),
        Some(Owner::Party(party)) => Ok((None, require_party(tx, studio, Some(party), "ownerParty").await?)),
        Some(Owner::Member(user)) => {
            let found = member::Entity::find_by_id((studio, user)).one(tx).await?;
            found.ok_or(ProductionError::NotFound { what: "member", field: "ownerMember" })?;
            Ok((Some(user), None))
        }
    }
}
