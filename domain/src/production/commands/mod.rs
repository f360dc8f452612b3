//! What changes projects. Every command asks the policy first and holds the project's row.

mod arrangement;
mod budget;
mod people;
mod projects;
mod references;
mod selection;
mod songs;
mod stages;
mod tasks;

pub use arrangement::set_arrangement;
pub use budget::{CostInput, LineChange, LineInput, add_line, record_cost, remove_line, update_line};
pub use people::{PersonInput, add_person, remove_person};
pub use projects::{
    NewProject, ProjectChange, activate_project, cancel_project, create_project, deliver_project, link_agreement,
    reopen_project, unlink_agreement, update_project,
};
pub use references::{ReferenceInput, add_reference, remove_reference};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PrimaryKeyTrait, QueryFilter, QuerySelect,
    sea_query::LockType,
};
pub use selection::{CandidateInput, add_candidate, choose_candidate, drop_candidate, vote};
pub use songs::{SongInput, add_song, make_beat, move_song, remove_song, rename_song, set_song_isrc};
pub use stages::{close_stage, reopen_stage, set_stage_due};
pub use tasks::{Owner, TaskChange, TaskInput, add_task, complete_task, remove_task, reopen_task, update_task};

use super::{
    ProductionError,
    entity::{EventKind, ProjectState, candidate, event, line, person, project, reference, song, stage, task},
    rules::states,
};
use crate::{
    actor::{Actor, Ctx},
    ids::{ApiKeyId, PartyId, ProjectId, SongId, StudioId, TypedId, UserId},
    parties::{self, entity as party},
    policy::{Action, visible},
    report::StoreError,
    store::Tx,
};

/// The project, held until the transaction ends, if the caller may do that to it.
async fn hold(tx: &Tx, ctx: &Ctx, id: ProjectId, action: Action) -> Result<project::Model, ProductionError> {
    let found = project::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let found = visible(&ctx.actor, action, found, |row| row.studio_id)?;
    found.ok_or(ProductionError::NotFound { what: "project", field: "project" })
}

/// As [`hold`], of one that is not over.
async fn hold_open(tx: &Tx, ctx: &Ctx, id: ProjectId, action: Action) -> Result<project::Model, ProductionError> {
    let project = hold(tx, ctx, id, action).await?;
    require_open(&project)?;
    Ok(project)
}

fn require_open(project: &project::Model) -> Result<(), ProductionError> {
    if states::is_over(project.state) { Err(ProductionError::Over { state: project.state }) } else { Ok(()) }
}

fn require_active(project: &project::Model) -> Result<(), ProductionError> {
    require_open(project)?;
    match project.state {
        ProjectState::Active => Ok(()),
        state => Err(ProductionError::NotActive { state }),
    }
}

/// A row that belongs to a project.
trait Part {
    /// What it is called, in messages and as a field.
    const WHAT: &'static str;
    /// Whose it is.
    fn studio(&self) -> StudioId;
    /// Its project.
    fn project(&self) -> ProjectId;
}

macro_rules! parts {
    ($($module:ident = $what:literal),+ $(,)?) => {$(
        impl Part for $module::Model {
            const WHAT: &'static str = $what;
            fn studio(&self) -> StudioId {
                self.studio_id
            }
            fn project(&self) -> ProjectId {
                self.project_id
            }
        }
    )+};
}

parts!(
    song = "song",
    stage = "stage",
    task = "task",
    candidate = "candidate",
    reference = "reference",
    person = "person",
    line = "line",
);

/// A row of a project as it stands while the project is held, and the project.
async fn hold_part<E, Id>(
    tx: &Tx,
    ctx: &Ctx,
    id: Id,
    action: Action,
) -> Result<(project::Model, E::Model), ProductionError>
where
    E: EntityTrait,
    E::Model: Part + Send + Sync,
    E::PrimaryKey: PrimaryKeyTrait<ValueType = Id>,
    Id: TypedId,
{
    let what = <E::Model as Part>::WHAT;
    let gone = || ProductionError::NotFound { what, field: what };
    let found = E::find_by_id(id).one(tx).await?;
    let found = visible(&ctx.actor, action, found, Part::studio)?.ok_or_else(gone)?;
    let project = hold(tx, ctx, found.project(), action).await?;
    let row = E::find_by_id(id).one(tx).await?.ok_or_else(gone)?;
    Ok((project, row))
}

/// As [`hold_part`], of a project that is not over.
async fn hold_open_part<E, Id>(
    tx: &Tx,
    ctx: &Ctx,
    id: Id,
    action: Action,
) -> Result<(project::Model, E::Model), ProductionError>
where
    E: EntityTrait,
    E::Model: Part + Send + Sync,
    E::PrimaryKey: PrimaryKeyTrait<ValueType = Id>,
    Id: TypedId,
{
    let (project, row) = hold_part::<E, Id>(tx, ctx, id, action).await?;
    require_open(&project)?;
    Ok((project, row))
}

/// Whether a song is one of a project's; none is of all.
async fn require_song(tx: &Tx, project: ProjectId, song: Option<SongId>) -> Result<(), ProductionError> {
    let Some(song) = song else { return Ok(()) };
    let found = song::Entity::find_by_id(song).filter(song::Column::ProjectId.eq(project)).one(tx).await?;
    found.map(drop).ok_or(ProductionError::NotFound { what: "song", field: "song" })
}

/// Who stands for a party of the studio that is named, held until the transaction ends: its successor if it was merged, and nobody who was erased.
async fn require_party(
    tx: &Tx,
    studio: StudioId,
    party: Option<PartyId>,
    field: &'static str,
) -> Result<Option<PartyId>, ProductionError> {
    let Some(party) = party else { return Ok(None) };
    let present = parties::hold_present(tx, studio, &[party]).await?.remove(&party).unwrap_or(party);
    let found = party::Entity::find_by_id(present).filter(party::Column::StudioId.eq(studio)).one(tx).await?;
    let found = found.ok_or(ProductionError::NotFound { what: "party", field })?;
    let gone = |problem| ProductionError::Gone { field, problem };
    parties::require_present(tx, found.id).await.map_err(gone)?;
    Ok(Some(found.id))
}

/// The member or program behind a caller; neither if it is the program itself.
fn author(actor: &Actor) -> (Option<UserId>, Option<ApiKeyId>) {
    match actor {
        Actor::ApiKey { key, .. } => (None, Some(*key)),
        other => (other.user(), None),
    }
}

/// Writes down what became of a project.
async fn note(
    tx: &Tx,
    ctx: &Ctx,
    project: &project::Model,
    kind: EventKind,
    detail: Option<String>,
) -> Result<(), StoreError> {
    let (user_id, api_key_id) = author(&ctx.actor);
    let row = event::ActiveModel {
        id: Set(ctx.env.id()),
        studio_id: Set(project.studio_id),
        project_id: Set(project.id),
        kind: Set(kind),
        detail: Set(detail),
        user_id: Set(user_id),
        api_key_id: Set(api_key_id),
        at: Set(ctx.env.now()),
    };
    row.insert(tx).await?;
    Ok(())
}
