//! The words of production, and what kinds of producing bring along.

use async_graphql::{Enum, SimpleObject};
use domain::production::{entity::ProjectKind as DomainKind, rules::kinds};
use sea_orm::Iterable;

/// What kind of producing it is: it decides which stages, roles and tasks appear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::production::entity::ProjectKind")]
pub enum ProjectKind {
    /// Beats, made to be licensed.
    Beats,
    /// Records of others, made in the studio.
    Record,
    /// Others' work, financed and overseen.
    Executive,
    /// The producer's own records.
    Artist,
    /// Electronic music and DJ tools.
    Electronic,
}

/// Where a project stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::production::entity::ProjectState")]
pub enum ProjectState {
    /// It is being talked about; nothing has begun.
    Planned,
    /// Work goes on.
    Active,
    /// The masters were delivered.
    Delivered,
    /// It was called off.
    Cancelled,
}

/// The six stages, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::production::entity::Stage")]
pub enum ProductionStage {
    /// Ideas, songs and the brief.
    Ideation,
    /// Form, tempo and key.
    Arrangement,
    /// Takes.
    Recording,
    /// Comps, timing and tuning.
    Editing,
    /// The mix.
    Mixing,
    /// The master.
    Mastering,
}

/// What somebody does in a project or song.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::production::entity::PersonRole")]
pub enum ProjectRole {
    /// Produces.
    Producer,
    /// Finances and oversees.
    ExecutiveProducer,
    /// The artist whose record it is.
    Artist,
    /// An artist who is featured.
    FeaturedArtist,
    /// Wrote music or words.
    Writer,
    /// Plays or sings.
    Performer,
    /// Records.
    Engineer,
    /// Mixes.
    Mixer,
    /// Masters.
    MasteringEngineer,
    /// Looks after artist and repertoire.
    ArtistsAndRepertoire,
    /// The label.
    Label,
    /// Manages the artist.
    Manager,
}

/// What became of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::production::entity::EventKind")]
pub enum ProjectEventKind {
    /// It was opened.
    Opened,
    /// What the detail names was changed.
    Changed,
    /// Work began.
    Activated,
    /// It was delivered.
    Delivered,
    /// It was called off; the detail is the reason.
    Cancelled,
    /// It was taken up again; the detail is the reason.
    Reopened,
    /// It began although its agreement was not signed; the detail is the reason.
    GateOverridden,
    /// An agreement was named whose signatures it waits for.
    AgreementLinked,
    /// It waits for an agreement no more.
    AgreementUnlinked,
    /// A song was added.
    SongAdded,
    /// A song was taken out.
    SongRemoved,
    /// A stage was closed.
    StageClosed,
    /// Stages were opened again.
    StageReopened,
}

/// Whether a stage is gone through once or song by song.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::production::rules::kinds::StageScope")]
pub enum StageScope {
    /// Once, for the whole project.
    Project,
    /// By each song.
    Song,
}

/// What a kind of producing brings along.
#[derive(Debug, Clone, SimpleObject)]
pub struct ProjectKindPlan {
    /// The kind.
    pub kind: ProjectKind,
    /// Its stages, in their order.
    pub stages: Vec<StagePlan>,
    /// The roles that are usual; people may have any.
    pub roles: Vec<ProjectRole>,
}

/// A stage that a kind goes through.
#[derive(Debug, Clone, SimpleObject)]
pub struct StagePlan {
    /// Which.
    pub stage: ProductionStage,
    /// Whose.
    pub scope: StageScope,
    /// The tasks that it begins with.
    pub tasks: Vec<TaskPlan>,
}

/// A task that a stage begins with.
#[derive(Debug, Clone, SimpleObject)]
pub struct TaskPlan {
    /// What is to be done.
    pub title: String,
    /// Whether the stage cannot be closed before it is done.
    pub is_gate: bool,
}

/// What all kinds bring along.
pub(super) fn kinds() -> Vec<ProjectKindPlan> {
    let task = |task: &kinds::TaskPlan| TaskPlan { title: task.title.to_owned(), is_gate: task.is_gate };
    let stage = |plan: &kinds::StagePlan| StagePlan {
        stage: plan.stage.into(),
        scope: plan.scope.into(),
        tasks: plan.tasks.iter().map(task).collect(),
    };
    let plan = |kind: DomainKind| {
        let plan = kinds::plan(kind);
        ProjectKindPlan {
            kind: kind.into(),
            stages: plan.stages.iter().map(stage).collect(),
            roles: plan.roles.iter().copied().map(ProjectRole::from).collect(),
        }
    };
    DomainKind::iter().map(plan).collect()
}
