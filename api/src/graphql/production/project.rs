//! Projects as they are given.

use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ids::{ApiKeyId, ClientId, ProjectEventId, ProjectId, StudioId, UserId},
    policy::{self, Action},
    production::{
        entity::{event, plan, project},
        queries,
        rules::{self, states},
    },
};

use super::{
    ProjectBudget, ProjectMember, ReferenceTrack, SongCandidate,
    loading::{AgreementsOf, BudgetOf, CandidatesOf, PartyOfClient, PlanOf, ProgressOf, SongsOf},
    member_of, party_of,
    song::{ProjectPerson, ProjectStage, Song, people_of, references_of, stages_of},
    today,
    words::{ProjectEventKind, ProjectKind, ProjectState},
};
use crate::graphql::{
    agreements::Agreement,
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    loader,
    parties::Party,
    scalars::Id,
};

/// What a project is to become.
#[derive(Debug, Clone, Default, SimpleObject)]
pub struct ProjectBrief {
    /// What is to be reached.
    pub goals: String,
    /// In which genre.
    pub genre: String,
    /// What it shall be like, in words.
    pub reference_notes: String,
    /// What is to be delivered.
    pub deliverables: String,
}

/// How far a project has come.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct ProjectProgress {
    /// Songs.
    pub songs: i32,
    /// Stages, its own and those of its songs.
    pub stages: i32,
    /// Those of them that are closed.
    pub closed_stages: i32,
    /// Tasks.
    pub tasks: i32,
    /// Those of them that are done.
    pub done_tasks: i32,
    /// Open ones whose day is over.
    pub late_tasks: i32,
}

/// Whether a project may start.
#[derive(Debug, Clone, SimpleObject)]
pub struct StartGate {
    /// Whether it may.
    pub is_open: bool,
    /// Why not, a sentence.
    pub problem: Option<String>,
}

/// A project: the work for a client, or the studio's own.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Project {
    /// The id.
    pub id: Id<ProjectId>,
    /// Whose it is.
    pub studio_id: Id<StudioId>,
    /// For whom; absent for the studio's own.
    pub client_id: Option<Id<ClientId>>,
    /// What kind of producing it is.
    pub kind: ProjectKind,
    /// Where it stands.
    pub state: ProjectState,
    /// What it is called.
    pub title: String,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    row: project::Model,
}

impl From<project::Model> for Project {
    fn from(row: project::Model) -> Self {
        Self {
            id: row.id.into(),
            studio_id: row.studio_id.into(),
            client_id: row.client_id.map(Id::from),
            kind: row.kind.into(),
            state: row.state.into(),
            title: row.title.clone(),
            created_at: row.created_at,
            row,
        }
    }
}

#[ComplexObject]
impl Project {
    /// Who the client is.
    async fn client_party(&self, ctx: &Context<'_>) -> Result<Option<Party>, Failure> {
        let Some(client) = self.row.client_id else { return Ok(None) };
        Ok(loader(ctx)?.load_one(PartyOfClient(client)).await?.map(Party::from))
    }

    /// What it is to become.
    async fn brief(&self, ctx: &Context<'_>) -> Result<ProjectBrief, Failure> {
        let plan = self.plan(ctx).await?;
        Ok(plan.map_or_else(ProjectBrief::default, |plan| ProjectBrief {
            goals: plan.goals,
            genre: plan.genre,
            reference_notes: plan.reference_notes,
            deliverables: plan.deliverables,
        }))
    }

    /// Whose word decides.
    async fn decider(&self, ctx: &Context<'_>) -> Result<Option<Party>, Failure> {
        party_of(ctx, self.plan(ctx).await?.and_then(|plan| plan.decider_id)).await
    }

    /// When work begins.
    async fn starts_on(&self, ctx: &Context<'_>) -> Result<Option<NaiveDate>, Failure> {
        Ok(self.plan(ctx).await?.and_then(|plan| plan.starts_on))
    }

    /// When it is to be delivered.
    async fn due_on(&self, ctx: &Context<'_>) -> Result<Option<NaiveDate>, Failure> {
        Ok(self.plan(ctx).await?.and_then(|plan| plan.due_on))
    }

    /// Whether it is not over, and the day on which it was to be delivered is.
    async fn is_late(&self, ctx: &Context<'_>) -> Result<bool, Failure> {
        let due_on = self.plan(ctx).await?.and_then(|plan| plan.due_on);
        Ok(!states::is_over(self.row.state) && rules::is_late(due_on, today(ctx)?))
    }

    /// How far it has come.
    async fn progress(&self, ctx: &Context<'_>) -> Result<ProjectProgress, Failure> {
        let found = loader(ctx)?.load_one(ProgressOf(self.row.id)).await?.unwrap_or_default();
        let count = |number: i64| i32::try_from(number).unwrap_or(i32::MAX);
        Ok(ProjectProgress {
            songs: count(found.songs),
            stages: count(found.stages),
            closed_stages: count(found.closed_stages),
            tasks: count(found.tasks),
            done_tasks: count(found.done_tasks),
            late_tasks: count(found.late_tasks),
        })
    }

    /// Its songs, in their order.
    async fn songs(&self, ctx: &Context<'_>) -> Result<Vec<Song>, Failure> {
        let songs = loader(ctx)?.load_one(SongsOf(self.row.id)).await?.unwrap_or_default();
        Ok(songs.into_iter().map(Song::from).collect())
    }

    /// The stages that the whole of it goes through, in their order; those of its songs are theirs.
    async fn stages(&self, ctx: &Context<'_>) -> Result<Vec<ProjectStage>, Failure> {
        stages_of(ctx, self.row.id, None).await
    }

    /// Who takes part in all of it.
    async fn people(&self, ctx: &Context<'_>) -> Result<Vec<ProjectPerson>, Failure> {
        people_of(ctx, self.row.id, None).await
    }

    /// The songs that may be chosen for it, or were, in the order in which they were proposed.
    async fn candidates(&self, ctx: &Context<'_>) -> Result<Vec<SongCandidate>, Failure> {
        let rows = loader(ctx)?.load_one(CandidatesOf(self.row.id)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(SongCandidate::from).collect())
    }

    /// What all of it shall sound like.
    async fn references(&self, ctx: &Context<'_>) -> Result<Vec<ReferenceTrack>, Failure> {
        references_of(ctx, self.row.id, None).await
    }

    /// Whether it may start, by its client and the agreements that it waits for.
    async fn start_gate(&self, ctx: &Context<'_>) -> Result<StartGate, Failure> {
        let agreements = loader(ctx)?.load_one(AgreementsOf(self.row.id)).await?.unwrap_or_default();
        let agreements: Vec<_> = agreements.iter().map(|row| row.state).collect();
        let shut = states::start_gate(self.row.client_id.is_some(), &agreements).err();
        Ok(StartGate { is_open: shut.is_none(), problem: shut.map(|shut| shut.to_string()) })
    }

    /// The agreements that it waits for; for who sees the studio's agreements.
    async fn agreements(&self, ctx: &Context<'_>) -> Result<Vec<Agreement>, Failure> {
        policy::require(&caller(ctx)?.ctx.actor, Action::ReadAgreements, self.row.studio_id)?;
        let rows = loader(ctx)?.load_one(AgreementsOf(self.row.id)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(Agreement::from).collect())
    }

    /// What it costs; for who manages production.
    async fn budget(&self, ctx: &Context<'_>) -> Result<Option<ProjectBudget>, Failure> {
        policy::require_standing(&caller(ctx)?.ctx.actor, Action::ManageProduction, self.row.studio_id)?;
        let found = loader(ctx)?.load_one(BudgetOf(self.row.id)).await?;
        found.map(|budget| ProjectBudget::try_from(budget).map_err(Failure::broken)).transpose()
    }

    /// What became of it, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn history(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<ProjectEvent>, Failure> {
        let request = page(first, after, last, before)?;
        let rows = queries::list_history(&caller(ctx)?.services.db, self.row.id, request).await?;
        Ok(connection(rows, |row| row.id, ProjectEvent::from))
    }
}

impl Project {
    async fn plan(&self, ctx: &Context<'_>) -> Result<Option<plan::Model>, Failure> {
        loader(ctx)?.load_one(PlanOf(self.row.id)).await
    }
}

/// An entry of a project's history.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct ProjectEvent {
    /// The id.
    pub id: Id<ProjectEventId>,
    /// What was done.
    pub kind: ProjectEventKind,
    /// To what, or why.
    pub detail: Option<String>,
    /// The program that did it.
    pub api_key_id: Option<Id<ApiKeyId>>,
    /// When.
    pub at: DateTime<Utc>,
    #[graphql(skip)]
    user: Option<UserId>,
}

impl From<event::Model> for ProjectEvent {
    fn from(row: event::Model) -> Self {
        Self {
            id: row.id.into(),
            kind: row.kind.into(),
            detail: row.detail,
            api_key_id: row.api_key_id.map(Id::from),
            at: row.at,
            user: row.user_id,
        }
    }
}

#[ComplexObject]
impl ProjectEvent {
    /// The member who did it; absent if a program did.
    async fn by(&self, ctx: &Context<'_>) -> Result<Option<ProjectMember>, Failure> {
        member_of(ctx, self.user).await
    }
}
