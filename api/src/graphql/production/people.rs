//! The people of projects and songs.

use async_graphql::{Context, InputObject, Object};
use domain::{
    ids::{PartyId, ProjectId, ProjectPersonId, SongId},
    production::{
        commands::{self, PersonInput},
        entity::{person, project},
    },
};

use super::{Project, ProjectPerson, ProjectRole, optional};
use crate::{
    caller::Caller,
    graphql::{caller, errors::Failure, scalars::Id},
    payload,
};

/// Somebody who takes part.
#[derive(Debug, InputObject)]
pub struct AddProjectPersonInput {
    /// The project.
    pub project: Id<ProjectId>,
    /// The song; left out for all of them.
    pub song: Option<Id<SongId>>,
    /// Who.
    pub party: Id<PartyId>,
    /// As what.
    pub role: ProjectRole,
    /// What exactly, such as an instrument.
    #[graphql(default)]
    pub detail: String,
}

payload! {
    /// What came of `addProjectPerson`.
    pub struct AddProjectPersonPayload {
        /// Who, and as what.
        person: ProjectPerson
    }
}

payload! {
    /// What came of `removeProjectPerson`.
    pub struct RemoveProjectPersonPayload {
        /// The project that it was of.
        project: Project
    }
}

/// Mutations of the people of projects.
#[derive(Debug, Default)]
pub struct PeopleMutation;

#[Object]
impl PeopleMutation {
    /// Names somebody who takes part in a project, or in one song of it: for the credits, and for the split sheet that they begin with.
    async fn add_project_person(
        &self,
        ctx: &Context<'_>,
        input: AddProjectPersonInput,
    ) -> Result<AddProjectPersonPayload, Failure> {
        AddProjectPersonPayload::of(add(caller(ctx)?, input).await)
    }

    /// Takes back that somebody takes part.
    async fn remove_project_person(
        &self,
        ctx: &Context<'_>,
        person: Id<ProjectPersonId>,
    ) -> Result<RemoveProjectPersonPayload, Failure> {
        RemoveProjectPersonPayload::of(remove(caller(ctx)?, &person).await)
    }
}

async fn add(caller: &Caller, input: AddProjectPersonInput) -> Result<person::Model, Failure> {
    let person = PersonInput {
        project: input.project.named("project")?,
        song: optional(input.song.as_ref(), "song")?,
        party: input.party.named("party")?,
        role: input.role.into(),
        detail: input.detail,
    };
    Ok(in_transaction!(caller, tx => commands::add_person(&tx, &caller.ctx, person)))
}

async fn remove(caller: &Caller, person: &Id<ProjectPersonId>) -> Result<project::Model, Failure> {
    let id = person.named("person")?;
    Ok(in_transaction!(caller, tx => commands::remove_person(&tx, &caller.ctx, id)))
}
