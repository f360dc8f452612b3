//! Tasks of stages.

use async_graphql::{Context, InputObject, MaybeUndefined, Object};
use chrono::NaiveDate;
use domain::{
    edit::Edit,
    ids::{PartyId, ProjectStageId, ProjectTaskId, UserId},
    production::{
        ProductionError,
        commands::{self, Owner, TaskChange, TaskInput},
        entity::{project, task},
    },
};

use super::{Project, ProjectTask, optional};
use crate::{
    caller::Caller,
    graphql::{caller, catalog::edit, errors::Failure, scalars::Id},
    payload,
};

/// A task to be added.
#[derive(Debug, InputObject)]
pub struct AddTaskInput {
    /// The stage.
    pub stage: Id<ProjectStageId>,
    /// What is to be done.
    pub title: String,
    /// Whether the stage cannot be closed before it is done.
    #[graphql(default)]
    pub is_gate: bool,
    /// The member who does it; this or `ownerParty`.
    pub owner_member: Option<Id<UserId>>,
    /// The party who does it.
    pub owner_party: Option<Id<PartyId>>,
    /// When it is to be done.
    pub due_on: Option<NaiveDate>,
}

/// A change of a task: what is left out stays, null empties a field that may be empty.
#[derive(Debug, InputObject)]
pub struct UpdateTaskInput {
    /// The task.
    pub task: Id<ProjectTaskId>,
    /// What is to be done.
    pub title: Option<String>,
    /// Whether its stage cannot be closed before it is done; to make a gate none takes who manages production.
    pub is_gate: Option<bool>,
    /// The member who does it, in the place of whoever did.
    pub owner_member: MaybeUndefined<Id<UserId>>,
    /// The party who does it, in the place of whoever did.
    pub owner_party: MaybeUndefined<Id<PartyId>>,
    /// When it is to be done.
    pub due_on: MaybeUndefined<NaiveDate>,
}

payload! {
    /// What came of a mutation of a task.
    pub struct ProjectTaskPayload {
        /// The task as it is now.
        task: ProjectTask
    }
}

payload! {
    /// What came of `removeTask`.
    pub struct RemoveTaskPayload {
        /// The project that it was of.
        project: Project
    }
}

/// Mutations of tasks.
#[derive(Debug, Default)]
pub struct TasksMutation;

#[Object]
impl TasksMutation {
    /// Adds a task to an open stage, behind the others.
    async fn add_task(&self, ctx: &Context<'_>, input: AddTaskInput) -> Result<ProjectTaskPayload, Failure> {
        ProjectTaskPayload::of(add(caller(ctx)?, input).await)
    }

    /// Changes a task of an open stage. What is left out stays; null empties a field that may be empty.
    async fn update_task(&self, ctx: &Context<'_>, input: UpdateTaskInput) -> Result<ProjectTaskPayload, Failure> {
        ProjectTaskPayload::of(update(caller(ctx)?, input).await)
    }

    /// Says that a task is done.
    async fn complete_task(&self, ctx: &Context<'_>, task: Id<ProjectTaskId>) -> Result<ProjectTaskPayload, Failure> {
        ProjectTaskPayload::of(complete(caller(ctx)?, &task).await)
    }

    /// Says that a task is not done after all.
    async fn reopen_task(&self, ctx: &Context<'_>, task: Id<ProjectTaskId>) -> Result<ProjectTaskPayload, Failure> {
        ProjectTaskPayload::of(reopen(caller(ctx)?, &task).await)
    }

    /// Removes a task of an open stage; a gate by who manages production.
    async fn remove_task(&self, ctx: &Context<'_>, task: Id<ProjectTaskId>) -> Result<RemoveTaskPayload, Failure> {
        RemoveTaskPayload::of(remove(caller(ctx)?, &task).await)
    }
}

/// The one owner of a task.
fn owner(member: Option<UserId>, party: Option<PartyId>) -> Result<Option<Owner>, Failure> {
    match (member, party) {
        (Some(_), Some(_)) => Err(ProductionError::TwoOwners.into()),
        (Some(member), None) => Ok(Some(Owner::Member(member))),
        (None, party) => Ok(party.map(Owner::Party)),
    }
}

async fn add(caller: &Caller, input: AddTaskInput) -> Result<task::Model, Failure> {
    let member = optional(input.owner_member.as_ref(), "ownerMember")?;
    let party = optional(input.owner_party.as_ref(), "ownerParty")?;
    let task = TaskInput {
        stage: input.stage.named("stage")?,
        title: input.title,
        is_gate: input.is_gate,
        owner: owner(member, party)?,
        due_on: input.due_on,
    };
    Ok(in_transaction!(caller, tx => commands::add_task(&tx, &caller.ctx, task)))
}

async fn update(caller: &Caller, input: UpdateTaskInput) -> Result<task::Model, Failure> {
    let id = input.task.named("task")?;
    let says_nothing = input.owner_member.is_undefined() && input.owner_party.is_undefined();
    let member = optional(input.owner_member.value(), "ownerMember")?;
    let party = optional(input.owner_party.value(), "ownerParty")?;
    let change = TaskChange {
        title: input.title.into(),
        is_gate: input.is_gate.into(),
        owner: if says_nothing { Edit::Keep } else { Edit::To(owner(member, party)?) },
        due_on: edit(input.due_on),
    };
    Ok(in_transaction!(caller, tx => commands::update_task(&tx, &caller.ctx, id, change)))
}

async fn complete(caller: &Caller, task: &Id<ProjectTaskId>) -> Result<task::Model, Failure> {
    let id = task.named("task")?;
    Ok(in_transaction!(caller, tx => commands::complete_task(&tx, &caller.ctx, id)))
}

async fn reopen(caller: &Caller, task: &Id<ProjectTaskId>) -> Result<task::Model, Failure> {
    let id = task.named("task")?;
    Ok(in_transaction!(caller, tx => commands::reopen_task(&tx, &caller.ctx, id)))
}

async fn remove(caller: &Caller, task: &Id<ProjectTaskId>) -> Result<project::Model, Failure> {
    let id = task.named("task")?;
    Ok(in_transaction!(caller, tx => commands::remove_task(&tx, &caller.ctx, id)))
}
