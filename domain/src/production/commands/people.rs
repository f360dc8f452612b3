//! The people of projects and songs.

use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, ModelTrait, PaginatorTrait, QueryFilter};

use super::{hold_open, hold_open_part, require_party, require_song};
use crate::{
    actor::Ctx,
    ids::{PartyId, ProjectId, ProjectPersonId, SongId},
    policy::Action,
    production::{
        ProductionError,
        entity::{PersonRole, person, project},
        rules::{self, MAX_PEOPLE},
    },
    store::{self, Tx},
};

/// What a party does, as entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonInput {
    /// The project.
    pub project: ProjectId,
    /// The song; none for all of them.
    pub song: Option<SongId>,
    /// Who.
    pub party: PartyId,
    /// As what.
    pub role: PersonRole,
    /// What exactly, such as an instrument; may be empty.
    pub detail: String,
}

/// Names somebody who takes part in a project, or in one song of it.
///
/// # Errors
/// If the caller may not, the project is over or full, song or party are not its studio's, the party was erased, or they have that role already.
pub async fn add_person(tx: &Tx, ctx: &Ctx, input: PersonInput) -> Result<person::Model, ProductionError> {
    let project = hold_open(tx, ctx, input.project, Action::WriteProduction).await?;
    require_song(tx, project.id, input.song).await?;
    let party = require_party(tx, project.studio_id, Some(input.party), "party").await?;
    let detail = rules::detail(&input.detail)?;
    let of_project = person::Entity::find().filter(person::Column::ProjectId.eq(project.id));
    if of_project.count(tx).await? >= MAX_PEOPLE as u64 {
        return Err(ProductionError::Full { what: "roles of people", most: MAX_PEOPLE });
    }
    let row = person::Model {
        id: ctx.env.id(),
        studio_id: project.studio_id,
        project_id: project.id,
        song_id: input.song,
        party_id: party.unwrap_or(input.party),
        role: input.role,
        detail,
        created_at: ctx.env.now(),
    };
    let is_new = store::insert_new(tx, row.clone().into_active_model()).await?;
    is_new.then_some(row).ok_or(ProductionError::PersonTwice)
}

/// Takes back that somebody takes part.
///
/// # Errors
/// If the caller may not, there is no such entry, or its project is over.
pub async fn remove_person(tx: &Tx, ctx: &Ctx, id: ProjectPersonId) -> Result<project::Model, ProductionError> {
    let (project, row) = hold_open_part::<person::Entity, _>(tx, ctx, id, Action::WriteProduction).await?;
    row.delete(tx).await?;
    Ok(project)
}
