//! Production: projects with their songs, stages, pre-production, people and budgets.

/// Runs a command of the domain in a transaction of its own; what is refused leaves nothing behind.
macro_rules! in_transaction {
    ($caller:expr, $tx:ident => $command:expr) => {{
        let $tx = $caller.services.begin().await?;
        let done = $command.await?;
        $caller.services.commit($tx).await?;
        done
    }};
}

pub mod budget;
mod loading;
pub mod people;
pub mod preproduction;
pub mod project;
pub mod projects;
pub mod selection;
pub mod song;
pub mod songs;
pub mod stages;
pub mod tasks;
pub mod words;

use async_graphql::{Context, Json, MergedObject, Object, SimpleObject};
use chrono::NaiveDate;
use domain::{
    agreements,
    edit::Edit,
    ids::{PartyId, ProjectId, ProjectTaskId, SongId, StudioId, TypedId, UserId},
    production::queries::{self, DueFilter},
};
use serde_json::Value;

use self::loading::{NameOf, PartyOfProject};
use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    loader,
    parties::Party,
    scalars::Id,
};
pub use budget::{BudgetCost, BudgetLine, BudgetedLine, ProjectBudget};
pub use preproduction::{ArrangementSection, MeasuredLoudness, ReferenceTrack};
pub use project::{Project, ProjectBrief, ProjectEvent, ProjectProgress, StartGate};
pub use projects::ProjectFilterInput;
pub use selection::{CandidateVote, SongCandidate};
pub use song::{ProjectPerson, ProjectStage, ProjectTask, Song};
pub use words::{
    ProductionStage, ProjectEventKind, ProjectKind, ProjectKindPlan, ProjectRole, ProjectState, StagePlan, StageScope,
    TaskPlan,
};

/// Queries of production.
#[derive(Debug, Default)]
pub struct ProductionQuery;

#[Object]
impl ProductionQuery {
    /// What each kind of producing brings along: stages, tasks and roles.
    async fn project_kinds(&self) -> Vec<ProjectKindPlan> {
        words::kinds()
    }

    /// A project.
    async fn project(&self, ctx: &Context<'_>, id: Id<ProjectId>) -> Result<Option<Project>, Failure> {
        let caller = caller(ctx)?;
        let found = queries::find_project(&caller.services.db, &caller.ctx, id.named("id")?).await?;
        found.map(|row| Some(Project::from(row))).ok_or_else(|| Failure::not_found("project"))
    }

    /// A studio's projects, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection")]
    async fn projects(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        filter: Option<ProjectFilterInput>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Project>, Failure> {
        let caller = caller(ctx)?;
        let filter = filter.unwrap_or_default().read()?;
        let (studio, request) = (studio.named("studio")?, page(first, after, last, before)?);
        let rows = queries::list_projects(&caller.services.db, &caller.ctx, studio, &filter, request).await?;
        Ok(connection(rows, |row| row.id, Project::from))
    }

    /// A song of a project.
    async fn song(&self, ctx: &Context<'_>, id: Id<SongId>) -> Result<Option<Song>, Failure> {
        let caller = caller(ctx)?;
        let found = queries::find_song(&caller.services.db, &caller.ctx, id.named("id")?).await?;
        found.map(|row| Some(Song::from(row))).ok_or_else(|| Failure::not_found("song"))
    }

    /// What is due in a studio's projects that are not over: open tasks that have a day, the most urgent first. Until a day, and of one owner alone, if so
    /// asked.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection and what narrows the list")]
    async fn due_tasks(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        until: Option<NaiveDate>,
        member: Option<Id<UserId>>,
        party: Option<Id<PartyId>>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<ProjectTask>, Failure> {
        let caller = caller(ctx)?;
        let (member, party) = (optional(member.as_ref(), "member")?, optional(party.as_ref(), "party")?);
        let filter = DueFilter { until, member, party };
        let (studio, request) = (studio.named("studio")?, page::<ProjectTaskId>(first, after, last, before)?);
        let rows = queries::list_due(&caller.services.db, &caller.ctx, studio, filter, request).await?;
        Ok(connection(rows, |row| row.id, ProjectTask::from))
    }

    /// A split sheet of a song's work to begin with, from the people of the song and its project in equal parts and with the studio's own clauses: a document
    /// for `draftAgreement`.
    async fn song_split_sheet_draft(&self, ctx: &Context<'_>, song: Id<SongId>) -> Result<Json<Value>, Failure> {
        let caller = caller(ctx)?;
        let (services, song) = (&caller.services, song.named("song")?);
        let documents = services.agreements.as_ref();
        let draft = agreements::queries::prefill_song_split_sheet(&services.db, &caller.ctx, documents, song).await?;
        serde_json::from_str(&draft).map(Json).map_err(Failure::broken)
    }
}

/// Mutations of production.
#[derive(MergedObject, Default)]
pub struct ProductionMutation(
    projects::ProjectsMutation,
    songs::SongsMutation,
    stages::StagesMutation,
    tasks::TasksMutation,
    selection::SelectionMutation,
    preproduction::PreproductionMutation,
    people::PeopleMutation,
    budget::BudgetMutation,
);

/// An id that may be absent, or a refusal that names the field.
fn optional<T: TypedId>(id: Option<&Id<T>>, field: &str) -> Result<Option<T>, Failure> {
    id.map(|id| id.named(field)).transpose()
}

/// What is said of an id that may be empty, or a refusal that names the field.
fn edited<T: TypedId>(given: Edit<Option<Id<T>>>, field: &str) -> Result<Edit<Option<T>>, Failure> {
    given.try_map(|id| optional(id.as_ref(), field))
}

/// A member, or somebody who was one.
#[derive(Debug, Clone, SimpleObject)]
pub struct ProjectMember {
    /// The account's id.
    pub user_id: Id<UserId>,
    /// The person's name.
    pub name: String,
}

/// A party that a row names.
async fn party_of(ctx: &Context<'_>, id: Option<PartyId>) -> Result<Option<Party>, Failure> {
    let Some(id) = id else { return Ok(None) };
    Ok(loader(ctx)?.load_one(PartyOfProject(id)).await?.map(Party::from))
}

/// A member that a row names, or one who was.
async fn member_of(ctx: &Context<'_>, id: Option<UserId>) -> Result<Option<ProjectMember>, Failure> {
    let Some(id) = id else { return Ok(None) };
    let name = loader(ctx)?.load_one(NameOf(id)).await?;
    Ok(name.map(|name| ProjectMember { user_id: id.into(), name }))
}

/// The day that it is, in UTC.
fn today(ctx: &Context<'_>) -> Result<NaiveDate, Failure> {
    Ok(caller(ctx)?.services.env.now().date_naive())
}
