//! Songs, stages, tasks and people as they are given.

use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ids::{PartyId, ProjectId, ProjectPersonId, ProjectStageId, ProjectTaskId, SongId},
    production::{
        entity::{person, song, stage, task},
        queries,
        rules::{self, people::role_name},
    },
};

use super::{
    ArrangementSection, ProjectMember, ReferenceTrack,
    loading::{PeopleOf, ProjectById, ReferencesOf, SectionsOf, SongById, StageById, StagesOf, TasksOf},
    member_of, party_of, preproduction,
    project::Project,
    today,
    words::{ProductionStage, ProjectRole},
};
use crate::graphql::{
    catalog::{Recording, Work},
    errors::Failure,
    loader,
    parties::Party,
    scalars::Id,
};

/// The stages of a song, or of the whole project.
pub(super) async fn stages_of(
    ctx: &Context<'_>,
    project: ProjectId,
    song: Option<SongId>,
) -> Result<Vec<ProjectStage>, Failure> {
    let rows = loader(ctx)?.load_one(StagesOf(project)).await?.unwrap_or_default();
    Ok(rows.into_iter().filter(|row| row.song_id == song).map(ProjectStage::from).collect())
}

/// The people of a song, or of the whole project.
pub(super) async fn people_of(
    ctx: &Context<'_>,
    project: ProjectId,
    song: Option<SongId>,
) -> Result<Vec<ProjectPerson>, Failure> {
    let rows = loader(ctx)?.load_one(PeopleOf(project)).await?.unwrap_or_default();
    Ok(rows.into_iter().filter(|row| row.song_id == song).map(ProjectPerson::from).collect())
}

/// The reference tracks of a song, or of the whole project.
pub(super) async fn references_of(
    ctx: &Context<'_>,
    project: ProjectId,
    song: Option<SongId>,
) -> Result<Vec<ReferenceTrack>, Failure> {
    let rows = loader(ctx)?.load_one(ReferencesOf(project)).await?.unwrap_or_default();
    Ok(rows.into_iter().filter(|row| row.song_id == song).map(ReferenceTrack::from).collect())
}

/// A song of a project: a work and its recording.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Song {
    /// The id.
    pub id: Id<SongId>,
    /// Its place in the project, from 1.
    pub position: i32,
    /// What it is called.
    pub title: String,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    row: song::Model,
}

impl From<song::Model> for Song {
    fn from(row: song::Model) -> Self {
        Self { id: row.id.into(), position: row.position, title: row.title.clone(), created_at: row.created_at, row }
    }
}

#[ComplexObject]
impl Song {
    /// The project.
    async fn project(&self, ctx: &Context<'_>) -> Result<Option<Project>, Failure> {
        Ok(loader(ctx)?.load_one(ProjectById(self.row.project_id)).await?.map(Project::from))
    }

    /// The work.
    async fn work(&self, ctx: &Context<'_>) -> Result<Option<Work>, Failure> {
        Ok(loader(ctx)?.load_one(self.row.work_id).await?.map(Work::from))
    }

    /// Its recording.
    async fn recording(&self, ctx: &Context<'_>) -> Result<Option<Recording>, Failure> {
        Ok(loader(ctx)?.load_one(self.row.recording_id).await?.map(Recording::from))
    }

    /// The stages that it goes through, in their order.
    async fn stages(&self, ctx: &Context<'_>) -> Result<Vec<ProjectStage>, Failure> {
        stages_of(ctx, self.row.project_id, Some(self.row.id)).await
    }

    /// The stage that it is at: the first that is open; absent once all are closed.
    async fn stage(&self, ctx: &Context<'_>) -> Result<Option<ProductionStage>, Failure> {
        let stages = stages_of(ctx, self.row.project_id, Some(self.row.id)).await?;
        Ok(stages.into_iter().find(|stage| stage.closed_at.is_none()).map(|stage| stage.stage))
    }

    /// Who takes part in this song alone.
    async fn people(&self, ctx: &Context<'_>) -> Result<Vec<ProjectPerson>, Failure> {
        people_of(ctx, self.row.project_id, Some(self.row.id)).await
    }

    /// Who made it: its own people, then those of the whole project.
    async fn credits(&self, ctx: &Context<'_>) -> Result<Vec<ProjectPerson>, Failure> {
        let rows = loader(ctx)?.load_one(PeopleOf(self.row.project_id)).await?.unwrap_or_default();
        Ok(queries::people_of_song(&rows, self.row.id).into_iter().cloned().map(ProjectPerson::from).collect())
    }

    /// Its arrangement map.
    async fn arrangement(&self, ctx: &Context<'_>) -> Result<Vec<ArrangementSection>, Failure> {
        let rows = loader(ctx)?.load_one(SectionsOf(self.row.id)).await?.unwrap_or_default();
        Ok(preproduction::laid_out(rows))
    }

    /// What this song shall sound like.
    async fn references(&self, ctx: &Context<'_>) -> Result<Vec<ReferenceTrack>, Failure> {
        references_of(ctx, self.row.project_id, Some(self.row.id)).await
    }
}

/// A stage of a song, or of a project as a whole.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct ProjectStage {
    /// The id.
    pub id: Id<ProjectStageId>,
    /// Which.
    pub stage: ProductionStage,
    /// When it is to be closed.
    pub due_on: Option<NaiveDate>,
    /// When it was closed; absent while it is open.
    pub closed_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    row: stage::Model,
}

impl From<stage::Model> for ProjectStage {
    fn from(row: stage::Model) -> Self {
        Self { id: row.id.into(), stage: row.stage.into(), due_on: row.due_on, closed_at: row.closed_at, row }
    }
}

#[ComplexObject]
impl ProjectStage {
    /// Whether it is open, and the day on which it was to be closed is over.
    #[expect(clippy::unused_async, reason = "a resolver is asynchronous whether it waits or not")]
    async fn is_late(&self, ctx: &Context<'_>) -> Result<bool, Failure> {
        Ok(self.row.closed_at.is_none() && rules::is_late(self.row.due_on, today(ctx)?))
    }

    /// Its project.
    async fn project(&self, ctx: &Context<'_>) -> Result<Option<Project>, Failure> {
        Ok(loader(ctx)?.load_one(ProjectById(self.row.project_id)).await?.map(Project::from))
    }

    /// Its song; absent for a stage of the whole project.
    async fn song(&self, ctx: &Context<'_>) -> Result<Option<Song>, Failure> {
        let Some(song) = self.row.song_id else { return Ok(None) };
        Ok(loader(ctx)?.load_one(SongById(song)).await?.map(Song::from))
    }

    /// Its tasks, in their order.
    async fn tasks(&self, ctx: &Context<'_>) -> Result<Vec<ProjectTask>, Failure> {
        let rows = loader(ctx)?.load_one(TasksOf(self.row.id)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(ProjectTask::from).collect())
    }
}

/// A task of a stage.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct ProjectTask {
    /// The id.
    pub id: Id<ProjectTaskId>,
    /// What is to be done.
    pub title: String,
    /// Whether its stage cannot be closed before it is done.
    pub is_gate: bool,
    /// When it is to be done.
    pub due_on: Option<NaiveDate>,
    /// When it was done; absent while it is open.
    pub done_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    row: task::Model,
}

impl From<task::Model> for ProjectTask {
    fn from(row: task::Model) -> Self {
        Self {
            id: row.id.into(),
            title: row.title.clone(),
            is_gate: row.is_gate,
            due_on: row.due_on,
            done_at: row.done_at,
            row,
        }
    }
}

#[ComplexObject]
impl ProjectTask {
    /// Whether it is open, and its day is over.
    #[expect(clippy::unused_async, reason = "a resolver is asynchronous whether it waits or not")]
    async fn is_late(&self, ctx: &Context<'_>) -> Result<bool, Failure> {
        Ok(self.row.done_at.is_none() && rules::is_late(self.row.due_on, today(ctx)?))
    }

    /// The member who does it.
    async fn owner_member(&self, ctx: &Context<'_>) -> Result<Option<ProjectMember>, Failure> {
        member_of(ctx, self.row.owner_user_id).await
    }

    /// The party who does it.
    async fn owner_party(&self, ctx: &Context<'_>) -> Result<Option<Party>, Failure> {
        party_of(ctx, self.row.owner_party_id).await
    }

    /// The member who said that it is done; absent if a program did.
    async fn done_by(&self, ctx: &Context<'_>) -> Result<Option<ProjectMember>, Failure> {
        member_of(ctx, self.row.done_by).await
    }

    /// Its stage.
    async fn stage(&self, ctx: &Context<'_>) -> Result<Option<ProjectStage>, Failure> {
        Ok(loader(ctx)?.load_one(StageById(self.row.stage_id)).await?.map(ProjectStage::from))
    }

    /// Its project.
    async fn project(&self, ctx: &Context<'_>) -> Result<Option<Project>, Failure> {
        Ok(loader(ctx)?.load_one(ProjectById(self.row.project_id)).await?.map(Project::from))
    }
}

/// What a party does in a project, or in one song of it.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct ProjectPerson {
    /// The id.
    pub id: Id<ProjectPersonId>,
    /// As what.
    pub role: ProjectRole,
    /// The same in print, such as `featured artist`.
    pub role_name: String,
    /// What exactly, such as an instrument; empty if nothing was said.
    pub detail: String,
    #[graphql(skip)]
    party: PartyId,
}

impl From<person::Model> for ProjectPerson {
    fn from(row: person::Model) -> Self {
        Self {
            id: row.id.into(),
            role: row.role.into(),
            role_name: role_name(row.role).to_owned(),
            detail: row.detail,
            party: row.party_id,
        }
    }
}

#[ComplexObject]
impl ProjectPerson {
    /// Who.
    async fn party(&self, ctx: &Context<'_>) -> Result<Option<Party>, Failure> {
        party_of(ctx, Some(self.party)).await
    }
}
