//! Opening projects, changing them, and moving them along.

use async_graphql::{Context, InputObject, MaybeUndefined, Object};
use chrono::NaiveDate;
use domain::{
    ids::{AgreementId, ClientId, PartyId, ProjectId, StudioId},
    production::{
        commands::{self, NewProject, ProjectChange},
        entity::project,
        queries::ProjectFilter,
    },
};

use super::{Project, ProjectKind, ProjectState, edited, optional};
use crate::{
    caller::Caller,
    graphql::{
        caller,
        catalog::edit,
        errors::Failure,
        scalars::{Id, currency},
    },
    payload,
};

/// Which projects are wanted; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct ProjectFilterInput {
    /// Only in these states.
    pub states: Option<Vec<ProjectState>>,
    /// Only of these kinds.
    pub kinds: Option<Vec<ProjectKind>>,
    /// Only for this client.
    pub client: Option<Id<ClientId>>,
    /// Only those that are late: not over, and their day is.
    #[graphql(default)]
    pub late: bool,
    /// Words that the title holds, as one text.
    pub title: Option<String>,
}

impl ProjectFilterInput {
    pub(super) fn read(self) -> Result<ProjectFilter, Failure> {
        Ok(ProjectFilter {
            states: self.states.unwrap_or_default().into_iter().map(Into::into).collect(),
            kinds: self.kinds.unwrap_or_default().into_iter().map(Into::into).collect(),
            client: optional(self.client.as_ref(), "filter.client")?,
            late: self.late,
            title: self.title,
        })
    }
}

/// A project to be opened.
#[derive(Debug, InputObject)]
pub struct CreateProjectInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// What kind of producing it is; it stays so.
    pub kind: ProjectKind,
    /// What it is called.
    pub title: String,
    /// For whom; left out for the studio's own.
    pub client: Option<Id<ClientId>>,
    /// What its budget is reckoned in; left out, the studio's currency. It stays so.
    pub currency: Option<String>,
    /// When work begins.
    pub starts_on: Option<NaiveDate>,
    /// When it is to be delivered.
    pub due_on: Option<NaiveDate>,
}

/// A change of a project: what is left out stays, null empties a field that may be empty.
#[derive(Debug, InputObject)]
pub struct UpdateProjectInput {
    /// The project.
    pub project: Id<ProjectId>,
    /// What it is called.
    pub title: Option<String>,
    /// For whom.
    pub client: MaybeUndefined<Id<ClientId>>,
    /// Whose word decides.
    pub decider: MaybeUndefined<Id<PartyId>>,
    /// What is to be reached.
    pub goals: Option<String>,
    /// In which genre.
    pub genre: Option<String>,
    /// What it shall be like, in words.
    pub reference_notes: Option<String>,
    /// What is to be delivered.
    pub deliverables: Option<String>,
    /// When work begins.
    pub starts_on: MaybeUndefined<NaiveDate>,
    /// When it is to be delivered.
    pub due_on: MaybeUndefined<NaiveDate>,
}

/// A project whose work begins.
#[derive(Debug, InputObject)]
pub struct ActivateProjectInput {
    /// The project.
    pub project: Id<ProjectId>,
    /// Why it starts although its agreement is not signed; kept in the history with who says so.
    pub override_reason: Option<String>,
}

/// A project to be called off, or taken up again.
#[derive(Debug, InputObject)]
pub struct ProjectReasonInput {
    /// The project.
    pub project: Id<ProjectId>,
    /// Why; kept in the history.
    pub reason: String,
}

/// A project and an agreement that it waits for.
#[derive(Debug, InputObject)]
pub struct ProjectAgreementInput {
    /// The project.
    pub project: Id<ProjectId>,
    /// The agreement.
    pub agreement: Id<AgreementId>,
}

payload! {
    /// What came of a mutation of a project.
    pub struct ProjectPayload {
        /// The project as it is now.
        project: Project
    }
}

/// Mutations of projects.
#[derive(Debug, Default)]
pub struct ProjectsMutation;

#[Object]
impl ProjectsMutation {
    /// Opens a project, planned, with the stages and tasks of its kind.
    async fn create_project(&self, ctx: &Context<'_>, input: CreateProjectInput) -> Result<ProjectPayload, Failure> {
        ProjectPayload::of(create(caller(ctx)?, input).await)
    }

    /// Changes a project's title, client, brief, decider or dates. What is left out stays; null empties a field that may be empty.
    async fn update_project(&self, ctx: &Context<'_>, input: UpdateProjectInput) -> Result<ProjectPayload, Failure> {
        ProjectPayload::of(update(caller(ctx)?, input).await)
    }

    /// Begins a project's work: once its agreement is signed, or with a reason why it starts without.
    async fn activate_project(
        &self,
        ctx: &Context<'_>,
        input: ActivateProjectInput,
    ) -> Result<ProjectPayload, Failure> {
        ProjectPayload::of(activate(caller(ctx)?, &input).await)
    }

    /// Delivers a project, all of whose stages are closed.
    async fn deliver_project(&self, ctx: &Context<'_>, project: Id<ProjectId>) -> Result<ProjectPayload, Failure> {
        ProjectPayload::of(deliver(caller(ctx)?, &project).await)
    }

    /// Calls a project off.
    async fn cancel_project(&self, ctx: &Context<'_>, input: ProjectReasonInput) -> Result<ProjectPayload, Failure> {
        ProjectPayload::of(cancel(caller(ctx)?, &input).await)
    }

    /// Takes a project up again: one that was delivered is active, one that was cancelled planned.
    async fn reopen_project(&self, ctx: &Context<'_>, input: ProjectReasonInput) -> Result<ProjectPayload, Failure> {
        ProjectPayload::of(reopen(caller(ctx)?, &input).await)
    }

    /// Lets a project wait for an agreement before it starts.
    async fn link_project_agreement(
        &self,
        ctx: &Context<'_>,
        input: ProjectAgreementInput,
    ) -> Result<ProjectPayload, Failure> {
        ProjectPayload::of(link(caller(ctx)?, &input).await)
    }

    /// Lets a project wait for an agreement no more.
    async fn unlink_project_agreement(
        &self,
        ctx: &Context<'_>,
        input: ProjectAgreementInput,
    ) -> Result<ProjectPayload, Failure> {
        ProjectPayload::of(unlink(caller(ctx)?, &input).await)
    }
}

async fn create(caller: &Caller, input: CreateProjectInput) -> Result<project::Model, Failure> {
    let studio = input.studio.named("studio")?;
    let new = NewProject {
        kind: input.kind.into(),
        title: input.title,
        client: optional(input.client.as_ref(), "client")?,
        currency: input.currency.map(|code| currency(&code, "currency")).transpose()?,
        starts_on: input.starts_on,
        due_on: input.due_on,
    };
    Ok(in_transaction!(caller, tx => commands::create_project(&tx, &caller.ctx, studio, new)))
}

async fn update(caller: &Caller, input: UpdateProjectInput) -> Result<project::Model, Failure> {
    let id = input.project.named("project")?;
    let change = ProjectChange {
        title: input.title.into(),
        client: edited(edit(input.client), "client")?,
        decider: edited(edit(input.decider), "decider")?,
        goals: input.goals.into(),
        genre: input.genre.into(),
        reference_notes: input.reference_notes.into(),
        deliverables: input.deliverables.into(),
        starts_on: edit(input.starts_on),
        due_on: edit(input.due_on),
    };
    Ok(in_transaction!(caller, tx => commands::update_project(&tx, &caller.ctx, id, change)))
}

async fn activate(caller: &Caller, input: &ActivateProjectInput) -> Result<project::Model, Failure> {
    let (id, reason) = (input.project.named("project")?, input.override_reason.as_deref());
    Ok(in_transaction!(caller, tx => commands::activate_project(&tx, &caller.ctx, id, reason)))
}

async fn deliver(caller: &Caller, project: &Id<ProjectId>) -> Result<project::Model, Failure> {
    let id = project.named("project")?;
    Ok(in_transaction!(caller, tx => commands::deliver_project(&tx, &caller.ctx, id)))
}

async fn cancel(caller: &Caller, input: &ProjectReasonInput) -> Result<project::Model, Failure> {
    let id = input.project.named("project")?;
    Ok(in_transaction!(caller, tx => commands::cancel_project(&tx, &caller.ctx, id, &input.reason)))
}

async fn reopen(caller: &Caller, input: &ProjectReasonInput) -> Result<project::Model, Failure> {
    let id = input.project.named("project")?;
    Ok(in_transaction!(caller, tx => commands::reopen_project(&tx, &caller.ctx, id, &input.reason)))
}

async fn link(caller: &Caller, input: &ProjectAgreementInput) -> Result<project::Model, Failure> {
    let (id, agreement) = (input.project.named("project")?, input.agreement.named("agreement")?);
    Ok(in_transaction!(caller, tx => commands::link_agreement(&tx, &caller.ctx, id, agreement)))
}

async fn unlink(caller: &Caller, input: &ProjectAgreementInput) -> Result<project::Model, Failure> {
    let (id, agreement) = (input.project.named("project")?, input.agreement.named("agreement")?);
    Ok(in_transaction!(caller, tx => commands::unlink_agreement(&tx, &caller.ctx, id, agreement)))
}
