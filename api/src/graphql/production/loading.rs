//! Batches of production. They are asked for ids that stand in rows which the caller has been shown.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use domain::{
    agreements::entity::agreement,
    ids::{ClientId, PartyId, ProjectId, ProjectStageId, SongCandidateId, SongId, UserId},
    parties,
    production::{
        entity::{candidate, person, plan, project, reference, section, song, stage, task, vote},
        queries::{self, Budget, Progress},
    },
};

use crate::graphql::{errors::Failure, loaders::CallerLoader};

/// Declares a key of the loader: what it stands for, what is loaded for it, and the query that loads many.
macro_rules! batch {
    ($(#[$doc:meta])* $name:ident($id:ty) -> $value:ty = $load:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(super) struct $name(pub(super) $id);

        impl Loader<$name> for CallerLoader {
            type Value = $value;
            type Error = Failure;

            async fn load(&self, keys: &[$name]) -> Result<HashMap<$name, $value>, Failure> {
                let ids: Vec<$id> = keys.iter().map(|key| key.0).collect();
                let found = $load(&self.caller.services.db, &ids).await?;
                Ok(found.into_iter().map(|(id, value)| ($name(id), value)).collect())
            }
        }
    };
}

batch! {
    /// Loads a project.
    ProjectById(ProjectId) -> project::Model = queries::find_projects_by_ids
}

batch! {
    /// Loads a song.
    SongById(SongId) -> song::Model = queries::find_songs_by_ids
}

batch! {
    /// Loads a stage.
    StageById(ProjectStageId) -> stage::Model = queries::find_stages_by_ids
}

batch! {
    /// Loads the plan of a project.
    PlanOf(ProjectId) -> plan::Model = queries::plans_of_projects
}

batch! {
    /// Loads the songs of a project.
    SongsOf(ProjectId) -> Vec<song::Model> = queries::songs_of_projects
}

batch! {
    /// Loads the stages of a project and its songs.
    StagesOf(ProjectId) -> Vec<stage::Model> = queries::stages_of_projects
}

batch! {
    /// Loads the tasks of a stage.
    TasksOf(ProjectStageId) -> Vec<task::Model> = queries::tasks_of_stages
}

batch! {
    /// Loads the people of a project and its songs.
    PeopleOf(ProjectId) -> Vec<person::Model> = queries::people_of_projects
}

batch! {
    /// Loads the candidates of a project.
    CandidatesOf(ProjectId) -> Vec<candidate::Model> = queries::candidates_of_projects
}

batch! {
    /// Loads the votes on a candidate.
    VotesOf(SongCandidateId) -> Vec<vote::Model> = queries::votes_of_candidates
}

batch! {
    /// Loads the arrangement map of a song.
    SectionsOf(SongId) -> Vec<section::Model> = queries::sections_of_songs
}

batch! {
    /// Loads the reference tracks of a project and its songs.
    ReferencesOf(ProjectId) -> Vec<reference::Model> = queries::references_of_projects
}

batch! {
    /// Loads the agreements that a project waits for.
    AgreementsOf(ProjectId) -> Vec<agreement::Model> = queries::agreements_of_projects
}

batch! {
    /// Loads the budget of a project.
    BudgetOf(ProjectId) -> Budget = queries::budgets_of_projects
}

batch! {
    /// Loads who a client is.
    PartyOfClient(ClientId) -> parties::entity::Model = queries::parties_of_clients
}

batch! {
    /// Loads a party that a project names.
    PartyOfProject(PartyId) -> parties::entity::Model = parties::find_parties_by_ids
}

batch! {
    /// Loads the name of a member, or of one who was.
    NameOf(UserId) -> String = queries::names_of_users
}

/// Loads how far a project has come by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ProgressOf(pub(super) ProjectId);

impl Loader<ProgressOf> for CallerLoader {
    type Value = Progress;
    type Error = Failure;

    async fn load(&self, keys: &[ProgressOf]) -> Result<HashMap<ProgressOf, Progress>, Failure> {
        let ids: Vec<ProjectId> = keys.iter().map(|key| key.0).collect();
        let services = &self.caller.services;
        let found = queries::progress_of_projects(&services.db, &ids, services.env.now().date_naive()).await?;
        Ok(found.into_iter().map(|(id, progress)| (ProgressOf(id), progress)).collect())
    }
}
